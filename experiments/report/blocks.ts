import type { Picture } from "../drawings/drawings.ts";
import type { Verdict } from "../tables/verdict.ts";

/** A cell of a grid: what it says, what stands small below it (line by line), and how it was judged. */
export type GridCell = { text: string; detail?: string; verdict?: Verdict };

/** A table of the report. The first column is text, others numbers unless `isProse` says otherwise. */
export type Grid = {
  kind: "grid";
  title?: string;
  head: readonly string[];
  rows: readonly (readonly (string | GridCell)[])[];
  /** Which columns are sentences; default the first. */
  prose?: readonly number[];
  /** Folded away under this title until it is asked for. */
  folded?: boolean;
};

/** A drawing: still on paper and without script, live in a browser; also a file of its own. */
export type FigureBlock = {
  kind: "figure";
  /** Names its files: `figures/<name>.svg` and, on request, `.png`. */
  name: string;
  /** What it shows, in a sentence or two; also what a screen reader says. */
  caption: string;
  picture: Picture;
};

/** One piece of a section. Text is plain; the page escapes it. */
export type Block =
  | { kind: "text"; text: string }
  /** Something the reader must know before the rest. */
  | { kind: "notice"; text: string }
  | { kind: "list"; title: string; items: readonly string[] }
  | FigureBlock
  | Grid;

/** How many sentences hold, of how many, and what else was found of some. */
export type ClaimCount = {
  /** In front of the count, where they are not the paper's. */
  whose: string;
  hold: number;
  of: number;
  rest: readonly { name: string; count: number }[];
};

/** The part of the report that one experiment fills. */
export type Section = {
  name: string;
  title: string;
  /** Verdicts for the overview. */
  verdicts: readonly { of: string; verdict: Verdict }[];
  /** Sentences that were held against numbers. */
  claims?: readonly ClaimCount[];
  blocks: readonly Block[];
};
