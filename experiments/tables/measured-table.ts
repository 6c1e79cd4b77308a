import type { Result, Run } from "../experiment.ts";
import { estimate, type Estimate } from "../harness/samples.ts";
import type { Block, FigureBlock, Grid } from "../report/blocks.ts";
import { claimRow, countClaims, type Claim } from "./claim.ts";
import { fixed, measured } from "./format.ts";

/** A column of numbers, in the unit that its title names. */
export type MeasuredColumn = { key: string; title: string; decimals: number };

/** What was measured of one thing: for each column one number a replication; a column left out is none of its. */
export type MeasuredRow = {
  key: string;
  title: string;
  values: Readonly<Record<string, ArrayLike<number> | undefined>>;
};

/** A table of the report that has no counterpart in the paper. */
export type MeasuredTable = {
  key: string;
  title: string;
  /** What its rows are. */
  label: string;
  columns: readonly MeasuredColumn[];
  rows: readonly MeasuredRow[];
};

/** What an experiment that goes beyond the paper's tables leaves behind. */
export type MeasuredReport = {
  name: string;
  title: string;
  run: Run;
  /** What was done, a paragraph each. */
  text: readonly string[];
  tables: readonly MeasuredTable[];
  /** A drawing of some of it, above the tables. */
  figure?: FigureBlock;
  claims: readonly Claim[];
  notes: readonly string[];
};

/** The report as JSON, CSV and a section: every number with its deviation and its 95 % confidence interval. */
export function concludeMeasured(report: MeasuredReport): Result {
  const { name, title, run, text, tables, figure, claims, notes } = report;
  const estimated = tables.map((table) => ({
    ...table,
    rows: table.rows.map(({ values, ...row }) => ({
      ...row,
      estimates: table.columns.flatMap(({ key }): [string, Estimate][] => {
        const given = values[key];
        return given === undefined ? [] : [[key, estimate(given)]];
      }),
    })),
  }));
  return {
    json: {
      name,
      title,
      ...run,
      text,
      tables: estimated.map(({ key, title: about, rows }) => ({
        key,
        title: about,
        rows: rows.map((row) => ({
          row: row.key,
          title: row.title,
          ...Object.fromEntries(
            row.estimates.map(([column, { mean, sd, ci95 }]) => [column, { mean, sd, ci95 }]),
          ),
        })),
      })),
      claims,
      notes,
    },
    csv: [
      ["table", "row", "measure", "mean", "sd", "ci95_low", "ci95_high"],
      ...estimated.flatMap((table) =>
        table.rows.flatMap((row) =>
          row.estimates.map(([column, { mean, sd, ci95 }]) => [
            ...[table.key, row.key, column, mean, sd, ...ci95],
          ]),
        ),
      ),
    ],
    section: {
      name,
      title,
      verdicts: [],
      claims: countClaims(claims),
      blocks: [
        {
          kind: "text",
          text: `${run.replications} replications, seed ${run.seed}, engine ${run.engine}.`,
        },
        ...text.map((paragraph): Block => ({ kind: "text", text: paragraph })),
        ...(figure === undefined ? [] : [figure]),
        ...estimated.map(({ title: about, label, columns, rows }): Grid => ({
          kind: "grid",
          title: about,
          head: [label, ...columns.map((column) => column.title)],
          rows: rows.map((row) => [
            row.title,
            ...columns.map((column) => cellOf(row.estimates, column)),
          ]),
        })),
        ...(claims.length === 0
          ? []
          : [
              {
                kind: "grid" as const,
                title: "What is said of it",
                head: ["claim", "where", "", "measured"],
                prose: [0, 1, 3],
                rows: claims.map(claimRow),
              },
            ]),
        ...(notes.length === 0 ? [] : [{ kind: "list" as const, title: "Notes", items: notes }]),
      ],
    },
  };
}

function cellOf(
  estimates: readonly [string, Estimate][],
  { key, decimals }: MeasuredColumn,
): Grid["rows"][number][number] {
  const found = estimates.find(([column]) => column === key)?.[1];
  if (found === undefined) return "";
  // Where nothing varies there is nothing to say of it.
  if (found.sd === 0) return fixed(found.mean, decimals);
  const [text, detail] = measured(found, decimals);
  return { text, detail };
}
