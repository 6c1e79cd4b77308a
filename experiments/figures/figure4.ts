import type { Fees } from "../../mechanism/agent.ts";
import type { Draw, Experiment, Result, Run } from "../experiment.ts";
import { boxOf } from "../harness/distribution.ts";
import { columnOf, pairedDifference, type Samples } from "../harness/samples.ts";
import { claimOfSign, type Claim } from "../tables/claim.ts";
import { fixed } from "../tables/format.ts";
import { allocate, mechanismKeys, type MechanismKey } from "../tables/mechanisms.ts";
import {
  drawSize,
  flatPrices,
  paperAgents,
  paperCapacity,
  paperFees,
} from "../tables/population.ts";
import { costs, efficiencies, ginis, totalsOf } from "../tables/totals.ts";
import { concludeFigure } from "./figure.ts";

type Parameters = { capacity: number; fees: Fees; flatPrice: number };

/** The rules as figures call them: short. */
export const shortNames: Record<MechanismKey, string> = {
  none: "No enforcement",
  proportional: "Proportional",
  flat: "Flat",
  proposed: "Proposed",
};

const measures = {
  efficiency: {
    title: "Efficiency",
    unit: "tokens an agent",
    decimals: 2,
    definition: efficiencies[0],
  },
  cost: { title: "Average cost", unit: "tokens an agent", decimals: 2, definition: costs[0] },
  gini: { title: "Inequality", unit: "Gini index", decimals: 2, definition: ginis[0] },
} as const;
type Measure = keyof typeof measures;
const measureKeys = Object.keys(measures) as Measure[];

/** Figure 4: the spread of what the four rules give; the draws of Table 6 under its first reading. */
export const figure4: Experiment<Parameters> = {
  name: "figure4",
  module: import.meta.url,
  title: "Figure 4: box plots of the mechanisms",
  replications: { full: 1000, quick: 60 },
  engines: ["float"],
  weight: 0.5,
  prepare: () => ({ capacity: paperCapacity, fees: paperFees, flatPrice: flatPrices.payoff }),
  replicate,
  conclude,
};

function replicate({ capacity, fees, flatPrice }: Parameters, draw: Draw): Record<string, number> {
  const agents = paperAgents(drawSize(draw), draw);
  const given = allocate(agents, capacity, fees, flatPrice);
  const setting = { agents: agents.length, capacity, ...fees };
  const numbers: Record<string, number> = {};
  for (const rule of mechanismKeys) {
    const totals = totalsOf(agents, given[rule]);
    for (const measure of measureKeys) {
      numbers[`${rule}/${measure}`] = measures[measure].definition.of(totals, setting);
    }
  }
  return numbers;
}

function conclude(samples: Samples, { flatPrice }: Parameters, run: Run): Result {
  const values = (rule: MechanismKey, measure: Measure): Float64Array =>
    columnOf(samples, `${rule}/${measure}`);
  const boxes = (measure: Measure) => mechanismKeys.map((rule) => boxOf(values(rule, measure)));
  return concludeFigure({
    name: figure4.name,
    title: figure4.title,
    run,
    caption: `${run.replications} draws of Table 6 under its first reading: n uniform on {10, 20, 50, 100}, m = 100, τ = 0.5, g = 1, a flat price of ${flatPrice}; the proposed rule as its exact equilibrium. Whiskers reach one and a half boxes.`,
    picture: {
      drawing: "boxes",
      data: {
        names: mechanismKeys.map((rule) => shortNames[rule]),
        panels: measureKeys.map((measure) => {
          const { title, unit, decimals } = measures[measure];
          return { title, unit, decimals, boxes: boxes(measure) };
        }),
      },
    },
    claims: claimsOf(values),
    csv: [
      [
        "mechanism",
        "measure",
        "low",
        "quartile1",
        "median",
        "quartile3",
        "high",
        "mean",
        "outliers",
      ],
      ...measureKeys.flatMap((measure) =>
        boxes(measure).map(({ outliers, ...box }, at) => [
          ...[mechanismKeys[at]!, measure, box.low, box.quartile1, box.median, box.quartile3],
          ...[box.high, box.mean, outliers.length],
        ]),
      ),
    ],
  });
}

function claimsOf(values: (rule: MechanismKey, measure: Measure) => Float64Array): Claim[] {
  const list = (of: (rule: MechanismKey) => string): string =>
    mechanismKeys.map((rule) => `${shortNames[rule]} ${of(rule)}`).join(", ");
  const outliers = (rule: MechanismKey): number =>
    boxOf(values(rule, "efficiency")).outliers.length;
  const width = (rule: MechanismKey, measure: Measure): number => {
    const { quartile1, quartile3 } = boxOf(values(rule, measure));
    return quartile3 - quartile1;
  };
  const others = mechanismKeys.filter((rule) => rule !== "proposed");
  const less = (measure: Measure) =>
    pairedDifference(values("proposed", measure), values("proportional", measure));
  return [
    {
      claim:
        "The proposed mechanism 'avoids extreme outliers': it has fewer than any of the others.",
      source: "5.4",
      holds: others.every((rule) => outliers("proposed") < outliers(rule)),
      evidence: `outliers in efficiency: ${list((rule) => String(outliers(rule)))}`,
    },
    {
      claim:
        "It is 'robustly balanced compared to proportional and flat rules': its boxes are narrower.",
      source: "Figure 4",
      holds: measureKeys.every((measure) =>
        (["proportional", "flat"] as const).every(
          (rule) => width("proposed", measure) < width(rule, measure),
        ),
      ),
      evidence: measureKeys
        .map(
          (measure) =>
            `${measures[measure].title.toLowerCase()}: ${list((rule) => fixed(width(rule, measure), 2))}`,
        )
        .join("; "),
    },
    {
      claim:
        "It alone 'simultaneously achieves efficiency, fairness and cost reduction': against proportional allocation.",
      source: "5.4",
      ...both(
        claimOfSign("", "", 1, [{ of: "efficiency", difference: less("efficiency") }]),
        claimOfSign("", "", -1, [
          { of: "Gini index", difference: less("gini") },
          { of: "cost", difference: less("cost") },
        ]),
      ),
    },
  ];
}

/** Two claims that must hold together. */
function both(first: Claim, second: Claim): Pick<Claim, "holds" | "evidence"> {
  return {
    holds: first.holds && second.holds,
    evidence: `Proposed − Proportional, ${first.evidence}; ${second.evidence}`,
  };
}
