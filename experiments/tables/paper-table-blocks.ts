import type { Block, Grid, GridCell } from "../report/blocks.ts";
import { claimRow } from "./claim.ts";
import type { PaperTable } from "./figures.ts";
import { fixed, measured } from "./format.ts";
import type { Cell, Judged, TableReport, Tried } from "./paper-table.ts";

/** The section: the table under the first reading and the nearest, claims, then everything tried. */
export function blocksOf(
  { table, run, claims, tried = [], notes }: TableReport,
  judged: readonly Judged[],
  primary: Judged,
  nearest: Judged,
): Block[] {
  const captioned =
    table.replications === undefined ? "" : ` The paper's caption says ${table.replications}.`;
  return [
    {
      kind: "text",
      text: `${run.replications} replications, seed ${run.seed}, engine ${run.engine}.${captioned}`,
    },
    { kind: "text", text: `Reading: ${primary.reading.text}` },
    gridOf(table, primary, "The reading the project stands by"),
    ...(nearest === primary
      ? []
      : [gridOf(table, nearest, `The reading that comes nearest: ${nearest.reading.text}`)]),
    ...(claims.length === 0
      ? []
      : [
          {
            kind: "grid" as const,
            title: "What the paper says of it",
            head: [
              "claim",
              "where",
              "",
              "measured, under the first reading unless it says otherwise",
            ],
            prose: [0, 1, 3],
            rows: claims.map(claimRow),
          },
        ]),
    ...triedGrids(table, tried),
    readingsGrid(judged, unitOf(table)),
    ...judged
      .filter((one) => one !== primary && one !== nearest)
      .map((one) => ({ ...gridOf(table, one, one.reading.text), folded: true })),
    ...(notes.length === 0 ? [] : [{ kind: "list" as const, title: "Notes", items: notes }]),
  ];
}

function gridOf(table: PaperTable, { rows }: Judged, title: string): Grid {
  const { label, columns } = table;
  return {
    kind: "grid",
    title,
    head: [
      label.title,
      ...columns.flatMap(({ title: name }) => [`${name}, paper`, "ours"]),
      "verdict",
    ],
    rows: rows.map(({ name, cells, verdict, why }) => [
      rowTitle(table, name),
      ...columns.flatMap(({ key, decimals }) => cellsOf(cells[key], decimals)),
      verdict === null ? { text: "–", detail: why } : { text: verdict, detail: why, verdict },
    ]),
    prose: [0, 1 + 2 * columns.length],
  };
}

function cellsOf(cell: Cell | undefined, decimals: number): (string | GridCell)[] {
  if (cell === undefined) return ["", ""];
  const { mean, sd, ci95, paper, paperSd, standardErrors: errors, verdict } = cell;
  const [text, interval] = measured({ count: 0, mean, sd, error: 0, ci95 }, decimals);
  const away = errors === null ? "" : `\n${fixed(errors, 1)} s.e. away`;
  const printed = paperSd === null ? "" : ` ± ${fixed(paperSd, decimals)}`;
  return [
    paper === null ? "–" : `${fixed(paper, decimals)}${printed}`,
    { text, detail: `${interval}${away}`, ...(verdict === null ? {} : { verdict }) },
  ];
}

/** What distances are counted in. */
function unitOf({ figures }: PaperTable): string {
  const cells = Object.values(figures).flatMap((row) => Object.values(row));
  return cells.some(({ sd }) => sd !== undefined)
    ? "mean gap, in the paper's ±"
    : "mean gap, relative";
}

function readingsGrid(judged: readonly Judged[], unit: string): Grid {
  const sorted = judged.toSorted((a, b) => a.distance - b.distance);
  return {
    kind: "grid",
    title: "Readings tried, nearest first",
    head: ["reading", unit, "rows that reproduce"],
    rows: sorted.map(({ reading, rows, distance }) => {
      const inPaper = rows.filter(({ verdict }) => verdict !== null);
      const good = inPaper.filter(({ verdict }) => verdict === "reproduces");
      const fitted = reading.isFitted ? " Found by looking for it." : "";
      return [reading.text + fitted, fixed(distance, 2), `${good.length} of ${inPaper.length}`];
    }),
  };
}

const BEST = 4;

function triedGrids(table: PaperTable, tried: readonly Tried[]): Grid[] {
  const { columns, figures } = table;
  const unit = unitOf(table);
  return columns.flatMap(({ key, title, decimals }) => {
    const ofColumn = tried.filter(({ column }) => column === key);
    if (ofColumn.length === 0) return [];
    const best = ofColumn.toSorted((a, b) => a.distance - b.distance).slice(0, BEST);
    return [
      {
        kind: "grid" as const,
        title: `${title}: the nearest of ${ofColumn.length} definitions and readings`,
        head: ["definition", "reading", ...Object.keys(figures), unit, "rows within it"],
        prose: [0, 1],
        rows: [
          [
            "the paper",
            "",
            ...Object.values(figures).map((row) => fixed(row[key]?.mean ?? NaN, decimals)),
            "",
            "",
          ],
          ...best.map(({ definition, reading, means, distance, within }) => [
            definition,
            reading,
            ...means.map((mean) => fixed(mean, decimals)),
            fixed(distance, 2),
            `${within} of ${means.length}`,
          ]),
        ],
      },
    ];
  });
}

/** A row as the report names it. */
export function rowTitle({ label }: PaperTable, name: string): string {
  return label.key === "tau" ? `τ = ${name}` : name;
}
