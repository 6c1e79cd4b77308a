// The paper's results, reproduced. See --help.
import { InputError } from "../markets/input-error.ts";
import { checkOutputFolder } from "../scripts/run/deployment-file.ts";
import { runMain } from "../scripts/run/main.ts";
import { chainReplications, helpText, parseOptions, type Options } from "./command-line.ts";
import type { Experiment, Result } from "./experiment.ts";
import { missingResult } from "./experiment.ts";
import { codeVersion } from "./harness/partial-store.ts";
import { createPool, inThisThread, type Pool } from "./harness/pool.ts";
import { createProgress, duration } from "./harness/progress.ts";
import { sample } from "./harness/sample.ts";
import { readInputs } from "./inputs.ts";
import { experiments } from "./registry.ts";
import { writeReport, writeResult } from "./report/files.ts";

const CHUNK = 20;

await runMain(async () => {
  const names = experiments.map(({ name }) => name);
  const options = parseOptions(process.argv.slice(2), process.cwd(), names);
  if (options === undefined) {
    console.log(helpText(names));
    return;
  }
  const pool = options.engine === "chain" ? inThisThread() : createPool(options.workers);
  try {
    await runAll(chosen(options), options, pool);
  } finally {
    await pool.close();
    if (options.engine === "chain") await (await import("./engines/chain.ts")).closeChain();
  }
});

async function runAll(
  wanted: readonly Experiment<object>[],
  options: Options,
  pool: Pool,
): Promise<void> {
  const { seed, engine, out } = options;
  const started = performance.now();
  await checkOutputFolder(out);
  const inputs = readInputs(options);
  const code = codeVersion();
  const progress = createProgress(
    wanted.reduce((sum, one) => sum + replicationsOf(one, options) * one.weight, 0),
  );
  const results: Result[] = [];
  const forgets: (() => void)[] = [];
  for (const experiment of wanted) {
    const { name, weight } = experiment;
    const replications = replicationsOf(experiment, options);
    progress.begin(name, replications, weight);
    const begun = performance.now();
    const parameters = experiment.prepare(inputs);
    if (typeof parameters === "string") {
      results.push(await writeResult(options, name, missingResult(experiment, parameters)));
      progress.end(parameters);
      continue;
    }
    const { samples, forget } = await sample(experiment, parameters, {
      seed,
      replications,
      engine,
      pool,
      chunk: engine === "chain" ? 1 : CHUNK,
      store: { folder: `${out}/.partial`, code },
      onDone: progress.add,
    });
    forgets.push(forget);
    const result = experiment.conclude(samples, parameters, { seed, replications, engine });
    results.push(await writeResult(options, name, result));
    progress.end(`${replications} replications, ${duration(performance.now() - begun)}`);
  }
  const page = await writeReport(
    options,
    results.map(({ section }) => section),
  );
  // Only now is nothing lost by an interruption.
  for (const forget of forgets) forget();
  console.error(`report   ${page}, ${duration(performance.now() - started)} in all`);
}

/** @throws InputError if a result was named that the engine cannot run */
function chosen({ only, engine }: Options): Experiment<object>[] {
  const wanted = experiments.filter(({ name }) => only.length === 0 || only.includes(name));
  const able = wanted.filter(({ engines }) => engines.includes(engine));
  const unable = wanted.find(({ engines }) => !engines.includes(engine));
  if (unable !== undefined && only.length > 0) {
    throw new InputError(
      `--engine: given ${engine} for ${unable.name}, allowed ${unable.engines.join(" or ")}`,
    );
  }
  return able;
}

function replicationsOf(
  { replications }: Experiment<object>,
  { replications: given, quick, engine }: Options,
): number {
  if (given !== undefined) return given;
  if (engine === "chain") return quick ? 1 : chainReplications;
  return quick ? replications.quick : replications.full;
}
