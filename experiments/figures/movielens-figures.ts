import type { Experiment, Result, Run } from "../experiment.ts";
import { estimate, pairedDifference, type Samples } from "../harness/samples.ts";
import { claimOfSign, type Claim } from "../tables/claim.ts";
import { paperTable7 } from "../tables/figures.ts";
import { shortNumber } from "../tables/format.ts";
import {
  columnValues,
  movieLens,
  movieLensReadings,
  type MovieLensParameters,
} from "../tables/movielens-draw.ts";
import { concludeFigure } from "./figure.ts";

/** What the paper draws, in its panels (a) and (b). */
const panels = [
  {
    column: "relativeEfficiency",
    title: "(a) Relative efficiency",
    unit: "of No enforcement's",
    level: 1,
  },
  { column: "cost", title: "(b) Average cost", unit: "tokens an agent" },
  { column: "gini", title: "(b) Inequality", unit: "Gini index" },
] as const;

const rules = Object.keys(paperTable7.figures);

/** Figures 8 and 9 have the same panels and nearly the same caption: each gets one reading of Table 7. */
const shared = { module: import.meta.url, ...movieLens };

/** Figure 8: MovieLens, by the reading that the project stands by. */
export const figure8: Experiment<MovieLensParameters> = {
  ...shared,
  name: "figure8",
  title: "Figure 8: MovieLens-100K, relative efficiency, cost and fairness",
  conclude: (samples, parameters, run) => conclude(figure8, "table3", samples, parameters, run),
};

/** Figure 9: the same by the reading that comes nearest to the paper's numbers. */
export const figure9: Experiment<MovieLensParameters> = {
  ...shared,
  name: "figure9",
  title: "Figure 9: MovieLens-100K again, by the reading nearest to the paper's numbers",
  conclude: (samples, parameters, run) =>
    conclude(figure9, "unit-above-one", samples, parameters, run),
};

function conclude(
  { name, title }: Experiment<MovieLensParameters>,
  id: string,
  samples: Samples,
  parameters: MovieLensParameters,
  run: Run,
): Result {
  const reading = movieLensReadings(samples, parameters).find((one) => one.id === id)!;
  const values = (rule: string, column: string): Float64Array =>
    columnValues(reading, rule, column)!;
  const bar = (rule: string, column: string) => {
    const { mean, sd } = estimate(values(rule, column));
    return { mean, sd };
  };
  return concludeFigure({
    name,
    title,
    run,
    caption: `Means and standard deviations of ${run.replications} draws, beside those of the paper's Tables 7 and 8. Reading: ${reading.text}`,
    picture: {
      drawing: "bars",
      data: {
        names: rules,
        panels: panels.map(({ column, ...panel }) => ({
          ...panel,
          ours: rules.map((rule) => bar(rule, column)),
          paper: rules.map((rule) => {
            const { mean, sd = 0 } = paperTable7.figures[rule]![column]!;
            return { mean, sd };
          }),
        })),
      },
    },
    claims: claimsOf(values),
    notes: [
      "The paper's captions of Figures 8 and 9 differ in half a sentence, and its text cites Figure 9 alone. The first here is the reading the project stands by, the second the nearest of those tried.",
    ],
    csv: [
      ["mechanism", "measure", "mean", "sd", "paper", "paper_sd"],
      ...rules.flatMap((rule) =>
        panels.map(({ column }) => {
          const { mean, sd } = bar(rule, column);
          const paper = paperTable7.figures[rule]![column]!;
          return [rule, column, mean, sd, paper.mean, paper.sd ?? null];
        }),
      ),
    ],
  });
}

function claimsOf(values: (rule: string, column: string) => Float64Array): Claim[] {
  const others = rules.filter((rule) => rule !== "Proposed");
  const against = (column: string, from: readonly string[]) =>
    from.map((rule) => ({
      of: `Proposed − ${rule}`,
      difference: pairedDifference(values("Proposed", column), values(rule, column)),
    }));
  const base = estimate(values("No enforcement", "efficiency")).mean;
  const sign =
    base < 0
      ? `; both efficiencies are negative, so more than 1 is worse`
      : `; efficiencies are positive, so more than 1 is better`;
  const highest = claimOfSign(
    "The proposed mechanism achieves the highest relative efficiency.",
    "5.7",
    1,
    against("relativeEfficiency", others),
  );
  const mean = (rule: string, column: string): number => estimate(values(rule, column)).mean;
  const between = (column: string): boolean => {
    const proposed = mean("Proposed", column);
    const bounds = ["Flat", "No enforcement"].map((rule) => mean(rule, column));
    return proposed >= Math.min(...bounds) && proposed <= Math.max(...bounds);
  };
  const list = (column: string): string =>
    rules.map((rule) => `${rule} ${shortNumber(mean(rule, column))}`).join(", ");
  return [
    { ...highest, evidence: `${highest.evidence}${sign}` },
    claimOfSign(
      "That makes it the best performer: its efficiency is the highest.",
      "Figures 8, 9",
      1,
      against("efficiency", others),
    ),
    {
      claim:
        "It avoids 'the extremes of flat and no-enforcement baselines': cost and Gini index lie between theirs.",
      source: "Figure 9",
      holds: between("cost") && between("gini"),
      evidence: `cost ${list("cost")}; Gini index ${list("gini")}`,
    },
  ];
}
