import type { Fees } from "../../mechanism/agent.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { efficiency, gini, participation } from "../../mechanism/metrics.ts";
import { gradientOf } from "../drawings/field.ts";
import type { SensitivityData } from "../drawings/sensitivity.ts";
import type { Draw, Experiment, Result, Run } from "../experiment.ts";
import { clearSign, columnOf, estimate, type Samples } from "../harness/samples.ts";
import { claimOfSign, type Claim } from "../tables/claim.ts";
import { fixed, shortNumber } from "../tables/format.ts";
import { paperAgents, paperCapacity, paperFees } from "../tables/population.ts";
import { concludeFigure } from "./figure.ts";

type Parameters = {
  agents: number;
  capacity: number;
  fees: Fees;
  unitFees: readonly number[];
  executionFees: readonly number[];
};

type Measure = "efficiency" | "fairness" | "participation";
type Values = (measure: Measure, unitFee: number, executionFee: number) => Float64Array;

/** Figure 6: the equilibrium over Table 3's ranges of both fees; the same agents at each. */
export const figure6: Experiment<Parameters> = {
  name: "figure6",
  module: import.meta.url,
  title: "Figure 6: sensitivity to both fees",
  replications: { full: 1000, quick: 30 },
  engines: ["float"],
  weight: 4,
  prepare: () => ({
    agents: 20,
    capacity: paperCapacity,
    fees: paperFees,
    unitFees: Array.from({ length: 9 }, (_, at) => at / 4),
    executionFees: Array.from({ length: 11 }, (_, at) => at / 2),
  }),
  replicate,
  conclude,
};

function replicate(parameters: Parameters, draw: Draw): Record<string, number> {
  const { agents: count, capacity, fees, unitFees, executionFees } = parameters;
  const agents = paperAgents(count, draw);
  const numbers: Record<string, number> = {};
  for (const unitFee of unitFees) {
    for (const executionFee of executionFees) {
      const charged = { ...fees, unitFee, executionFee };
      const { allocations } = solveEquilibrium(agents, capacity, charged);
      const at = `${unitFee}/${executionFee}`;
      numbers[`efficiency/${at}`] = efficiency(agents, allocations, charged) / count;
      numbers[`fairness/${at}`] = 1 - gini(allocations);
      numbers[`participation/${at}`] = 100 * participation(allocations);
    }
  }
  return numbers;
}

function conclude(samples: Samples, parameters: Parameters, run: Run): Result {
  const { agents, capacity, unitFees, executionFees } = parameters;
  const values: Values = (measure, unitFee, executionFee) =>
    columnOf(samples, `${measure}/${unitFee}/${executionFee}`);
  const means = (measure: Measure): number[][] =>
    unitFees.map((unitFee) =>
      executionFees.map((executionFee) => estimate(values(measure, unitFee, executionFee)).mean),
    );
  const surface = means("efficiency");
  const slope = gradientOf({ x: unitFees, y: executionFees, values: surface }).map((column) =>
    column.map(([byUnitFee]) => byUnitFee),
  );
  const data: SensitivityData = {
    unitFees: [...unitFees],
    executionFees: [...executionFees],
    efficiency: surface,
    fairness: means("fairness"),
    participation: means("participation"),
    slope,
  };
  return concludeFigure({
    name: figure6.name,
    title: figure6.title,
    run,
    caption: `Means of the exact equilibrium over ${run.replications} draws of ${agents} agents of Table 3, m = ${capacity}, on a grid of fees over Table 3's ranges. An arrow counts each fee by its range.`,
    picture: { drawing: "sensitivity", data },
    claims: claimsOf(values, parameters),
    notes: [steepest(data)],
    csv: [
      ["tau", "g", "efficiency", "fairness", "participation", "efficiency_by_tau"],
      ...unitFees.flatMap((unitFee, i) =>
        executionFees.map((executionFee, j) => [
          ...[unitFee, executionFee, surface[i]![j]!, data.fairness[i]![j]!],
          ...[data.participation[i]![j]!, slope[i]![j]!],
        ]),
      ),
    ],
  });
}

