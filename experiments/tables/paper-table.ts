import type { Result, Run } from "../experiment.ts";
import { estimate, pairedDifference, type Estimate } from "../harness/samples.ts";
import { countClaims, type Claim } from "./claim.ts";
import type { Column, Figure, PaperTable } from "./figures.ts";
import { blocksOf, rowTitle } from "./paper-table-blocks.ts";
import { judge, standardErrors, toleranceOf, worst, type Verdict } from "./verdict.ts";

/** One way to read what the paper leaves open. */
export type Reading = {
  id: string;
  /** In a sentence or two. */
  text: string;
  /** Its numbers were looked for until they came near the paper's: then nearness proves little. */
  isFitted?: boolean;
  /** One number for each replication; undefined where the reading has no such row. */
  values: (row: string, column: string) => Float64Array | undefined;
};

/** A definition of one column under one reading, and how near its means come. */
export type Tried = {
  column: string;
  definition: string;
  reading: string;
  means: number[];
  distance: number;
  /** Rows whose mean lies within the paper's own deviation, or rounds to its figure without one. */
  within: number;
};

export type TableReport = {
  name: string;
  title: string;
  table: PaperTable;
  /** The first is the one the project stands by. */
  readings: readonly Reading[];
  /** Rows in order: the paper's, and any of ours that it does not have. */
  rows: readonly string[];
  run: Run;
  claims: readonly Claim[];
  tried?: readonly Tried[];
  notes: readonly string[];
};

/** A figure of ours beside the paper's; null where the paper has none. */
export type Cell = {
  mean: number;
  sd: number;
  ci95: [number, number];
  paper: number | null;
  paperSd: number | null;
  standardErrors: number | null;
  verdict: Verdict | null;
};

export type Row = {
  name: string;
  cells: Record<string, Cell>;
  verdict: Verdict | null;
  why: string;
};

/** A table under one reading, judged. */
export type Judged = { reading: Reading; rows: Row[]; distance: number };

/** A table of the paper under every reading, as JSON, CSV and a section of the report. */
export function concludeTable(report: TableReport): Result {
  const { name, title, table, run, claims, tried = [], notes } = report;
  const judged = report.readings.map((reading) => judgeReading(report, reading));
  const [primary] = judged;
  if (primary === undefined)
    throw new RangeError(`${name}: given no readings, allowed one or more`);
  const nearest = judged.reduce((best, next) => (next.distance < best.distance ? next : best));

  return {
    json: {
      name,
      title,
      ...run,
      paperReplications: table.replications ?? null,
      reading: primary.reading.text,
      rows: primary.rows.map((row) => rowJson(table, row)),
      nearest: nearest.reading.id,
      readings: judged.map(({ reading, rows, distance }) => ({
        id: reading.id,
        reading: reading.text,
        fitted: reading.isFitted === true,
        distance,
        rows: rows.map((row) => rowJson(table, row)),
      })),
      claims,
      ...(tried.length === 0 ? {} : { tried }),
      notes,
    },
    csv: csvOf(table, judged),
    section: {
      name,
      title,
      verdicts: primary.rows.flatMap(({ name: of, verdict }) =>
        verdict === null ? [] : [{ of: rowTitle(table, of), verdict }],
      ),
      claims: countClaims(claims),
      blocks: blocksOf(report, judged, primary, nearest),
    },
  };
}

/**
 * How far means are from the paper's, on average over all its figures: each in the paper's own
 * deviations, or relative to the figure where there are none.
 */
export function distanceFrom(
  pairs: readonly { mean: number; paper: Figure; decimals: number }[],
): number {
  const gaps = pairs.map(({ mean, paper, decimals }) => {
    const unit = paper.sd === undefined ? Math.abs(paper.mean) : toleranceOf(paper, decimals);
    return Math.abs(mean - paper.mean) / unit;
  });
  return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
}

