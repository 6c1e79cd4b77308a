import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Options } from "../command-line.ts";
import type { Result } from "../experiment.ts";
import { drawSvg } from "../drawings/svg.ts";
import type { FigureBlock, Section } from "./blocks.ts";
import { bundleClient } from "./client/bundle.ts";
import { renderPage } from "./page.ts";

/** Write `<name>.json`, `<name>.csv` and the figures, and hand the result on. */
export async function writeResult(
  { out: folder, png }: Pick<Options, "out" | "png">,
  name: string,
  result: Result,
): Promise<Result> {
  await mkdir(folder, { recursive: true });
  await replace(join(folder, `${name}.json`), `${JSON.stringify(result.json, null, 2)}\n`);
  await replace(join(folder, `${name}.csv`), csvText(result.csv));
  for (const block of result.section.blocks) {
    if (block.kind === "figure") await writeFigure(join(folder, "figures"), block, png);
  }
  return result;
}

/**
 * Write `index.html` with the results of this run.
 *
 * @returns its path
 */
export async function writeReport(
  { out, only, quick, seed, engine, replications }: Options,
  sections: readonly Section[],
): Promise<string> {
  const file = join(out, "index.html");
  const command = [
    ...(only.length === 0 ? [] : [`--only ${only.join(",")}`]),
    ...(quick ? ["--quick"] : []),
    ...(replications === undefined ? [] : [`--replications ${replications}`]),
    `--seed ${seed}`,
    ...(engine === "float" ? [] : [`--engine ${engine}`]),
  ].join(" ");
  const about = `This is what npm run paper -- ${command} found.`;
  const few = quick ? " With so few replications verdicts may change." : "";
  const hasFigures = sections.some(({ blocks }) => blocks.some(({ kind }) => kind === "figure"));
  const client = hasFigures ? await bundleClient() : "";
  await replace(file, renderPage(sections, about + few, client));
  return file;
}

async function writeFigure(
  folder: string,
  { name, picture }: FigureBlock,
  png: boolean,
): Promise<void> {
  const svg = drawSvg(picture);
  await mkdir(folder, { recursive: true });
  await replace(join(folder, `${name}.svg`), svg);
  // The renderer is loaded by those who want its images.
  if (png) await replace(join(folder, `${name}.png`), (await import("./png.ts")).pngOf(svg));
}

/** Rows quoted as RFC 4180 has it; null is an empty field. */
export function csvText(rows: Result["csv"]): string {
  const quoted = (value: string | number | null): string => {
    const text = String(value ?? "");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");
}

/** Whole or not at all: whoever reads the file meanwhile sees the old one. */
export async function replace(file: string, content: string | Buffer): Promise<void> {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}
