import type { Run } from "../experiment.ts";
import type { Block, Grid } from "../report/blocks.ts";
import { shortNumber } from "../tables/format.ts";
import type { Verdict } from "../tables/verdict.ts";
import type { Judgement, Role, Statement, Tally } from "./statement.ts";

/** A statement, what was counted and what is said of it. */
export type Row = { statement: Statement; tallies: readonly Tally[]; judgement: Judgement };

/** The report's colour for a verdict on a statement. */
const colours: Record<Judgement["verdict"], Verdict> = {
  holds: "reproduces",
  "holds under": "direction only",
  "does not hold": "does not",
};

const roles: Record<Role, string> = {
  stated: "the paper's",
  needed: "and the condition",
  beyond: "one dropped",
};

/** The section: all statements with their verdicts, then every run with its numbers. */
export function blocksOf(rows: readonly Row[], { seed, replications }: Run): Block[] {
  return [
    {
      kind: "text",
      text:
        `${replications} draws of 20 agents, seed ${seed}. V'(0) = ∞ stands for isoelastic valuations with ρ ~ U(0.5, 0.7), ` +
        "log V for the paper's example; α, β and τ are Table 3's, and g = 0 unless it says otherwise.",
    },
    {
      kind: "text",
      text:
        "A statement holds if it is false in none of the draws that meet what the paper assumes, and no more. " +
        "It holds under a condition if some of those draws refute it, but none that meets the condition too. Else it does not hold. " +
        "No number of draws proves a theorem; one can refute it.",
    },
    verdictGrid(rows),
    runsGrid(rows),
  ];
}

function verdictGrid(rows: readonly Row[]): Grid {
  return {
    kind: "grid",
    title: "Each statement of the paper",
    head: ["statement", "claims", "assumes", "verdict"],
    prose: [0, 1, 2, 3],
    rows: rows.flatMap(({ statement, judgement: { verdict, detail } }) =>
      statement.names.map((name) => [
        name,
        statement.claim,
        statement.assumption,
        { text: verdict, detail, verdict: colours[verdict] },
      ]),
    ),
  };
}

function runsGrid(rows: readonly Row[]): Grid {
  return {
    kind: "grid",
    title: "Every run: where the statements hold, and where they break",
    head: [
      "statement",
      "run",
      "assumptions",
      "false in",
      "measured",
      "mean",
      "smallest to largest",
    ],
    prose: [0, 1, 2, 4],
    rows: rows.flatMap(({ statement, tallies }) =>
      tallies.map((tally, at) => [
        at === 0 ? statement.names.join(", ") : "",
        tally.where,
        roles[tally.role],
        `${tally.failures} of ${tally.draws}`,
        tally.measures,
        shown(tally.mean),
        `${shown(tally.smallest)} to ${shown(tally.largest)}`,
      ]),
    ),
  };
}

/** Three digits, by powers of ten where a number is very small or large. */
function shown(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    return value.toExponential(1).replaceAll("-", "−").replace("e+", "e");
  }
  return shortNumber(value);
}