function claimsOf(values: Values, { unitFees, executionFees, fees }: Parameters): Claim[] {
  const [tauEnd, gEnd] = [unitFees.at(-1)!, executionFees.at(-1)!];
  const { unitFee: tau, executionFee: g } = fees;
  /** A sum of measures, each with its sign, draw by draw. */
  const combined = (...terms: readonly [sign: 1 | -1, of: Float64Array][]) =>
    estimate(
      terms[0]![1].map((_, at) => terms.reduce((sum, [sign, of]) => sum + sign * of[at]!, 0)),
    );
  const change = (
    measure: Measure,
    to: readonly [number, number],
    from: readonly [number, number],
  ) => combined([1, values(measure, ...to)], [-1, values(measure, ...from)]);
  const [byTau, byG] = [
    change("fairness", [tauEnd, g], [0, g]),
    change("fairness", [tau, gEnd], [tau, 0]),
  ];
  /** A measure falls faster in the last step of each fee than in the first. */
  const tippingPoint = (claim: string, measure: Measure): Claim => {
    const bend = (fees: readonly number[], at: (fee: number) => readonly [number, number]) =>
      combined(
        [1, values(measure, ...at(fees.at(-1)!))],
        [-1, values(measure, ...at(fees.at(-2)!))],
        [-1, values(measure, ...at(fees[1]!))],
        [1, values(measure, ...at(fees[0]!))],
      );
    const bends = [
      {
        of: `last step of τ less the first, at g = ${g}`,
        difference: bend(unitFees, (fee) => [fee, g]),
      },
      {
        of: `last step of g less the first, at τ = ${tau}`,
        difference: bend(executionFees, (fee) => [tau, fee]),
      },
    ];
    const isSteeper = bends.map(({ difference }) => clearSign(difference) < 0);
    const judged = claimOfSign(claim, "5.5", -1, bends);
    return { ...judged, holds: judged.holds || (isSteeper.includes(true) ? "in part" : false) };
  };
  return [
    claimOfSign("Efficiency declines as either fee rises.", "5.5", -1, [
      {
        of: `τ = 0 to ${tauEnd} at g = ${g}`,
        difference: change("efficiency", [tauEnd, g], [0, g]),
      },
      {
        of: `g = 0 to ${gEnd} at τ = ${tau}`,
        difference: change("efficiency", [tau, gEnd], [tau, 0]),
      },
    ]),
    claimOfSign(
      "It 'collapses sharply only when both fees are simultaneously large': both together cost more than one and the other.",
      "5.5",
      -1,
      [
        {
          of: "change by both less the two changes by one, tokens an agent",
          difference: combined(
            [1, values("efficiency", tauEnd, gEnd)],
            [-1, values("efficiency", tauEnd, 0)],
            [-1, values("efficiency", 0, gEnd)],
            [1, values("efficiency", 0, 0)],
          ),
        },
      ],
    ),
    tippingPoint(
      "There are 'tipping points beyond which efficiency … deteriorate[s] rapidly': it falls faster at high fees than at low.",
      "efficiency",
    ),
    tippingPoint("'… and participation': so does that.", "participation"),
    {
      claim: "Fairness is 'far more sensitive to τ than to g': twice as much, or more.",
      source: "5.5",
      holds: Math.abs(byTau.mean) >= 2 * Math.abs(byG.mean),
      evidence: `over its range τ moves fairness by ${shortNumber(byTau.mean, true)}, g by ${shortNumber(byG.mean, true)}`,
    },
    claimOfSign(
      "Higher τ improves fairness: over all agents, from one end to the other.",
      "5.5",
      1,
      [
        {
          of: `τ = 0 to ${tauEnd} at g = ${g} (step by step, and over takers: Table 5)`,
          difference: byTau,
        },
      ],
    ),
    claimOfSign("That is 'at the expense of participation'.", "5.5", -1, [
      {
        of: `τ = 0 to ${tauEnd} at g = ${g}, points`,
        difference: change("participation", [tauEnd, g], [0, g]),
      },
    ]),
    claimOfSign("'Excessive g discourages entry.'", "Table 3", -1, [
      {
        of: `participation, g = 0 to ${gEnd} at τ = ${tau}, points`,
        difference: change("participation", [tau, gEnd], [tau, 0]),
      },
    ]),
  ];
}

/** Where efficiency answers most to the unit fee, and where least. */
function steepest({ unitFees, executionFees, slope }: SensitivityData): string {
  const cells = slope.flatMap((column, i) =>
    column.map((value, j) => ({ value, at: `τ = ${unitFees[i]!}, g = ${executionFees[j]!}` })),
  );
  const [most, least] = [
    cells.reduce((a, b) => (b.value < a.value ? b : a)),
    cells.reduce((a, b) => (b.value > a.value ? b : a)),
  ];
  return `Efficiency answers most to τ at ${most.at} (${fixed(most.value, 2)} units an agent) and least at ${least.at} (${fixed(least.value, 2)}). Where the price is zero that slope is −Σx/n, what agents take: a fee moves efficiency most where most is taken.`;
}
