import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { InputError } from "../../../markets/input-error.ts";

/** Call `use` with a folder that holds these files and is gone afterwards. */
export function inFolder<Result>(
  files: Record<string, string>,
  use: (folder: string) => Result,
): Result {
  const folder = mkdtempSync(join(tmpdir(), "contract-clearing-input-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The line that an InputError says; any other outcome fails. */
export function refusalOf(use: () => unknown): string {
  try {
    use();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
}
