import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { AllocationRow, RunRecord, Summary } from "../record.ts";
import { renderReport } from "./report.ts";

/** The columns of allocations.csv, in their order. */
const COLUMNS = [
  "id",
  "address",
  "demand",
  "allocation",
  "charge",
  "payment",
  "deposited",
  "balance",
] as const satisfies readonly (keyof AllocationRow)[];

/** The files of a run, in the order in which they are listed. */
export const OUTPUT_FILES = [
  "summary.json",
  "rounds.json",
  "allocations.csv",
  "report.html",
] as const;

/** All that is known of a finished run. */
export type Outputs = { summary: Summary; run: RunRecord; allocations: AllocationRow[] };

/**
 * Write the four files of a run into `root/<market>/`: all of them or none. They are written to a
 * folder beside it, which then takes its place; if anything fails, what was there before is there
 * still. Other files in the folder are kept.
 *
 * @returns the folder
 * @throws Error of the file system
 */
export async function writeOutputs(root: string, outputs: Outputs): Promise<string> {
  const contents: Record<(typeof OUTPUT_FILES)[number], string> = {
    "summary.json": `${JSON.stringify(outputs.summary, null, 2)}\n`,
    "rounds.json": formatRounds(outputs.run),
    "allocations.csv": formatAllocations(outputs.allocations),
    "report.html": renderReport(outputs.summary, outputs.run, outputs.allocations),
  };

  const folder = join(root, folderNameOf(outputs.summary.market));
  await mkdir(root, { recursive: true });
  const scratch = await mkdtemp(join(root, ".writing-"));
  try {
    const fresh = join(scratch, "new");
    await mkdir(fresh);
    for (const name of OUTPUT_FILES) await writeFile(join(fresh, name), contents[name]);
    await replaceFolder(folder, fresh, join(scratch, "old"));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return folder;
}

/** rounds.json: one line a round, so that long runs stay small and can be read line by line. */
export function formatRounds(run: RunRecord): string {
  const { rounds, ...head } = run;
  const lines = rounds.map((round) => JSON.stringify(round));
  const start = JSON.stringify(head).slice(0, -1);
  return `${start},"rounds":[${lines.length > 0 ? `\n${lines.join(",\n")}\n` : ""}]}\n`;
}

/** allocations.csv, quoted as RFC 4180 has it. */
export function formatAllocations(rows: AllocationRow[]): string {
  const lines = rows.map((row) => COLUMNS.map((column) => quoted(row[column])).join(","));
  return `${[COLUMNS.join(","), ...lines].join("\n")}\n`;
}

/**
 * A market's name as the name of a folder on any system: letters, digits, `.`, `_` and `-`, never a
 * path, a hidden file or a device.
 */
export function folderNameOf(market: string): string {
  const name = market
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "-")
    .replace(/^[.-]+/, "");
  const cut = Array.from(name)
    .slice(0, 60)
    .join("")
    .replace(/[.-]+$/, "");
  if (cut === "") return "market";
  return /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(cut) ? `market-${cut}` : cut;
}

/** Put `fresh` where `folder` is, by way of `aside`; undone step by step if a step fails. */
async function replaceFolder(folder: string, fresh: string, aside: string): Promise<void> {
  const done: [from: string, to: string][] = [];
  const move = async (from: string, to: string): Promise<void> => {
    await rename(from, to);
    done.push([from, to]);
  };
  try {
    const kept = await entriesOf(folder);
    if (kept !== undefined) await move(folder, aside);
    for (const name of kept ?? []) await move(join(aside, name), join(fresh, name));
    await move(fresh, folder);
  } catch (error) {
    for (const [from, to] of done.reverse()) await rename(to, from);
    throw error;
  }
}

/** What else is in the folder, or nothing at all if it is not there. */
async function entriesOf(folder: string): Promise<string[] | undefined> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => !(OUTPUT_FILES as readonly string[]).includes(name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function quoted(field: string): string {
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