function judgeReading({ table, rows }: TableReport, reading: Reading): Judged {
  const pairs: { mean: number; paper: Figure; decimals: number }[] = [];
  const judged = rows.flatMap((name): Row[] => {
    const cells: [Column, Cell][] = [];
    for (const column of table.columns) {
      const values = reading.values(name, column.key);
      if (values === undefined) continue;
      const ours = estimate(values);
      const paper = table.figures[name]?.[column.key];
      const verdict = paper && judgeCell(table, reading, name, column, values, ours, paper);
      if (paper !== undefined) pairs.push({ mean: ours.mean, paper, decimals: column.decimals });
      cells.push([column, cellOf(table, ours, paper, verdict)]);
    }
    if (cells.length === 0) return [];
    const verdictsOf = cells.flatMap(([{ title }, { verdict }]) =>
      verdict === null ? [] : [{ title: title.replace(/[,(].*/, "").trim(), verdict }],
    );
    const verdict = worst(verdictsOf.map((one) => one.verdict)) ?? null;
    return [
      {
        name,
        cells: Object.fromEntries(cells.map(([{ key }, cell]) => [key, cell])),
        verdict,
        why: verdict === null ? "not in the paper" : whyOf(table, name, verdictsOf),
      },
    ];
  });
  return { reading, rows: judged, distance: distanceFrom(pairs) };
}

function judgeCell(
  { figures, reference }: PaperTable,
  reading: Reading,
  row: string,
  { key, decimals }: Column,
  values: Float64Array,
  ours: Estimate,
  paper: Figure,
): Verdict {
  const other = row === reference ? undefined : reading.values(reference, key);
  const difference = other && pairedDifference(values, other);
  const paperDifference = paper.mean - (figures[reference]?.[key]?.mean ?? paper.mean);
  return judge(ours, paper, decimals, difference, paperDifference);
}

function cellOf(
  { replications }: PaperTable,
  ours: Estimate,
  paper: Figure | undefined,
  verdict: Verdict | undefined,
): Cell {
  return {
    mean: ours.mean,
    sd: ours.sd,
    ci95: ours.ci95,
    paper: paper?.mean ?? null,
    paperSd: paper?.sd ?? null,
    standardErrors: (paper && standardErrors(ours, paper, replications)) ?? null,
    verdict: verdict ?? null,
  };
}

/** Why a row is judged as it is: which columns are off, and whether they move as the paper's do. */
function whyOf(
  { figures, reference }: PaperTable,
  name: string,
  judged: readonly { title: string; verdict: Verdict }[],
): string {
  const titles = (verdict: Verdict): string[] =>
    judged.flatMap((one) => (one.verdict === verdict ? one.title : []));
  const [half, bad] = [titles("direction only"), titles("does not")];
  const hasDeviations = Object.values(figures[name] ?? {}).some(({ sd }) => sd !== undefined);
  if (half.length + bad.length === 0) {
    return hasDeviations
      ? "every mean within the paper's own standard deviation"
      : "every confidence interval reaches the paper's figure";
  }
  const outside = hasDeviations ? "outside the paper's ±" : "not the paper's figure";
  const list = (words: readonly string[]): string => words.join(", ");
  return [
    `${list([...half, ...bad])}: ${outside}`,
    ...(half.length > 0 ? [`direction holds for ${list(half)}`] : []),
    ...(bad.length > 0
      ? [
          name === reference
            ? "the reference row has no direction"
            : `direction does not hold for ${list(bad)}`,
        ]
      : []),
  ].join("; ");
}

function rowJson({ label }: PaperTable, { name, cells, verdict, why }: Row): object {
  const value = label.key === "tau" ? Number(name) : name;
  return { [label.key]: value, ...cells, verdict, why };
}

function csvOf({ label }: PaperTable, judged: readonly Judged[]): (string | number | null)[][] {
  const head = ["reading", label.key, "measure", "mean", "sd", "ci95_low", "ci95_high"];
  const rows = judged.flatMap(({ reading, rows }) =>
    rows.flatMap(({ name, cells }) =>
      Object.entries(cells).map(([measure, cell]) => [
        ...[reading.id, name, measure, cell.mean, cell.sd, ...cell.ci95],
        ...[cell.paper, cell.paperSd, cell.standardErrors, cell.verdict],
      ]),
    ),
  );
  return [[...head, "paper", "paper_sd", "standard_errors", "verdict"], ...rows];
}
