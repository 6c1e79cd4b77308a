import { readFileSync } from "node:fs";

import { InputError } from "./input-error.ts";

/**
 * The text of a file a person named, without a byte order mark and with `\n` ending its lines.
 *
 * @param path absolute, or relative to the working directory
 * @param label how the person named it
 * @param what what the file should be, as in `a market file`
 * @throws InputError if it is not there or cannot be read
 */
export function readText(path: string, label: string, what: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    const found = whatIsThere[code] ?? `a file that cannot be read (${code})`;
    throw new InputError(`${label}: given ${found}, allowed ${what}`, { cause });
  }
  return text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
}

const whatIsThere: Record<string, string> = {
  ENOENT: "a path with no file",
  ENOTDIR: "a path with no file",
  EISDIR: "a folder",
  EACCES: "a file that may not be read",
};
