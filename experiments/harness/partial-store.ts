import { createHash } from "node:crypto";
import {
  appendFileSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Job } from "./job.ts";

/** What replications depend on, besides their number. */
export type Question = Omit<Job, "from" | "to" | "module">;

/** Finished replications of one question, kept on disk until the question is answered. */
export type PartialStore = {
  /** The columns, once a replication has been kept. */
  columns: readonly string[] | undefined;
  /** Rows by replication; those with another number of columns are not here. */
  rows: ReadonlyMap<number, readonly number[]>;
  keep: (columns: readonly string[], from: number, rows: readonly (readonly number[])[]) => void;
  forget: () => void;
};

/** One line of a store. */
type Line = { columns: string[] } | { from: number; rows: number[][] };

/**
 * Open the store of a question. Replications of other code are dropped: a number computed by other
 * code answers another question.
 *
 * @param folder where stores are kept; made when there is something to keep
 */
export function openPartialStore(folder: string, question: Question, code: string): PartialStore {
  const key = createHash("sha256").update(JSON.stringify(question)).digest("hex").slice(0, 12);
  const file = join(folder, `${question.name}-${key}-${code}.jsonl`);
  dropOthers(folder, `${question.name}-`, `-${code}.jsonl`);

  const rows = new Map<number, readonly number[]>();
  let columns: readonly string[] | undefined;
  const lines = readLines(file);
  for (const line of lines) {
    if ("columns" in line) columns = line.columns;
    else line.rows.forEach((row, at) => rows.set(line.from + at, row));
  }
  const write = (line: Line): void => appendFileSync(file, `${JSON.stringify(line)}\n`);
  return {
    get columns() {
      return columns;
    },
    rows,
    keep: (names, from, fresh) => {
      if (columns === undefined) {
        mkdirSync(folder, { recursive: true });
        columns = names;
        write({ columns: [...names] });
      }
      fresh.forEach((row, at) => rows.set(from + at, row));
      write({ from, rows: fresh.map((row) => [...row]) });
    },
    forget: () => {
      rmSync(file, { force: true });
      if (entriesOf(folder)?.length === 0) rmSync(folder, { recursive: true });
    },
  };
}

/**
 * Names the code that replications come from: a hash of every file they may pass through. A
 * commit's name would not do, since it does not see what is not committed.
 */
export function codeVersion(): string {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const files = globSync(
    "{agents,contracts,experiments,markets,mechanism,scripts/input,scripts/run}/**/*.{ts,sol}",
    {
      cwd: root,
    },
  ).sort();
  const hash = createHash("sha256").update(process.version);
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest("hex").slice(0, 12);
}

/** The whole lines of a file. One that a power cut tore ends it, and is cut off. */
function readLines(file: string): Line[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  const lines: Line[] = [];
  let whole = 0;
  for (const line of text.split("\n").slice(0, -1)) {
    try {
      lines.push(JSON.parse(line) as Line);
    } catch {
      break;
    }
    whole += line.length + 1;
  }
  if (whole < text.length) writeFileSync(file, text.slice(0, whole));
  return lines;
}

function dropOthers(folder: string, start: string, end: string): void {
  for (const name of entriesOf(folder) ?? []) {
    if (name.startsWith(start) && !name.endsWith(end)) rmSync(join(folder, name), { force: true });
  }
}

function entriesOf(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}
