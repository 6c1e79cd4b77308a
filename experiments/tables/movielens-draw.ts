import type { Fees } from "../../mechanism/agent.ts";
import type { Rater } from "../../scripts/input/ratings.ts";
import type { Draw, Experiment, Inputs } from "../experiment.ts";
import type { Samples } from "../harness/samples.ts";
import { shortNumber } from "./format.ts";
import { allocate, keyOf, mechanismKeys, type MechanismKey } from "./mechanisms.ts";
import { movieLensAgents, type Scale } from "./movielens-agents.ts";
import { feesSeen, paperCapacity, paperFees, type Answers } from "./population.ts";
import { valuesOf, type TotalsReading } from "./reading.ts";
import { costs, efficiencies, ginis, totalColumns, totalsIn, totalsOf } from "./totals.ts";

/** A reading of what 'normalized' means, plain data. */
type RatingsReading = {
  id: string;
  text: string;
  scale: Scale;
  answers: Answers;
  capacity: number;
  flatPrice: number;
  isFitted?: boolean;
};

/** What MovieLens is drawn with. */
export type MovieLensParameters = {
  raters: readonly Rater[];
  agents: number;
  fees: Fees;
  readings: readonly RatingsReading[];
};

/** Tables 7 and 8 call the mechanisms so. */
export const movieLensNames: Record<MechanismKey, string> = {
  flat: "Flat",
  none: "No enforcement",
  proportional: "Proportional",
  proposed: "Proposed",
};

/** What Tables 7 and 8 and Figures 8 and 9 have in common: the same draws. */
export const movieLens = {
  replications: { full: 1000, quick: 40 },
  engines: ["float"],
  weight: 2,
  prepare,
  replicate,
} satisfies Partial<Experiment<MovieLensParameters>>;

function prepare({ raters }: Inputs): MovieLensParameters | string {
  if (typeof raters === "string") return raters;
  const means = raters.map(({ mean }) => mean);
  const raw: [number, number] = [Math.min(...means), Math.max(...means)];
  const paperScale: Scale = { alpha: [5, 20], beta: { from: "count", range: [0.5, 5] } };
  const unitCosts = { from: "uniform", range: [0, 1] } as const;
  const common = { capacity: paperCapacity, flatPrice: 1 };
  const users = "100 users drawn from 943, τ = 0.5, g = 1";
  return {
    raters,
    agents: 100,
    fees: paperFees,
    readings: [
      {
        ...common,
        id: "table3",
        text: `${users}, m = 100. Normalised onto Table 3: a user's mean rating from least to greatest becomes α from 5 to 20, its number of ratings β from 0.5 to 5. Agents maximise eq. (2), execution fee included. Mechanisms as in Table 6, flat price 1.`,
        scale: paperScale,
        answers: "payoff",
      },
      {
        ...common,
        id: "table3-formula",
        text: "The same, but agents answer by eq. (7) as printed, without the execution fee.",
        scale: paperScale,
        answers: "formula",
      },
      {
        ...common,
        id: "stars",
        text: `α is the user's mean rating itself, ${shortNumber(raw[0])} to ${shortNumber(raw[1])}, β ~ U(0.5, 5), answers by eq. (7) as printed.`,
        scale: { alpha: raw, beta: { from: "uniform", range: [0.5, 5] } },
        answers: "formula",
      },
      {
        ...common,
        id: "unit",
        text: "α is the mean rating mapped onto 0 to 1, β ~ U(0, 1), answers by eq. (7) as printed, flat price 0.25.",
        scale: { alpha: [0, 1], beta: unitCosts },
        answers: "formula",
        flatPrice: 0.25,
      },
      {
        id: "unit-above-one",
        text: "α is 1 + the mean rating mapped onto 0 to 1, β ~ U(0, 1), answers by eq. (7) as printed, flat price 0.25, and m = 60, so that proportional allocation cuts as much as the paper's cost says it did.",
        scale: { alpha: [1, 2], beta: unitCosts },
        answers: "formula",
        capacity: 60,
        flatPrice: 0.25,
        isFitted: true,
      },
    ],
  };
}

function replicate(
  { raters, agents: count, fees, readings }: MovieLensParameters,
  draw: Draw,
): Record<string, number> {
  const numbers: Record<string, number> = {};
  for (const { id, scale, answers, capacity, flatPrice } of readings) {
    const agents = movieLensAgents(raters, count, draw, scale);
    const given = allocate(agents, capacity, feesSeen(fees, answers), flatPrice);
    for (const key of mechanismKeys) {
      Object.assign(numbers, totalColumns(`${id}/${key}`, totalsOf(agents, given[key])));
    }
  }
  return numbers;
}

/** Every reading with its sums, replication by replication. */
export function movieLensReadings(
  samples: Samples,
  { agents, fees, readings }: MovieLensParameters,
): TotalsReading[] {
  return readings.map(({ id, text, capacity, isFitted }): TotalsReading => {
    const settings = samples.rows.map(() => ({ agents, capacity, ...fees }));
    return {
      id,
      text,
      ...(isFitted === undefined ? {} : { isFitted }),
      totals: (row) => totalsIn(samples, `${id}/${keyOf(movieLensNames, row)}`),
      settings: () => settings,
    };
  });
}

/** A column of Table 7 under a reading, replication by replication; undefined if it has none such. */
export function columnValues(
  reading: TotalsReading,
  row: string,
  column: string,
): Float64Array | undefined {
  const efficiency = (of: string): Float64Array => valuesOf(reading, of, efficiencies[0])!;
  switch (column) {
    case "efficiency":
      return efficiency(row);
    case "cost":
      return valuesOf(reading, row, costs[0]);
    case "gini":
      return valuesOf(reading, row, ginis[0]);
    case "relativeEfficiency": {
      const base = efficiency(movieLensNames.none);
      // A base of zero has no ratio: then nobody takes anything, and nobody is better or worse.
      return efficiency(row).map((value, at) => (base[at] === 0 ? 1 : value / base[at]!));
    }
    default:
      return undefined;
  }
}
