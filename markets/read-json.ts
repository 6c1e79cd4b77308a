import { InputError, shown } from "./input-error.ts";
import { jsonErrorOffset } from "./json-position.ts";
import { readText } from "./read-text.ts";

/**
 * What a JSON file holds, not checked yet.
 *
 * @param path absolute, or relative to the working directory
 * @param label how the person named the file
 * @param what what the file should be, as in `a market file`
 * @throws InputError if there is no such file, or it is not JSON, with line and column
 */
export function readJson(path: string, label: string, what: string): unknown {
  const text = readText(path, label, what);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const offset = jsonErrorOffset(text) ?? 0;
    const lines = text.slice(0, offset).split("\n");
    const place = `${label}:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
    const found = offset === text.length ? "the end of the file" : shown(text[offset]);
    throw new InputError(`${place}: given ${found}, allowed JSON (json.org)`, { cause });
  }
}
