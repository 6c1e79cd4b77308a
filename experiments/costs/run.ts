import { join } from "node:path";

import { checkOutputFolder } from "../../scripts/run/deployment-file.ts";
import { closeChain } from "../engines/chain.ts";
import type { Experiment } from "../experiment.ts";
import { codeVersion } from "../harness/partial-store.ts";
import { inThisThread } from "../harness/pool.ts";
import { createProgress, duration } from "../harness/progress.ts";
import { sample } from "../harness/sample.ts";
import { bundleClient } from "../report/client/bundle.ts";
import { replace, writeResult } from "../report/files.ts";
import { renderPage } from "../report/page.ts";
import type { CostOptions } from "./flags.ts";

/** Run one experiment on the chain, go on where an interrupted run stopped, and write its files and its page. */
export async function runCosts(
  experiment: Experiment<object>,
  { out, seed, quick, command }: CostOptions & { command: string },
): Promise<void> {
  const started = performance.now();
  await checkOutputFolder(out);
  const { name, title, replications: counts, weight } = experiment;
  const replications = quick ? counts.quick : counts.full;
  const parameters = experiment.prepare({ raters: "not read", countries: "not read" });
  if (typeof parameters === "string") throw new Error(parameters);
  const progress = createProgress(replications * weight);
  progress.begin(name, replications, weight);
  try {
    const { samples, forget } = await sample(experiment, parameters, {
      ...{ seed, replications, engine: "chain", pool: inThisThread(), chunk: 1 },
      store: { folder: join(out, ".partial"), code: codeVersion() },
      onDone: progress.add,
    });
    const run = { seed, replications, engine: "chain" } as const;
    const result = await writeResult(
      { out, png: false },
      name,
      experiment.conclude(samples, parameters, run),
    );
    progress.end(duration(performance.now() - started));
    const page = join(out, "index.html");
    const heading = {
      title,
      headline: title,
      lead: "Measured on the contract, on Hardhat's chain.",
    };
    const about = `This is what ${command} found.`;
    await replace(page, renderPage([result.section], about, await bundleClient(), heading));
    forget();
    console.error(`report   ${page}, ${duration(performance.now() - started)} in all`);
  } finally {
    await closeChain();
  }
}
