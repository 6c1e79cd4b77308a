import type { z } from "zod";

import { complaint, unknownName } from "../../markets/complaint.ts";
import { either } from "../../markets/input-error.ts";
import { configFields as fields } from "./config-fields.ts";

/** What a schema makes of it, or one line about the first thing wrong. */
export function checked<T>(shape: z.ZodType<T>, given: unknown, file: string, under: string): T {
  const result = shape.safeParse(under === "" ? given : (given as Record<string, unknown>)[under]);
  if (result.success) return result.data;
  const unknown = result.error.issues.find((issue) => issue.code === "unrecognized_keys");
  const issue = unknown ?? result.error.issues[0]!;
  const path = [...(under === "" ? [] : [under]), ...issue.path].join(".");
  if (issue.code === "unrecognized_keys") {
    throw unknownName({ file }, path, issue.keys[0] ?? "", namesUnder(path));
  }
  const names = namesUnder(path);
  const inside = names.length === 0 ? "" : ` with ${either(names)}`;
  const allowed = issue.code === "custom" ? issue.message : `an object${inside}`;
  throw complaint(given, { file }, path, allowed);
}

/** The names of the fields of an object of the file; of the file itself for "". */
function namesUnder(parent: string): string[] {
  if (parent === "agents") return ["source", "n", "seed"];
  const place = parent.replace(/^exceptions\.\d+/, "exceptions.*");
  if (place === "exceptions.*") return ["agent", "deposit", "bots"];
  if (place === "exceptions.*.bots") return namesUnder("bots");
  const prefix = parent === "" ? "" : `${parent}.`;
  const paths = Object.keys(fields).filter((path) => path.startsWith(prefix));
  return [...new Set(paths.map((path) => path.slice(prefix.length).split(".")[0] ?? ""))];
}
