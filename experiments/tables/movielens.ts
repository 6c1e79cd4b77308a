import type { Fees } from "../../mechanism/agent.ts";
import type { Rater } from "../../scripts/input/ratings.ts";
import type { Draw, Experiment, Inputs, Result, Run } from "../experiment.ts";
import { estimate, pairedDifference, type Samples } from "../harness/samples.ts";
import { claimOfSign, type Claim } from "./claim.ts";
import { paperTable7 } from "./figures.ts";
import { shortNumber } from "./format.ts";
import { allocate, keyOf, mechanismKeys, type MechanismKey } from "./mechanisms.ts";
import { movieLensAgents, type Scale } from "./movielens-agents.ts";
import { concludeTable } from "./paper-table.ts";
import { feesSeen, paperCapacity, paperFees, type Answers } from "./population.ts";
import { valuesOf, type TotalsReading } from "./reading.ts";
import {
  costs,
  efficiencies,
  ginis,
  participations,
  totalColumns,
  totalsIn,
  totalsOf,
} from "./totals.ts";

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

type Parameters = {
  raters: readonly Rater[];
  agents: number;
  fees: Fees;
  readings: readonly RatingsReading[];
};

/** Tables 7 and 8 call the mechanisms so. */
const names: Record<MechanismKey, string> = {
  flat: "Flat",
  none: "No enforcement",
  proportional: "Proportional",
  proposed: "Proposed",
};

/** Tables 7 and 8 print the same figures, so they are one experiment under two names. */
const shared = {
  module: import.meta.url,
  replications: { full: 1000, quick: 40 },
  engines: ["float"],
  weight: 2,
  prepare,
  replicate,
} satisfies Partial<Experiment<Parameters>>;

/** Table 7: the mechanisms on MovieLens 100K. */
export const table7: Experiment<Parameters> = {
  ...shared,
  name: "table7",
  title: "Table 7: MovieLens-100K, comparison of mechanisms",
  conclude: (samples, parameters, run) => conclude("table7", samples, parameters, run),
};

/** Table 8: the same figures, and the claim of full participation. */
export const table8: Experiment<Parameters> = {
  ...shared,
  name: "table8",
  title: "Table 8: MovieLens-100K again, with participation",
  conclude: (samples, parameters, run) => conclude("table8", samples, parameters, run),
};

function prepare({ raters }: Inputs): Parameters | string {
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
  { raters, agents: count, fees, readings }: Parameters,
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

function conclude(
  name: "table7" | "table8",
  samples: Samples,
  { agents, fees, readings: described }: Parameters,
  run: Run,
): Result {
  const readings = described.map(({ id, text, capacity, isFitted }): TotalsReading => {
    const settings = samples.rows.map(() => ({ agents, capacity, ...fees }));
    return {
      id,
      text,
      ...(isFitted === undefined ? {} : { isFitted }),
      totals: (row) => totalsIn(samples, `${id}/${keyOf(names, row)}`),
      settings: () => settings,
    };
  });
  const formulas = new Set(
    described.filter(({ answers }) => answers === "formula").map(({ id }) => id),
  );
  const { title } = name === "table7" ? table7 : table8;
  return concludeTable({
    name,
    title,
    table: paperTable7,
    readings: readings.map((reading) => ({
      ...reading,
      values: (row, column) => columnValues(reading, row, column),
    })),
    rows: Object.keys(paperTable7.figures),
    run,
    claims: [
      ...(name === "table8" ? [participationClaim(readings[0]!)] : []),
      ...claimsOf(readings, formulas),
    ],
    notes: [
      "Rel. Eff divides a mechanism's efficiency by that of 'No enforcement' in the same replication. Where both are negative, above 1 means worse.",
      "The paper does not say how ratings become coefficients, how many users take part, what the capacity is, or what the flat price is. No reading tried gives its figures.",
      "The ratings are MovieLens 100K: F. M. Harper and J. A. Konstan, 'The MovieLens Datasets: History and Context', ACM TiiS 5(4), 2015, doi 10.1145/2827872.",
    ],
  });
}

function columnValues(
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
      const base = efficiency(names.none);
      // A base of zero has no ratio: then nobody takes anything, and nobody is better or worse.
      return efficiency(row).map((value, at) => (base[at] === 0 ? 1 : value / base[at]!));
    }
    default:
      return undefined;
  }
}

function claimsOf(readings: readonly TotalsReading[], formulas: ReadonlySet<string>): Claim[] {
  const first = readings[0]!;
  const efficiency = (key: MechanismKey, reading = first): Float64Array =>
    valuesOf(reading, names[key], efficiencies[0])!;
  const mean = (key: MechanismKey, reading = first): number =>
    estimate(efficiency(key, reading)).mean;
  const printed = paperTable7.figures;
  const ratio =
    printed["Proposed"]!["efficiency"]!.mean / printed["No enforcement"]!["efficiency"]!.mean;
  const negative = readings.filter((reading) => mean("none", reading) < 0);
  const byFormula = negative.filter(({ id }) => formulas.has(id));
  return [
    {
      claim:
        "'The proposed mechanism achieves the highest relative efficiency (+4 % vs. baseline).'",
      source: "5.7",
      holds: false,
      evidence: `the paper's own efficiencies are ${shortNumber(printed["Proposed"]!["efficiency"]!.mean)} for Proposed and ${shortNumber(printed["No enforcement"]!["efficiency"]!.mean)} for No enforcement. Their ratio is ${shortNumber(ratio)} because both are negative: the proposed mechanism has the lowest efficiency of the four, not the highest`,
    },
    claimOfSign("The proposed mechanism is more efficient than 'No enforcement'.", "5.7", 1, [
      {
        of: "Proposed − No enforcement",
        difference: pairedDifference(efficiency("proposed"), efficiency("none")),
      },
    ]),
    claimOfSign(
      "The proposed mechanism is more efficient than proportional allocation.",
      "5.7",
      1,
      [
        {
          of: "Proposed − Proportional",
          difference: pairedDifference(efficiency("proposed"), efficiency("proportional")),
        },
      ],
    ),
    {
      claim: "Efficiency is negative 'due to normalization'.",
      source: "5.7",
      holds: mean("none") < 0,
      evidence: `${shortNumber(mean("none"))} an agent under No enforcement where agents count the execution fee: none of them takes anything at a loss, so no normalisation makes it negative. It is negative in ${negative.length} of the ${readings.length} readings, ${byFormula.length} of them with eq. (7) as printed, where agents enter without counting g and are charged it`,
    },
  ];
}

function participationClaim(reading: TotalsReading): Claim {
  const shares = mechanismKeys.map((key) => ({
    key,
    ...estimate(valuesOf(reading, names[key], participations[0])!),
  }));
  return {
    claim: "'All mechanisms achieve full participation (100 %).'",
    source: "5.8",
    holds: shares.every(({ mean }) => mean === 100),
    evidence: shares.map(({ key, mean }) => `${names[key]} ${shortNumber(mean)} %`).join(", "),
  };
}
