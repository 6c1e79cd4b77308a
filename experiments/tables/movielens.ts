import type { Experiment, Result, Run } from "../experiment.ts";
import { estimate, pairedDifference, type Samples } from "../harness/samples.ts";
import { claimOfSign, type Claim } from "./claim.ts";
import { paperTable7 } from "./figures.ts";
import { shortNumber } from "./format.ts";
import { mechanismKeys, type MechanismKey } from "./mechanisms.ts";
import {
  columnValues,
  movieLens,
  movieLensNames,
  movieLensReadings,
  type MovieLensParameters,
} from "./movielens-draw.ts";
import { concludeTable } from "./paper-table.ts";
import { valuesOf, type TotalsReading } from "./reading.ts";
import { efficiencies, participations } from "./totals.ts";

/** Tables 7 and 8 print the same figures, so they are one experiment under two names. */
const shared = { module: import.meta.url, ...movieLens };

/** Table 7: the mechanisms on MovieLens 100K. */
export const table7: Experiment<MovieLensParameters> = {
  ...shared,
  name: "table7",
  title: "Table 7: MovieLens-100K, comparison of mechanisms",
  conclude: (samples, parameters, run) => conclude("table7", samples, parameters, run),
};

/** Table 8: the same figures, and the claim of full participation. */
export const table8: Experiment<MovieLensParameters> = {
  ...shared,
  name: "table8",
  title: "Table 8: MovieLens-100K again, with participation",
  conclude: (samples, parameters, run) => conclude("table8", samples, parameters, run),
};

function conclude(
  name: "table7" | "table8",
  samples: Samples,
  parameters: MovieLensParameters,
  run: Run,
): Result {
  const readings = movieLensReadings(samples, parameters);
  const formulas = new Set(
    parameters.readings.filter(({ answers }) => answers === "formula").map(({ id }) => id),
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

function claimsOf(readings: readonly TotalsReading[], formulas: ReadonlySet<string>): Claim[] {
  const first = readings[0]!;
  const efficiency = (key: MechanismKey, reading = first): Float64Array =>
    valuesOf(reading, movieLensNames[key], efficiencies[0])!;
  const mean = (key: MechanismKey, reading = first): number =>
    estimate(efficiency(key, reading)).mean;
  const printed = paperTable7.figures;
  const ratio =
    printed["Proposed"]!["efficiency"]!.mean / printed["No enforcement"]!["efficiency"]!.mean;
  const negativeOf = (some: readonly TotalsReading[]): number =>
    some.filter((reading) => mean("none", reading) < 0).length;
  const entering = readings.filter(({ id }) => formulas.has(id));
  const knowing = readings.filter(({ id }) => !formulas.has(id));
  const negative = negativeOf(readings);
  const highest = claimOfSign(
    "'The proposed mechanism achieves the highest relative efficiency (+4 % vs. baseline).'",
    "5.7",
    1,
    mechanismKeys
      .filter((key) => key !== "proposed")
      .map((key) => ({
        of: `Proposed − ${movieLensNames[key]}`,
        difference: pairedDifference(
          columnValues(first, movieLensNames.proposed, "relativeEfficiency")!,
          columnValues(first, movieLensNames[key], "relativeEfficiency")!,
        ),
      })),
  );
  return [
    {
      ...highest,
      evidence: `${highest.evidence}. Read off the paper: its own efficiencies are ${shortNumber(printed["Proposed"]!["efficiency"]!.mean)} for Proposed and ${shortNumber(printed["No enforcement"]!["efficiency"]!.mean)} for No enforcement. Their ratio is ${shortNumber(ratio)} because both are negative: the proposed mechanism has the lowest efficiency of the four, not the highest`,
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
      holds: negative === 0 ? false : negative === readings.length ? true : "in part",
      evidence: `under No enforcement it is negative in ${negativeOf(entering)} of the ${entering.length} readings in which agents enter by eq. (7) as printed, without counting g, and are charged it; these differ in normalisation. It is negative in ${negativeOf(knowing)} of the ${knowing.length} in which they count g (${shortNumber(mean("none"))} an agent in the first): there nobody takes anything at a loss, whatever the scale. So it takes both, eq. (7) and small coefficients`,
    },
  ];
}

function participationClaim(reading: TotalsReading): Claim {
  const shares = mechanismKeys.map((key) => ({
    key,
    ...estimate(valuesOf(reading, movieLensNames[key], participations[0])!),
  }));
  return {
    claim: "'All mechanisms achieve full participation (100 %).'",
    source: "5.8",
    holds: shares.every(({ mean }) => mean === 100),
    evidence: shares
      .map(({ key, mean }) => `${movieLensNames[key]} ${shortNumber(mean)} %`)
      .join(", "),
  };
}
