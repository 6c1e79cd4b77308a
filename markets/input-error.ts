/**
 * What a person gave cannot be used: a market file, a row of a data file or a flag. The message
 * is one line that says where, what was given and what is allowed; a command prints it and ends
 * with exit code 1.
 */
export class InputError extends Error {
  override readonly name = "InputError";
}

const LONGEST_SHOWN = 60;

/**
 * A given value as an error shows it: as JSON on one line, cut when it is long. Control
 * characters are escaped, so that a message stays one line whatever the file holds.
 */
export function shown(value: unknown): string {
  // JSON.stringify gives undefined for what JSON cannot say, whatever its type claims.
  const text = (JSON.stringify(value) as string | undefined) ?? String(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

/** `a`, `a or b`, `a, b or c`. */
export function either(names: readonly string[]): string {
  return names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;
}

/**
 * The known name a person most likely meant: the fewest letters to insert, drop or replace, and
 * no more than half of what was written. Undefined if none is that near.
 */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const wanted = given.toLowerCase();
  let best: string | undefined;
  let fewest = Math.floor(Math.max(2, given.length / 2)) + 1;
  for (const name of known) {
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance < fewest) [best, fewest] = [name, distance];
  }
  return best;
}

/** Levenshtein's distance, one row of its table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const next = [line];
    for (let column = 1; column <= to.length; column++) {
      const replaced = row[column - 1]! + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
