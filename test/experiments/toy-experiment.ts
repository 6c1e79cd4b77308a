import type { Draw, Experiment, Result } from "../../experiments/experiment.ts";
import { streamSeed } from "../../experiments/harness/seeds.ts";
import { createRandom } from "../../mechanism/random.ts";

type Parameters = {
  /** Replication that fails, as an interruption does. */
  failsAt?: number;
  /** Replication that gives something that is no number. */
  notANumberAt?: number;
};

const nothing: Result = {
  json: {},
  csv: [],
  section: { name: "", title: "", verdicts: [], blocks: [] },
};

/** A small experiment that a worker can load: two draws a replication. */
export const toy: Experiment<Parameters> = {
  name: "toy",
  module: import.meta.url,
  title: "Toy",
  replications: { full: 40, quick: 4 },
  engines: ["float"],
  weight: 1,
  prepare: () => ({}),
  replicate: ({ failsAt, notANumberAt }: Parameters, { seed, replication }: Draw) => {
    if (replication === failsAt) throw new Error("interrupted");
    const { uniform, normal } = createRandom(streamSeed(seed, replication, 0));
    return { uniform: replication === notANumberAt ? NaN : uniform(), normal: normal() };
  },
  conclude: () => nothing,
};
