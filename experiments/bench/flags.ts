import { resolve } from "node:path";

import { asksForHelp, givenFlags, meant, meantFlag } from "../../markets/given-flags.ts";
import { either, InputError } from "../../markets/input-error.ts";

export const partNames = [
  "gas",
  "rounds",
  "total",
  "solver",
  "simulator",
  "fleet",
  "page",
  "growth",
] as const;
export type PartName = (typeof partNames)[number];

/** What `npm run bench` was asked to do. */
export type BenchOptions = {
  parts: readonly PartName[];
  quick: boolean;
  /** Whether this run's ratios become the committed ones. */
  keep: boolean;
  /** Absolute. */
  out: string;
  /** How it was called, for the page. */
  command: string;
};

type Flag = { name: string; value?: string; about: string; allowed: string };

const flags: readonly Flag[] = [
  { name: "quick", about: "Small and few: a check that all of it runs", allowed: "no value" },
  {
    name: "only",
    value: "PARTS",
    about: "Only these parts, separated by commas; default all",
    allowed: either(partNames),
  },
  {
    name: "keep",
    about: "Write the ratios to experiments/bench/baseline.json",
    allowed: "no value",
  },
  {
    name: "out",
    value: "DIR",
    about: "Folder for the results; default out/bench",
    allowed: "the path of a folder",
  },
  { name: "help", about: "Explain all of this and stop", allowed: "no value" },
];

/**
 * Read the command line; the text to print if it asks for help.
 *
 * @param argv without node and the script
 * @throws InputError, one line with the flag, what was given and what is allowed
 */
export function readBenchFlags(argv: readonly string[]): string | BenchOptions {
  if (asksForHelp(argv)) {
    const lines = flags.map(
      ({ name, value, about, allowed }) =>
        `  ${`--${name} ${value ?? ""}`.padEnd(16)}${about}` +
        (value === undefined ? "" : `\n${" ".repeat(18)}${allowed}`),
    );
    return [
      "npm run bench -- [flags]: what it costs and how fast it is, in out/bench/.",
      "",
      ...lines,
    ].join("\n");
  }
  const known = flags.map((flag) => ({ ...flag, takesValue: flag.value !== undefined }));
  const given = givenFlags(argv, known, {
    unknown: (flag) => `an unknown flag, allowed those that --help lists${meantFlag(flag, known)}`,
  });
  for (const { name, value, allowed } of flags) {
    if (value !== undefined && given.get(name)?.trim() === "") {
      throw new InputError(`--${name}: given nothing, allowed ${allowed}`);
    }
  }
  const [quick, keep] = [given.has("quick"), given.has("keep")];
  if (quick && keep) {
    throw new InputError("--keep: given together with --quick, allowed one of the two");
  }
  const only = given
    .get("only")
    ?.split(",")
    .map((name) => name.trim());
  return {
    parts: only === undefined ? partNames : only.map(partOf),
    quick,
    keep,
    out: resolve(given.get("out") ?? "out/bench"),
    command: ["npm run bench", ...(argv.length === 0 ? [] : ["--", ...argv])].join(" "),
  };
}

function partOf(text: string): PartName {
  const found = partNames.find((name) => name === text);
  if (found !== undefined) return found;
  const shown = text === "" ? "nothing" : text;
  throw new InputError(
    `--only: given ${shown}, allowed ${either(partNames)}${meant(text, partNames)}`,
  );
}
