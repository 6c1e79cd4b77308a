import { availableParallelism } from "node:os";
import { join } from "node:path";

import { checkOutputFolder } from "../../scripts/run/deployment-file.ts";
import { createProgress, duration } from "../harness/progress.ts";
import type { Block } from "../report/blocks.ts";
import { bundleClient } from "../report/client/bundle.ts";
import { replace, writeResult } from "../report/files.ts";
import { renderPage } from "../report/page.ts";
import { changes, readBaseline, writeBaseline } from "./baseline.ts";
import type { Figure } from "./figure.ts";
import { fleetFigures } from "./fleet.ts";
import type { BenchOptions, PartName } from "./flags.ts";
import { gasFigures } from "./gas.ts";
import { growthBlocks } from "./growth.ts";
import { describeMachine, type Machine } from "./machine.ts";
import { pageFigures } from "./page.ts";
import { roundFigures } from "./rounds.ts";
import { simulatorFigures } from "./simulator.ts";
import { solverFigures } from "./solver.ts";
import { totalGasPart } from "./total-gas.ts";
import { changeText, rowsOf, tableHead, tableText } from "./table.ts";

/** What a part comes to: figures for the table, drawings for the page. */
export type Part = { figures: Figure[]; blocks: Block[] };

type Setting = { quick: boolean; runs: number; hasScipy: boolean };

const parts: Record<PartName, (setting: Setting) => Promise<Part>> = {
  gas: async () => ({ figures: await gasFigures(), blocks: [] }),
  rounds: ({ quick }) => Promise.resolve({ figures: roundFigures(quick), blocks: [] }),
  total: ({ quick }) => totalGasPart(quick),
  solver: async ({ quick, ...setting }) => {
    const counts = quick ? [1_000] : [1_000, 100_000, 1_000_000];
    return { figures: await solverFigures({ ...setting, counts }), blocks: [] };
  },
  simulator: async ({ quick, runs, hasScipy }) => {
    const sizes = { replications: quick ? 50 : 1000, cores: availableParallelism() };
    const figures = await simulatorFigures({ runs, ...sizes, hasNumpy: hasScipy });
    return { figures, blocks: [] };
  },
  growth: async ({ quick }) => ({ figures: [], blocks: await growthBlocks({ quick }) }),
  fleet: async ({ quick, runs }) => {
    const counts = quick ? [10] : [10, 100, 1_000];
    const demands = quick ? 0 : 2_000;
    return { figures: await fleetFigures({ counts, groups: runs, demands }), blocks: [] };
  },
  page: async ({ quick, runs }) => ({
    figures: await pageFigures({ runs, count: quick ? 20 : 1_000 }),
    blocks: [],
  }),
};

/** Measure, print the table, write JSON and page, and say what has moved since the baseline. */
export async function runBench({
  parts: names,
  quick,
  keep,
  out,
  command,
}: BenchOptions): Promise<void> {
  await checkOutputFolder(out);
  const { machine, python } = await describeMachine();
  const hasScipy = !("missing" in python);
  if (!hasScipy) console.error(`scipy: ${python.missing}; its figures are left out`);
  const setting = { quick, runs: quick ? 2 : 9, hasScipy };
  const progress = createProgress(names.length);
  const figures: Figure[] = [];
  const blocks: Block[] = [];
  for (const name of names) {
    const started = performance.now();
    progress.begin(name, 1, 1);
    const part = await parts[name](setting);
    figures.push(...part.figures);
    blocks.push(...part.blocks);
    progress.add(1, false);
    progress.end(duration(performance.now() - started));
  }

  console.log(`${machineText(machine)}\n\n${tableText(figures)}\n`);
  const moved = changes(figures, await readBaseline());
  // A quick run is too short to compare.
  if (!quick) console.log(changeText(moved));
  if (keep) await writeBaseline(figures);
  const result = {
    json: figures,
    csv: [tableHead, ...rowsOf(figures)],
    section: {
      name: "bench",
      title: "Beside floors and peers",
      verdicts: [],
      blocks: [
        { kind: "text", text: machineText(machine) } as const,
        { kind: "grid", head: tableHead, rows: rowsOf(figures), prose: [0, 2] } as const,
        ...blocks,
      ],
    },
  };
  const { section } = await writeResult({ out, png: false }, "bench", result);
  const heading = {
    title: "What it costs and how fast it is",
    headline: "What it costs and how fast it is",
    lead: "Each figure beside the least it could be and beside what else does the same. How each is measured: docs/bench.md.",
  };
  const client = blocks.some(({ kind }) => kind === "figure") ? await bundleClient() : "";
  const page = join(out, "index.html");
  await replace(page, renderPage([section], `This is what ${command} found.`, client, heading));
  console.error(`report   ${page}`);
}

function machineText({
  cores,
  processor,
  memory,
  system,
  node,
  python,
  numpy,
  scipy,
}: Machine): string {
  return `${cores} cores of ${processor}, ${memory} GiB, ${system}, Node ${node}, Python ${python}, numpy ${numpy}, scipy ${scipy}`;
}
