import type { Fees } from "../../mechanism/agent.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { efficiency, gini, participation } from "../../mechanism/metrics.ts";
import type { UnitFeeData } from "../drawings/unit-fee.ts";
import type { Draw, Experiment, Result, Run } from "../experiment.ts";
import { densityOf, quantile } from "../harness/distribution.ts";
import {
  clearSign,
  columnOf,
  estimate,
  pairedDifference,
  type Samples,
} from "../harness/samples.ts";
import { claimOfSign, type Claim } from "../tables/claim.ts";
import { paperTable5 } from "../tables/figures.ts";
import { fixed, shortNumber } from "../tables/format.ts";
import { paperAgents, paperCapacity, paperFees } from "../tables/population.ts";
import { claimOfDraws, concludeFigure } from "./figure.ts";

type Parameters = {
  agents: number;
  capacity: number;
  fees: Fees;
  unitFees: readonly number[];
  /** Where the spread is shown: those of Table 5. */
  violins: readonly number[];
};

const measures = ["efficiency", "fairness", "participation"] as const;
type Measure = (typeof measures)[number];

/** Single draws shown beside the means. */
const SINGLE_DRAWS = 50;

/** Figure 3: the equilibrium as τ rises; the same agents at every fee, those of Table 5. */
export const figure3: Experiment<Parameters> = {
  name: "figure3",
  module: import.meta.url,
  title: "Figure 3: efficiency and fairness under transaction fees",
  replications: { full: 1000, quick: 60 },
  engines: ["float"],
  weight: 1,
  prepare: () => ({
    agents: 20,
    capacity: paperCapacity,
    fees: paperFees,
    unitFees: Array.from({ length: 21 }, (_, at) => at / 10),
    violins: [0, 0.5, 1, 1.5, 2],
  }),
  replicate,
  conclude,
};

function replicate({ agents: count, capacity, fees, unitFees }: Parameters, draw: Draw) {
  const agents = paperAgents(count, draw);
  const numbers: Record<string, number> = {};
  for (const unitFee of unitFees) {
    const charged = { ...fees, unitFee };
    const { allocations } = solveEquilibrium(agents, capacity, charged);
    numbers[`efficiency/${unitFee}`] = efficiency(agents, allocations, charged) / count;
    numbers[`fairness/${unitFee}`] = 1 - gini(allocations);
    numbers[`participation/${unitFee}`] = 100 * participation(allocations);
  }
  return numbers;
}

function conclude(samples: Samples, parameters: Parameters, run: Run): Result {
  const { agents, capacity, unitFees, violins } = parameters;
  const values = (measure: Measure, unitFee: number): Float64Array =>
    columnOf(samples, `${measure}/${unitFee}`);
  const mean = (measure: Measure, unitFee: number): number =>
    estimate(values(measure, unitFee)).mean;
  const shown = samples.rows.slice(0, SINGLE_DRAWS);
  const data: UnitFeeData = {
    means: unitFees.map((unitFee) => ({
      unitFee,
      efficiency: mean("efficiency", unitFee),
      fairness: mean("fairness", unitFee),
      participation: mean("participation", unitFee),
    })),
    draws: violins.flatMap((unitFee) =>
      shown.map((_, at) => ({
        unitFee,
        efficiency: values("efficiency", unitFee)[at]!,
        fairness: values("fairness", unitFee)[at]!,
      })),
    ),
    violins: violins.map((unitFee) => {
      const spread = values("efficiency", unitFee);
      const [quartile1, median, quartile3] = [0.25, 0.5, 0.75].map((at) => quantile(spread, at));
      return {
        unitFee,
        quartile1: quartile1!,
        median: median!,
        quartile3: quartile3!,
        ...densityOf(spread),
      };
    }),
  };
  return concludeFigure({
    name: figure3.name,
    title: figure3.title,
    run,
    caption:
      `The exact equilibrium of ${agents} agents of Table 3, m = ${capacity}, g = 1, the agents of Table 5, for τ from 0 to 2. ` +
      `Left: means over ${run.replications} draws, and ${shown.length} single draws at the five fees of the right side.`,
    picture: { drawing: "unitFee", data },
    claims: claimsOf(values, parameters),
    notes: [
      "Fairness is over all agents, takers or not. Over takers it is in Table 5; at n = 50 and over higher fees under 'Efficiency against equality'.",
      `The paper contradicts itself: its text has efficiency fall 'to below 1.0' at τ = 2, its Table 5 to ${fixed(paperTable5.figures["2.0"]!["efficiency"]!.mean, 2)}. Neither is eq. (8) over n; see Table 5.`,
    ],
    csv: [
      ["tau", "measure", "mean", "sd", "ci95_low", "ci95_high"],
      ...unitFees.flatMap((unitFee) =>
        measures.map((measure) => {
          const { mean: middle, sd, ci95 } = estimate(values(measure, unitFee));
          return [unitFee, measure, middle, sd, ...ci95];
        }),
      ),
    ],
  });
}

