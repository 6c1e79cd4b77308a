import { dirname, resolve } from "node:path";

import { InputError, shown } from "../../markets/input-error.ts";
import { parseMarket, type Market } from "../../markets/market-file.ts";
import { readJson } from "../../markets/read-json.ts";

/**
 * Read and check a market file. A path in it is taken from the file's own folder and made
 * absolute.
 *
 * @param file absolute, or relative to `cwd`
 * @throws InputError, one line
 */
export function readMarket(file: string, cwd: string): Market {
  const path = resolve(cwd, file);
  return withAbsolutePath(parseMarket(readDraft(path, file), { file }), dirname(path));
}

/**
 * The object in a market file, not checked yet: flags may still replace fields of it.
 *
 * @param path absolute
 * @param label how the person named the file
 * @throws InputError if there is no such file, or it does not hold one JSON object
 */
export function readDraft(path: string, label: string): Record<string, unknown> {
  const draft = readJson(path, label, "a market file");
  if (typeof draft !== "object" || draft === null || Array.isArray(draft)) {
    throw new InputError(
      `${label}: given ${shown(draft)}, allowed a JSON object with the fields of a market`,
    );
  }
  return draft as Record<string, unknown>;
}

/** The market with the path of its agents' file made absolute, from `folder` if it is relative. */
export function withAbsolutePath(market: Market, folder: string): Market {
  const { agents } = market;
  if (agents.source === "paper") return market;
  return { ...market, agents: { ...agents, path: resolve(folder, agents.path) } };
}
