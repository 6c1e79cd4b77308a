import { either, InputError } from "../../markets/input-error.ts";
import { asksForHelp, givenFlags, meantFlag } from "../../markets/given-flags.ts";
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

const KNOWN = [
  { name: "only", takesValue: true, allowed: "part of a path" },
  { name: "operator", takesValue: true, allowed: either(OPERATOR_NAMES) },
  { name: "sample", takesValue: true, allowed: "a whole number from 1" },
  { name: "seed", takesValue: true, allowed: "a whole number from 0" },
  { name: "tests", takesValue: true, allowed: "a regular expression" },
  { name: "every-test", takesValue: false, allowed: "no value" },
  { name: "fresh", takesValue: false, allowed: "no value" },
  { name: "help", takesValue: false, allowed: "no value" },
] as const;

type Name = (typeof KNOWN)[number]["name"];

/** @throws InputError with the flag, what was given and what is allowed */
export function parseFlags(argv: readonly string[]): Flags {
  const help = asksForHelp(argv);
  const given = givenFlags(help ? [] : argv, KNOWN, {
    unknown: (flag) => `an unknown flag, allowed those of --help${meantFlag(flag, KNOWN)}`,
  });
  const refuse = (name: Name, value: string): never => {
    const { allowed } = KNOWN.find((flag) => flag.name === name)!;
    throw new InputError(`--${name}: given ${value}, allowed ${allowed}`);
  };
  const text = (name: Name): string | undefined =>
    given.get(name) === "" ? refuse(name, "nothing") : given.get(name);
  const whole = (name: "sample" | "seed", least: number): number | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    const isWhole = /^\d+$/.test(value) && Number.isSafeInteger(number) && number >= least;
    return isWhole ? number : refuse(name, value);
  };
  const operator = text("operator");
  if (operator !== undefined && !(OPERATOR_NAMES as readonly string[]).includes(operator)) {
    refuse("operator", operator);
  }
  const tests = text("tests");
  if (tests !== undefined && !isPattern(tests)) refuse("tests", tests);
  const sample = whole("sample", 1);
  return {
    only: text("only") ?? "",
    ...(operator === undefined ? {} : { operator }),
    ...(sample === undefined ? {} : { sample }),
    seed: whole("seed", 0) ?? 1,
    ...(tests === undefined ? {} : { tests }),
    everyTest: given.has("every-test"),
    fresh: given.has("fresh"),
    help,
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
