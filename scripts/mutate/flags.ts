import { parseArgs } from "node:util";

import { either, InputError, nearest } from "../../markets/input-error.ts";
import { OPERATOR_NAMES } from "./operators.ts";

export const HELP = `Changes the contracts in small ways, one at a time, and runs the Solidity tests: a change that no
test notices is a gap. Fails where fewer than 95 % are noticed, or where one that is not noticed is
not explained in scripts/mutate/survivors.ts. The files themselves are left as they are.

  --only FILE        only mutants of files whose path contains FILE
  --operator NAME    only mutants of one operator: ${OPERATOR_NAMES.join(", ")}
  --sample N         only N mutants, drawn at random (a whole number from 1)
  --seed S           what they are drawn by (a whole number; default: 1)
  --tests PATTERN    only tests whose names match the regular expression; nothing is then demanded
  --every-test       do not stop at the first test that fails: tell how many mutants each test kills
  --fresh            judge all mutants again, also those that an interrupted run has judged
  --help             explain all of this and stop

Results: out/mutation/contracts.json`;

export type Flags = {
  only: string;
  operator?: string;
  sample?: number;
  seed: number;
  tests?: string;
  everyTest: boolean;
  fresh: boolean;
  help: boolean;
};

const OPTIONS = {
  only: { type: "string" },
  operator: { type: "string" },
  sample: { type: "string" },
  seed: { type: "string" },
  tests: { type: "string" },
  "every-test": { type: "boolean" },
  fresh: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** @throws InputError with the flag, what was given and what is allowed */
export function parseFlags(argv: readonly string[]): Flags {
  const { values, tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") {
      throw new InputError(
        `${token.value}: given without a flag, allowed only as the value of one`,
      );
    }
    if (token.kind === "option" && !(token.name in OPTIONS)) {
      const meant = nearest(token.name, Object.keys(OPTIONS));
      const hint = meant === undefined ? "" : `; did you mean --${meant}?`;
      throw new InputError(
        `${token.rawName}: given an unknown flag, allowed those of --help${hint}`,
      );
    }
  }
  const text = (name: keyof typeof OPTIONS, allowed: string): string | undefined => {
    const value = values[name];
    if (value === undefined || (typeof value === "string" && value !== "")) return value;
    throw new InputError(`--${name}: given nothing, allowed ${allowed}`);
  };
  const isGiven = (name: keyof typeof OPTIONS): boolean => {
    const value = values[name];
    if (typeof value !== "string") return value === true;
    throw new InputError(`--${name}: given ${value}, allowed no value`);
  };
  const whole = (name: "sample" | "seed", least: number): number | undefined => {
    const allowed = `a whole number from ${least}`;
    const value = text(name, allowed);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (/^\d+$/.test(value) && Number.isSafeInteger(number) && number >= least) return number;
    throw new InputError(`--${name}: given ${value}, allowed ${allowed}`);
  };
  const operator = text("operator", either(OPERATOR_NAMES));
  if (operator !== undefined && !(OPERATOR_NAMES as readonly string[]).includes(operator)) {
    throw new InputError(`--operator: given ${operator}, allowed ${either(OPERATOR_NAMES)}`);
  }
  const tests = text("tests", "a regular expression");
  if (tests !== undefined && !isPattern(tests)) {
    throw new InputError(`--tests: given ${tests}, allowed a regular expression`);
  }
  const sample = whole("sample", 1);
  return {
    only: text("only", "part of a path") ?? "",
    ...(operator === undefined ? {} : { operator }),
    ...(sample === undefined ? {} : { sample }),
    seed: whole("seed", 0) ?? 1,
    ...(tests === undefined ? {} : { tests }),
    everyTest: isGiven("every-test"),
    fresh: isGiven("fresh"),
    help: isGiven("help"),
  };
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
