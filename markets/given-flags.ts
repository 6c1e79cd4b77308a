import { parseArgs } from "node:util";

import { InputError, nearest } from "./input-error.ts";

/** A flag that a command knows. */
export type KnownFlag = {
  name: string;
  /** Whether it takes a value; a switch takes none. */
  takesValue: boolean;
  /** What its value may be, in words. */
  allowed: string;
};

/** How a command words what it cannot use; each begins after `given`. */
export type Refusals = {
  /** @param rawName the flag as it was written */
  unknown: (rawName: string) => string;
  /** @param value what was given without a flag */
  stray?: (value: string) => string;
};

/** Whether a command line asks for help; nothing else on it matters then. */
export function asksForHelp(argv: readonly string[]): boolean {
  return argv.includes("--help") || argv.includes("-h");
}

/**
 * The flags given with their values as they were written; a switch has the value "".
 *
 * @param argv the arguments, without node and the script
 * @throws InputError, one line with the flag, what was given and what is allowed
 */
export function givenFlags(
  argv: readonly string[],
  known: readonly KnownFlag[],
  refusals: Refusals,
): Map<string, string> {
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      known.map(({ name, takesValue }) => [
        name,
        { type: takesValue ? "string" : "boolean" } as const,
      ]),
    ),
    // Not strict: a value may start with a dash, as a negative number does, and the messages are
    // ours.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      const hint = refusals.stray?.(token.value) ?? "";
      throw new InputError(
        `${token.value}: given without a flag, allowed only as the value of one${hint}`,
      );
    }
    const { rawName, value } = token;
    const flag = known.find(({ name }) => rawName === `--${name}`);
    if (flag === undefined) throw new InputError(`${rawName}: given ${refusals.unknown(rawName)}`);
    if (given.has(flag.name))
      throw new InputError(`${rawName}: given more than once, allowed once`);
    const isMissing = value === undefined || (!token.inlineValue && value.startsWith("--"));
    if (flag.takesValue ? isMissing : value !== undefined) {
      const what = flag.takesValue ? "nothing" : value;
      throw new InputError(`${rawName}: given ${what}, allowed ${flag.allowed}`);
    }
    given.set(flag.name, value ?? "");
  }
  return given;
}

/** `; did you mean …?`, or nothing if no known name is near what was written. */
export function meant(written: string, known: readonly string[]): string {
  const name = nearest(written, known);
  return name === undefined ? "" : `; did you mean ${name}?`;
}

/** The same for a flag, whose dashes do not count. */
export function meantFlag(rawName: string, known: readonly { name: string }[]): string {
  const name = nearest(
    rawName.replace(/^--?/, ""),
    known.map((flag) => flag.name),
  );
  return name === undefined ? "" : `; did you mean --${name}?`;
}
