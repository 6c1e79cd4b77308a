import { availableParallelism } from "node:os";
import { resolve } from "node:path";

import { either, InputError } from "../markets/input-error.ts";
import { asksForHelp, givenFlags, meant } from "../markets/given-flags.ts";
import { engineNames, type EngineName } from "./engines/engine.ts";

/** What `npm run paper` was asked to do. */
export type Options = {
  /** Names of results; all if empty. */
  only: readonly string[];
  /** Instead of each experiment's own. */
  replications: number | undefined;
  seed: number;
  engine: EngineName;
  quick: boolean;
  /** Whether figures are written as PNG too. */
  png: boolean;
  /** MovieLens' u.data, absolute; undefined for the usual place. */
  ratings: string | undefined;
  /** A CSV of countries and doses, absolute; undefined for the usual place. */
  covax: string | undefined;
  /** Absolute. */
  out: string;
  workers: number;
};

type Flag = { name: string; value?: string; about: string; allowed: string };

/** On a chain a replication takes about a second. */
export const chainReplications = 20;

const flags = (known: readonly string[]): readonly Flag[] => [
  {
    name: "only",
    value: "NAMES",
    about: "Only these results, separated by commas; default all",
    allowed: either(known),
  },
  {
    name: "replications",
    value: "R",
    about: `Replications of each; default each result's own, ${chainReplications} on a chain`,
    allowed: "a whole number from 1 to 1000000",
  },
  {
    name: "seed",
    value: "SEED",
    about: "Seed of everything random; default 1",
    allowed: "a whole number from 0 to 9007199254740991",
  },
  {
    name: "engine",
    value: "NAME",
    about: "What runs the mechanism's rounds; default float",
    allowed: either(engineNames),
  },
  { name: "quick", about: "Few replications: a check that all of it runs", allowed: "no value" },
  {
    name: "ratings",
    value: "FILE",
    about: "MovieLens 100K's u.data; default ../shared/data/ml-100k/u.data",
    allowed: "the path of a file",
  },
  {
    name: "covax",
    value: "FILE",
    about: "Countries, populations, doses; default ../shared/data/covax-round1.csv",
    allowed: "the path of a file",
  },
  {
    name: "out",
    value: "DIR",
    about: "Folder for the results; default out/paper",
    allowed: "the path of a folder",
  },
  {
    name: "workers",
    value: "N",
    about: "Threads; default one for each core",
    allowed: "a whole number from 1 to 64",
  },
  {
    name: "png",
    about: "Write each figure as PNG too, beside its SVG in figures/",
    allowed: "no value",
  },
  { name: "help", about: "Explain all of this and stop", allowed: "no value" },
];

/** What `--help` prints. */
export function helpText(known: readonly string[]): string {
  const width = 16;
  const lines = flags(known).flatMap(({ name, value, about, allowed }) => [
    `  ${`--${name}${value === undefined ? "" : ` ${value}`}`.padEnd(width + 4)}${about}`,
    ...(value === undefined ? [] : [`${" ".repeat(width + 6)}${allowed}`]),
  ]);
  return [
    "npm run paper -- [flags]: the paper's results, reproduced, in out/paper/.",
    "Interrupted, it goes on where it was when it is run again in the same way.",
    "",
    ...lines,
  ].join("\n");
}

/**
 * Read the command line; undefined if it asks for help.
 *
 * @param argv without node and the script
 * @param cwd what paths are relative to
 * @param known names of the results there are
 * @throws InputError, one line with the flag, what was given and what is allowed
 */
export function parseOptions(
  argv: readonly string[],
  cwd: string,
  known: readonly string[],
): Options | undefined {
  if (asksForHelp(argv)) return undefined;
  const given = valuesOf(argv, flags(known));
  const only = [
    ...new Set(
      given
        .get("only")
        ?.split(",")
        .map((name) => name.trim()) ?? [],
    ),
  ];
  for (const name of only) {
    if (!known.includes(name)) throw refusal("only", name, known);
  }
  const engine = given.get("engine") ?? "float";
  if (!isEngine(engine)) throw refusal("engine", engine, engineNames);
  const isQuick = given.has("quick");
  if (isQuick && given.has("replications")) {
    throw new InputError("--quick: given together with --replications, allowed one of the two");
  }
  const pathOf = (name: string): string | undefined => {
    const path = given.get(name);
    return path === undefined ? undefined : resolve(cwd, path);
  };
  return {
    only,
    replications: given.has("replications")
      ? wholeNumber(given, known, "replications", 1, 1_000_000)
      : undefined,
    seed: given.has("seed") ? wholeNumber(given, known, "seed", 0, Number.MAX_SAFE_INTEGER) : 1,
    engine,
    quick: isQuick,
    png: given.has("png"),
    ratings: pathOf("ratings"),
    covax: pathOf("covax"),
    out: pathOf("out") ?? resolve(cwd, "out/paper"),
    workers: given.has("workers")
      ? wholeNumber(given, known, "workers", 1, 64)
      : availableParallelism(),
  };
}

function isEngine(text: string): text is EngineName {
  return (engineNames as readonly string[]).includes(text);
}

/** The values given, without blanks around them. */
function valuesOf(argv: readonly string[], known: readonly Flag[]): Map<string, string> {
  const names = known.map(({ name }) => `--${name}`);
  const given = givenFlags(
    argv,
    known.map(({ name, value, allowed }) => ({ name, takesValue: value !== undefined, allowed })),
    { unknown: (flag) => `an unknown flag, allowed ${either(names)}${meant(flag, names)}` },
  );
  for (const { name, value, allowed } of known) {
    const text = given.get(name)?.trim();
    if (text === undefined) continue;
    if (value !== undefined && text === "") {
      throw new InputError(`--${name}: given nothing, allowed ${allowed}`);
    }
    given.set(name, text);
  }
  return given;
}

function wholeNumber(
  given: ReadonlyMap<string, string>,
  known: readonly string[],
  name: string,
  least: number,
  most: number,
): number {
  const text = given.get(name) ?? "";
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  const allowed = flags(known).find((flag) => flag.name === name)?.allowed ?? "";
  throw new InputError(`--${name}: given ${text}, allowed ${allowed}`);
}

function refusal(flag: string, given: string, allowed: readonly string[]): InputError {
  return new InputError(
    `--${flag}: given ${given === "" ? "nothing" : given}, allowed ${either(allowed)}${meant(given, allowed)}`,
  );
}
