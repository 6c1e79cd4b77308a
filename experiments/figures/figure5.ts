import type { Fees } from "../../mechanism/agent.ts";
import { efficiency, gini, participation } from "../../mechanism/metrics.ts";
import type { Draw, Experiment, Result, Run } from "../experiment.ts";
import {
  clearSign,
  columnOf,
  estimate,
  pairedDifference,
  type Samples,
} from "../harness/samples.ts";
import { claimOfSign, type Claim } from "../tables/claim.ts";
import { fixed, withInterval } from "../tables/format.ts";
import { allocate, mechanismKeys, type MechanismKey } from "../tables/mechanisms.ts";
import { flatPrices, paperAgents, paperCapacity, paperFees, sizes } from "../tables/population.ts";
import { concludeFigure } from "./figure.ts";
import { shortNames } from "./figure4.ts";

type Parameters = { capacity: number; fees: Fees; flatPrice: number; sizes: readonly number[] };

const measures = ["efficiency", "fairness", "participation"] as const;
type Measure = (typeof measures)[number];
type Values = (rule: MechanismKey, size: number, measure: Measure) => Float64Array;

/** Figure 5: the four rules in markets of Table 3's sizes, the agents of Table 4. */
export const figure5: Experiment<Parameters> = {
  name: "figure5",
  module: import.meta.url,
  title: "Figure 5: scaling over the number of agents",
  replications: { full: 1000, quick: 60 },
  engines: ["float"],
  weight: 1.5,
  prepare: () => ({
    capacity: paperCapacity,
    fees: paperFees,
    flatPrice: flatPrices.payoff,
    sizes,
  }),
  replicate,
  conclude,
};

function replicate(parameters: Parameters, draw: Draw): Record<string, number> {
  const { capacity, fees, flatPrice } = parameters;
  const numbers: Record<string, number> = {};
  for (const size of parameters.sizes) {
    const agents = paperAgents(size, draw);
    const given = allocate(agents, capacity, fees, flatPrice);
    for (const rule of mechanismKeys) {
      const name = `${rule}/${size}`;
      numbers[`${name}/efficiency`] = efficiency(agents, given[rule], fees) / size;
      numbers[`${name}/fairness`] = 1 - gini(given[rule]);
      numbers[`${name}/participation`] = 100 * participation(given[rule]);
    }
  }
  return numbers;
}

function conclude(samples: Samples, parameters: Parameters, run: Run): Result {
  const { capacity, flatPrice } = parameters;
  const values: Values = (rule, size, measure) => columnOf(samples, `${rule}/${size}/${measure}`);
  const mean = (rule: MechanismKey, size: number, measure: Measure): number =>
    estimate(values(rule, size, measure)).mean;
  return concludeFigure({
    name: figure5.name,
    title: figure5.title,
    run,
    caption: `Means over ${run.replications} draws of n agents of Table 3, m = ${capacity}, τ = 0.5, g = 1, a flat price of ${flatPrice}. Left as in the paper's caption; right the efficiency that is a colour there.`,
    picture: {
      drawing: "scaling",
      data: {
        sizes: [...parameters.sizes],
        rules: mechanismKeys.map((rule) => ({
          name: shortNames[rule],
          points: parameters.sizes.map((size) => ({
            efficiency: mean(rule, size, "efficiency"),
            fairness: mean(rule, size, "fairness"),
            participation: mean(rule, size, "participation"),
          })),
        })),
      },
    },
    claims: claimsOf(values, parameters),
    notes: [
      "Capacity is the same for any number of agents, so where it binds each agent's part shrinks as n grows, and its efficiency with it. 'No enforcement' and the flat contract hand out more than there is at n = 100.",
    ],
    csv: [
      ["mechanism", "n", "measure", "mean", "sd", "ci95_low", "ci95_high"],
      ...mechanismKeys.flatMap((rule) =>
        parameters.sizes.flatMap((size) =>
          measures.map((measure) => {
            const { mean: middle, sd, ci95 } = estimate(values(rule, size, measure));
            return [rule, size, measure, middle, sd, ...ci95];
          }),
        ),
      ),
    ],
  });
}

/** A change of efficiency up to this share of it counts as none. */
const STABLE = 0.1;

function claimsOf(values: Values, { sizes: all }: Parameters): Claim[] {
  const means = all.map((size) => estimate(values("proposed", size, "efficiency")).mean);
  const [first, last] = [means[0]!, means.at(-1)!];
  const change = last / first - 1;
  const fairer = all
    .flatMap((size) =>
      mechanismKeys.map((rule) => ({
        of: `n = ${size}, ${shortNames[rule]} − Proposed`,
        difference: pairedDifference(
          values(rule, size, "fairness"),
          values("proposed", size, "fairness"),
        ),
      })),
    )
    .filter(({ difference }) => clearSign(difference) === 1);
  return [
    {
      claim: "The proposed equilibrium achieves high fairness: no rule is fairer, at any n.",
      source: "Figure 5",
      holds: fairer.length === 0,
      evidence:
        fairer.length === 0
          ? "no rule is fairer beyond doubt at 95 %"
          : fairer
              .map(({ of, difference }) => `${of}: ${withInterval(difference, true)}`)
              .join("; "),
    },
    {
      claim: "It achieves stable efficiency.",
      source: "Figure 5",
      holds: Math.abs(change) <= STABLE,
      evidence: `${all.map((size, at) => `n = ${size}: ${fixed(means[at]!, 2)}`).join(", ")} tokens an agent; ${fixed(100 * change, 1)} % from the least n to the greatest (${100 * STABLE} % count as stable)`,
    },
    claimOfSign(
      "'Larger n ⇒ fairer.'",
      "Table 3",
      1,
      all.slice(1).map((size, at) => ({
        of: `n = ${all[at]!} to ${size}`,
        difference: pairedDifference(
          values("proposed", size, "fairness"),
          values("proposed", all[at]!, "fairness"),
        ),
      })),
    ),
  ];
}
