import type { EngineName } from "../engines/engine.ts";
import type { Experiment } from "../experiment.ts";
import type { Samples } from "./samples.ts";

/** Replications `from` to `to` (not included) of one experiment: plain data, fit for a worker. */
export type Job = {
  module: string;
  name: string;
  parameters: object;
  seed: number;
  engine: EngineName;
  from: number;
  to: number;
};

/**
 * Run a job in this thread.
 *
 * @throws RangeError naming experiment, replication and column if a number is not finite, or the
 *   columns are not those of the replication before
 */
export async function runJob(job: Job): Promise<Samples> {
  const experiment = await load(job);
  let columns: string[] | undefined;
  const rows: number[][] = [];
  for (let replication = job.from; replication < job.to; replication++) {
    const numbers = await experiment.replicate(
      job.parameters,
      { seed: job.seed, replication },
      job.engine,
    );
    const names = Object.keys(numbers);
    columns ??= names;
    const place = `${job.name}, replication ${replication}`;
    if (names.length !== columns.length || names.some((name, at) => name !== columns?.[at])) {
      throw new RangeError(`${place}: given other columns than the replication before`);
    }
    for (const name of names) {
      if (!Number.isFinite(numbers[name])) {
        throw new RangeError(`${place}: ${name}: given ${numbers[name]}, allowed a finite number`);
      }
    }
    rows.push(Object.values(numbers));
  }
  return { columns: columns ?? [], rows };
}

async function load({ module, name }: Job): Promise<Experiment<object>> {
  const exported = Object.values((await import(module)) as Record<string, unknown>);
  const isWanted = (value: unknown): value is Experiment<object> =>
    typeof value === "object" &&
    value !== null &&
    "replicate" in value &&
    "name" in value &&
    value.name === name;
  const experiment = exported.find(isWanted);
  if (experiment === undefined) throw new Error(`${module} exports no experiment named ${name}`);
  return experiment;
}