function claimsOf(
  values: (measure: Measure, unitFee: number) => Float64Array,
  { unitFees }: Parameters,
): Claim[] {
  const [first, last] = [unitFees[0]!, unitFees.at(-1)!];
  const steps = (measure: Measure) =>
    unitFees.slice(1).map((fee, at) => ({
      of: `τ = ${unitFees[at]!} to ${fee}`,
      difference: pairedDifference(values(measure, fee), values(measure, unitFees[at]!)),
    }));
  /** All steps must have the sign; the evidence names the ends and the steps that have not. */
  const monotone = (claim: string, measure: Measure, sign: 1 | -1): Claim => {
    const judged = claimOfSign(claim, "5.3", sign, steps(measure));
    const failing = steps(measure).filter(({ difference }) => clearSign(difference) !== sign);
    const ends = `from ${shortNumber(estimate(values(measure, first)).mean)} at τ = ${first} to ${shortNumber(estimate(values(measure, last)).mean)} at τ = ${last}`;
    const breaks =
      failing.length === 0
        ? ""
        : `; not at ${failing.length} of ${unitFees.length - 1} steps, first ${failing[0]!.of}`;
    return { ...judged, evidence: `${measure} ${ends}${breaks}` };
  };
  const spread = [first, last].map((fee) => estimate(values("efficiency", fee)).sd);
  const ends = [first, last].map((fee) => estimate(values("efficiency", fee)).mean);
  const printed = paperTable5.figures["2.0"]!["participation"]!;
  const takers = [first, last].map((fee) => estimate(values("participation", fee)).mean);
  const paths = unitFees.map((fee) => values("fairness", fee));
  const isNear = Math.abs(takers[1]! - printed.mean) <= printed.sd!;
  return [
    monotone("Efficiency declines as τ rises.", "efficiency", -1),
    monotone(
      "Fairness improves as τ rises: 'a clear monotone pattern', over all agents, at every step.",
      "fairness",
      1,
    ),
    {
      claim: "Participation falls from above 90 % toward 70 %.",
      source: "5.3",
      holds: !(takers[0]! > 90 && takers[1]! < takers[0]!) ? false : isNear ? true : "in part",
      evidence: `from ${fixed(takers[0]!, 1)} % to ${fixed(takers[1]!, 1)} %; it holds in full if it ends within Table 5's ${fixed(printed.mean, 1)} ± ${fixed(printed.sd!, 1)}`,
    },
    {
      claim: "Efficiency falls 'from about 2.5 at τ = 0 to below 1.0 at τ = 2.0'.",
      source: "5.3",
      holds: fixed(ends[0]!, 1) === "2.5" && ends[1]! < 1,
      evidence: `eq. (8) over n: ${fixed(ends[0]!, 2)} and ${fixed(ends[1]!, 2)}; the paper's own Table 5: ${[first, last].map((fee) => fixed(paperTable5.figures[fixed(fee, 1)]!["efficiency"]!.mean, 2)).join(" and ")}`,
    },
    claimOfDraws(
      "'Individual realizations fluctuate': in single draws fairness moves both ways.",
      "5.3, Figure 3",
      Array.from(paths[0]!, (_, draw) => {
        const moves = paths.slice(1).map((path, at) => path[draw]! - paths[at]![draw]!);
        return moves.some((move) => move > 0) && moves.some((move) => move < 0);
      }),
      "over the fees shown it both rises and falls",
    ),
    {
      claim: "The distribution of efficiency shifts downward 'with widening dispersion'.",
      source: "5.3",
      holds: spread[1]! > spread[0]!,
      evidence: `standard deviation between draws ${fixed(spread[0]!, 2)} at τ = ${first}, ${fixed(spread[1]!, 2)} at τ = ${last}`,
    },
  ];
}
