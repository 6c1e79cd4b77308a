import type { Draw, Experiment, Result, Run } from "../experiment.ts";
import { columnOf, type Samples } from "../harness/samples.ts";
import { algorithmStatements } from "./algorithm-statements.ts";
import { equilibriumStatements } from "./equilibrium-statements.ts";
import { blocksOf, type Row } from "./section.ts";
import { judgeStatement, type Judgement, type Statement, type Tally } from "./statement.ts";

/** Every lemma, proposition, theorem and corollary of the paper, and one equation. */
export const statements: readonly Statement[] = [...equilibriumStatements, ...algorithmStatements];

/** Every formal statement of the paper, held against runs that could refute it. */
export const theorems: Experiment<object> = {
  name: "theorems",
  module: import.meta.url,
  title: "Theorems: what the paper proves, held against runs that could refute it",
  replications: { full: 40, quick: 6 },
  engines: ["float"],
  weight: 50,
  prepare: () => ({}),
  replicate,
  conclude,
};

function replicate(_: object, draw: Draw): Record<string, number> {
  const numbers: Record<string, number> = {};
  for (const { key, runs } of statements) {
    for (const { key: run, of } of runs) {
      const { failed, size } = of(draw);
      numbers[`${key}/${run}/failed`] = Number(failed);
      numbers[`${key}/${run}/size`] = size;
    }
  }
  return numbers;
}

function conclude(samples: Samples, _: object, run: Run): Result {
  const rows = statements.map((statement): Row => {
    const tallies = statement.runs.map(({ key, role, where, measures }): Tally => {
      const column = `${statement.key}/${key}`;
      const failed = columnOf(samples, `${column}/failed`);
      const found = columnOf(samples, `${column}/size`);
      return {
        role,
        where,
        draws: failed.length,
        failures: sum(failed),
        measures,
        mean: sum(found) / found.length,
        smallest: found.reduce((a, b) => Math.min(a, b)),
        largest: found.reduce((a, b) => Math.max(a, b)),
      };
    });
    return { statement, tallies, judgement: judgeStatement(statement, tallies) };
  });
  const named = rows.flatMap((row) => row.statement.names.map((name) => ({ name, ...row })));
  const having = (verdict: Judgement["verdict"]): number =>
    named.filter(({ judgement }) => judgement.verdict === verdict).length;
  return {
    json: {
      name: theorems.name,
      title: theorems.title,
      run,
      rows: named.map(({ name, statement, tallies, judgement }) => ({
        statement: name,
        claim: statement.claim,
        assumption: statement.assumption,
        verdict: judgement.verdict,
        detail: judgement.detail,
        runs: tallies,
      })),
    },
    csv: [
      ["statement", "verdict", "detail", "role", "run", "draws", "failures"].concat([
        "measured",
        "mean",
        "smallest",
        "largest",
      ]),
      ...named.flatMap(({ name, tallies, judgement: { verdict, detail } }) =>
        tallies.map(({ role, where, draws, failures, measures, mean, smallest, largest }) => [
          ...[name, verdict, detail, role, where, draws, failures, measures],
          ...[mean, smallest, largest],
        ]),
      ),
    ],
    section: {
      name: theorems.name,
      title: theorems.title,
      verdicts: [],
      claims: [
        {
          whose: "",
          hold: having("holds"),
          of: named.length,
          rest: [{ name: "under a condition", count: having("holds under") }],
        },
      ],
      blocks: blocksOf(rows, run),
    },
  };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
