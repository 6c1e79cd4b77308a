import {
  columnOf,
  estimate,
  pairedDifference,
  type Estimate,
  type Samples,
} from "../harness/samples.ts";
import type { Run } from "../experiment.ts";
import { claimOfShare, claimOfSign, type Claim } from "./claim.ts";
import { fixed, shortNumber, withInterval } from "./format.ts";
import { mechanismNames } from "./mechanisms.ts";
import { sizes } from "./population.ts";
import { valuesOf, type TotalsReading } from "./reading.ts";
import { costs, efficiencies, ginis } from "./totals.ts";

/** The paper's rows, and the two that they are to be held against. */
export const table6Rows = {
  ...mechanismNames,
  equilibrium: "Exact equilibrium",
  optimum: "Social optimum",
} as const;
type RowKey = keyof typeof table6Rows;

/** What its columns mean. */
export const table6Definitions = { efficiency: efficiencies, cost: costs, gini: ginis } as const;
type ColumnKey = keyof typeof table6Definitions;

/** What the paper says of Table 6, held against one reading of it. */
export function claimsOfTable6(reading: TotalsReading): Claim[] {
  const values = (row: RowKey, column: ColumnKey): Float64Array =>
    valuesOf(reading, table6Rows[row], table6Definitions[column][0])!;
  const less = (
    first: RowKey,
    second: RowKey,
    column: ColumnKey,
  ): { of: string; difference: Estimate } => ({
    of: `${table6Rows[first]} − ${table6Rows[second]}`,
    difference: pairedDifference(values(first, column), values(second, column)),
  });
  const spread = (row: RowKey): number => estimate(values(row, "efficiency")).sd;
  const mean = (row: RowKey, column: ColumnKey): number => estimate(values(row, column)).mean;
  const others = ["none", "proportional", "flat"] as const;
  const widest = Math.max(...others.map(spread));
  return [
    claimOfSign("'No enforcement' has the highest efficiency and the largest cost.", "5.4", 1, [
      ...(["proportional", "flat", "proposed"] as const).flatMap((row) => [
        {
          ...less("none", row, "efficiency"),
          of: `efficiency, ${table6Rows.none} − ${table6Rows[row]}`,
        },
        { ...less("none", row, "cost"), of: `cost, ${table6Rows.none} − ${table6Rows[row]}` },
      ]),
    ]),
    claimOfSign("Proportional allocation 'reduces cost … but sacrifices efficiency'.", "5.4", -1, [
      { ...less("proportional", "none", "cost"), of: "cost less No enforcement's" },
      { ...less("proportional", "none", "efficiency"), of: "efficiency less No enforcement's" },
    ]),
    claimOfSign("A flat contract 'achieves modest cost reduction'.", "5.4", -1, [
      less("flat", "none", "cost"),
    ]),
    claimOfSign(
      "The proposed equilibrium is less efficient than proportional allocation (7.13 < 7.45).",
      "Table 6",
      -1,
      [less("proposed", "proportional", "efficiency")],
    ),
    claimOfSign(
      "The proposed equilibrium 'further reduces costs'.",
      "5.4",
      -1,
      others.map((row) => less("proposed", row, "cost")),
    ),
    claimOfShare(
      "Efficiency gains 'of up to 27 %' relative to proportional rules.",
      "1",
      0.27,
      mean("proposed", "efficiency"),
      mean("proportional", "efficiency"),
    ),
    claimOfShare(
      "Inequality reductions 'exceeding 40 %' relative to proportional rules.",
      "1",
      -0.4,
      mean("proposed", "gini"),
      mean("proportional", "gini"),
    ),
    {
      claim:
        "'Our mechanism avoids extreme outliers': its efficiency scatters less than the others'.",
      source: "5.4",
      holds: spread("proposed") < Math.min(...others.map(spread)),
      evidence: `standard deviation ${fixed(spread("proposed"), 2)}; the others ${others.map((row) => fixed(spread(row), 2)).join(", ")}, at most ${fixed(widest, 2)}. In the paper's own table it is the largest of the four.`,
    },
  ];
}

/** What else the replications showed. */
export function notesOfTable6(samples: Samples, reading: TotalsReading, run: Run): string[] {
  const sizeOf = columnOf(samples, "n");
  const share = (values: Float64Array): string => {
    const { mean, error, count } = estimate(values);
    return `${fixed(100 * mean, 1)} % ± ${fixed(100 * error, 1)} of ${count} draws`;
  };
  const rationed = columnOf(samples, "payoff/rationed");
  const bySize = sizes.flatMap((size) => {
    const kept = rationed.filter((_, at) => sizeOf[at] === size);
    return kept.length === 0 ? [] : `n = ${size}: ${share(kept)}`;
  });
  const [optimum, exact] = (["optimum", "equilibrium"] as const).map((row) =>
    valuesOf(reading, table6Rows[row], efficiencies[0])!,
  );
  const rounds = estimate(columnOf(samples, "payoff/rounds"));
  const settledAt = greatest(columnOf(samples, "payoff/priceApart"));
  return [
    "'No enforcement' and the flat contract keep to no capacity: at n = 100 they hand out more than there is. That they come out ahead on efficiency is no merit.",
    `Capacity is slack, and the price zero, in ${share(columnOf(samples, "payoff/slack"))}.`,
    `Because of the execution fee no price clears the market exactly in ${share(rationed)} (${bySize.join("; ")}).`,
    `The social optimum is ahead of the exact equilibrium by ${withInterval(pairedDifference(optimum!, exact!))} tokens an agent.`,
    `The proposed mechanism settles after ${withInterval(rounds)} rounds, at a price at most ${shortNumber(settledAt)} from the exact equilibrium's.`,
    ...(samples.columns.includes("apart") ? [agreement(samples, run)] : []),
    ...(samples.columns.includes("proximal/priceApart") ? [proximalNote(samples)] : []),
  ];
}

/** Whether the engine that ran gives what the one below it gives. */
function agreement(samples: Samples, { engine }: Run): string {
  const apart = greatest(columnOf(samples, "apart"));
  const other = engine === "chain" ? "twin" : "float";
  return apart === 0
    ? `Engines ${engine} and ${other} give the same allocations, digit for digit, in all ${samples.rows.length} replications.`
    : `Engines ${engine} and ${other}: no allocation differs by more than ${apart.toExponential(1)} units in any of ${samples.rows.length} replications.`;
}

/** What the proximal term does to the price where there is one. */
function proximalNote(samples: Samples): string {
  const price = columnOf(samples, "payoff/price");
  const apart = columnOf(samples, "proximal/priceApart").filter((_, at) => price[at]! > 0);
  const unsettled = columnOf(samples, "proximal/unsettled").filter((one) => one === 1).length;
  const off = apart.filter((gap) => gap > OFF).length;
  return (
    `With γ > 0 Algorithm 1 rests elsewhere: from a standing demand of zero the proximal term makes entry cost ½γx² on top of g. Of ${apart.length} draws with a price above zero its price ends more than ${OFF} from the equilibrium's in ${off}, at most ${shortNumber(greatest(apart))} away; ` +
    `${unsettled} of all ran out of rounds.`
  );
}

/** Tokens a unit: more than the tolerances explain. */
const OFF = 0.02;

function greatest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
