import type { EngineName } from "../engines/engine.ts";
import type { Experiment } from "../experiment.ts";
import type { Job } from "./job.ts";
import { openPartialStore } from "./partial-store.ts";
import type { Pool } from "./pool.ts";
import type { Samples } from "./samples.ts";

/** How an experiment is to be run. */
export type SampleOptions = {
  seed: number;
  replications: number;
  engine: EngineName;
  pool: Pool;
  /** Replications that a worker is given at a time, and that an interruption can cost. */
  chunk: number;
  /** Where finished replications are kept; nowhere if left out. */
  store?: { folder: string; code: string };
  /** Called with how many replications have been added, and whether they come from the store. */
  onDone?: (replications: number, isStored: boolean) => void;
};

/**
 * All replications of an experiment, in order. Each depends on parameters, seed and its own number
 * alone, so the result is the same for any number of workers, and whether it was interrupted or not.
 *
 * @returns the samples, and `forget`, which drops what was kept of them on disk
 */
export async function sample(
  experiment: Experiment<object>,
  parameters: object,
  options: SampleOptions,
): Promise<{ samples: Samples; forget: () => void }> {
  const { seed, replications, engine, pool, chunk, onDone } = options;
  const { name, module } = experiment;
  const question = { name, parameters, seed, engine };
  const store =
    options.store && openPartialStore(options.store.folder, question, options.store.code);

  const rows = Array.from({ length: replications }, (_, at) => store?.rows.get(at));
  let columns = store?.columns;
  const stored = rows.filter((row) => row !== undefined).length;
  if (stored > 0) onDone?.(stored, true);

  const jobs = gapsOf(rows, chunk).map(([from, to]): Job => ({ ...question, module, from, to }));
  const work = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const done = await pool.run(job);
      columns ??= done.columns;
      if (done.columns.join("\n") !== columns.join("\n")) {
        throw new RangeError(`${name}: replication ${job.from} has other columns than the first`);
      }
      store?.keep(columns, job.from, done.rows);
      for (const [at, row] of done.rows.entries()) rows[job.from + at] = row;
      onDone?.(done.rows.length, false);
    }
  };
  try {
    await Promise.all(Array.from({ length: pool.size }, work));
  } finally {
    // One has failed: the others shall not go on.
    jobs.length = 0;
  }
  return {
    samples: { columns: columns ?? [], rows: rows.map((row) => row!) },
    forget: () => store?.forget(),
  };
}

/** The runs of missing rows, cut into pieces of at most `chunk`. */
function gapsOf(rows: readonly unknown[], chunk: number): [from: number, to: number][] {
  const gaps: [number, number][] = [];
  rows.forEach((row, at) => {
    if (row !== undefined) return;
    const last = gaps.at(-1);
    if (last?.[1] === at && at - last[0] < chunk) last[1] = at + 1;
    else gaps.push([at, at + 1]);
  });
  return gaps;
}
