import { relative } from "node:path";

import type { Market } from "../../markets/market-file.ts";
import { recordRun } from "../run/record-run.ts";
import type { FinishedRun } from "../run/run-fleet.ts";
import { createLiveView, type LiveView } from "./live-view.ts";
import { pathsIn, renderSummary } from "./summary-text.ts";
import { OUTPUT_FILES, writeOutputs } from "./write-outputs.ts";

const nothing = (): void => undefined;
const silent: LiveView = {
  note: nothing,
  joining: nothing,
  answers: nothing,
  round: nothing,
  close: nothing,
};

/** The live view of a run on stdout; none if stdout is for the summary's JSON alone. */
export function openView(market: Market, agents: number, json: boolean): LiveView {
  if (json) return silent;
  return createLiveView(process.stdout, {
    name: market.name,
    agents,
    capacity: market.capacity,
    rule: market.rule,
  });
}

/** Write a finished run's files, then print its summary. */
export async function finish(
  { context, replayed, ledger }: FinishedRun,
  options: { json: boolean; out: string },
  view: LiveView,
): Promise<void> {
  view.note("writing the report");
  const outputs = recordRun(context, replayed, ledger);
  const folder = await writeOutputs(options.out, outputs);
  view.close();
  if (options.json) {
    process.stdout.write(`${JSON.stringify(outputs.summary, null, 2)}\n`);
  } else {
    const files = pathsIn(relative(process.cwd(), folder), OUTPUT_FILES);
    process.stdout.write(`\n${renderSummary(outputs.summary, files)}`);
  }
}
