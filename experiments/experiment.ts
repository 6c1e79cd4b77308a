import type { Country } from "./beyond/countries.ts";
import type { Rater } from "../scripts/input/ratings.ts";
import type { EngineName } from "./engines/engine.ts";
import type { Samples } from "./harness/samples.ts";
import type { Section } from "./report/blocks.ts";

/** What experiments may read besides their own parameters. */
export type Inputs = {
  /** The users of MovieLens 100K, or a sentence that says why they are missing. */
  raters: readonly Rater[] | string;
  /** The countries of the first COVAX round, or a sentence that says why they are missing. */
  countries: readonly Country[] | string;
};

/** One replication: everything random in it comes from these two numbers. */
export type Draw = { seed: number; replication: number };

/** How an experiment was run. */
export type Run = { seed: number; replications: number; engine: EngineName };

/** What an experiment leaves behind. */
export type Result = {
  /** `<name>.json`, as it is. */
  json: object;
  /** `<name>.csv`: the first row names the columns. */
  csv: readonly (readonly (string | number | null)[])[];
  /** Its part of the report. */
  section: Section;
};

/**
 * One result of the paper, in one file: what is drawn, what is measured, what it comes to. To add
 * one, export an object of this shape and list it in `registry.ts`; replications in parallel,
 * resuming, progress, files and the report follow by themselves.
 *
 * `Parameters` is plain data: it travels to the workers, and a stored replication is used again
 * only if they are the same.
 */
export type Experiment<Parameters extends object> = {
  /** Names its files and what `--only` takes: `table6`. */
  name: string;
  /** `import.meta.url` of the file that exports it: a worker finds it there. */
  module: string;
  title: string;
  /** R, unless told otherwise: in a full run and with `--quick`. */
  replications: { full: number; quick: number };
  /** Engines that can run it, see `--engine`. */
  engines: readonly EngineName[];
  /** How long a replication takes beside one of Table 6; for the time left. */
  weight: number;
  /** Its parameters, or a sentence that says what is missing. */
  prepare(inputs: Inputs): Parameters | string;
  /**
   * One replication: named numbers, all finite, the same names each time. It must depend on its
   * arguments alone.
   */
  replicate(
    parameters: Parameters,
    draw: Draw,
    engine: EngineName,
  ): Record<string, number> | Promise<Record<string, number>>;
  /** From all replications to the result. */
  conclude(samples: Samples, parameters: Parameters, run: Run): Result;
};

/** The experiment that `prepare` found something missing for: a result that says so. */
export function missingResult(
  { name, title }: Pick<Experiment<object>, "name" | "title">,
  missing: string,
): Result {
  return {
    json: { name, title, missing, rows: [] },
    csv: [["missing"], [missing]],
    section: { name, title, verdicts: [], blocks: [{ kind: "notice", text: missing }] },
  };
}
