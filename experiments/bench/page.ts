import type { Browser } from "playwright-core";

import { connect } from "../../agents/connect.ts";
import type { LocalMarkets } from "../../markets/local-markets.ts";
import { parseMarket } from "../../markets/market-file.ts";
import { openBrowser } from "../../scripts/dashboard/browser.ts";
import { buildDashboard } from "../../scripts/dashboard/build.ts";
import { serveDashboard, type ServedDashboard } from "../../scripts/dashboard/serve.ts";
import { deployMarket } from "../../scripts/run/deploy-market.ts";
import { ensureBuilt } from "../../scripts/run/embedded-chain.ts";
import { startNode } from "../../scripts/run/node-process.ts";
import { runFleet } from "../../scripts/run/run-fleet.ts";
import { keysFor } from "../../scripts/run/wallets.ts";
import { paperAgents } from "../tables/population.ts";
import { judged, type Figure } from "./figure.ts";
import { summary } from "./runs.ts";

export type PageOptions = { runs: number; count: number };

const MAX_ROUNDS = 4;

/** How soon the dashboard is drawn, and how long it is busy at once while rounds of many agents arrive from a node. */
export async function pageFigures({ runs, count }: PageOptions): Promise<Figure[]> {
  await Promise.all([buildDashboard(), ensureBuilt()]);
  const local: LocalMarkets = { rpc: "", markets: [] };
  const served = await serveDashboard(0, () => Promise.resolve(local));
  const browser = await openBrowser();
  try {
    const paints: number[] = [];
    for (let run = -1; run < runs; run++) {
      const paint = await firstPaint(browser, served);
      if (run >= 0) paints.push(paint);
    }
    const { observed, worked } = await longestTasks(browser, served, local, count);
    const paint = summary(paints);
    const plain = { unit: "ms", floor: null, peer: null, ratio: null };
    const name = `page, longest task, rounds of ${count} agents`;
    return [
      {
        ...{ name: "page, first paint from localhost", measured: paint.median, ...plain },
        ...judged({ atMost: 1000 }, paint.median),
        noise: paint.noise,
      },
      {
        ...{ name: `${name}, processor`, measured: worked, ...plain },
        ...judged({ atMost: LONG }, worked),
        noise: 0,
      },
      {
        ...{ name: `${name}, clock`, measured: observed, ...plain },
        ...judged({ atMost: LONG }, observed),
        noise: 0,
      },
    ];
  } finally {
    await browser.close();
    await served.close();
  }
}

/** Milliseconds: what browsers call a long task, and tell of no shorter one. */
const LONG = 50;

/** Milliseconds from asking for the page to the first of it that is drawn, with nothing in the browser's cache. */
async function firstPaint(browser: Browser, { url }: ServedDashboard): Promise<number> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(url);
    return await page.evaluate<number>(`new Promise((resolve) =>
      new PerformanceObserver((list) => resolve(list.getEntries()[0].startTime))
        .observe({ type: "paint", buffered: true }))`);
  } finally {
    await context.close();
  }
}

/** Milliseconds of the longest task: on the clock, by the page's own observer, and of processor time, by the browser's trace. */
type Longest = { observed: number; worked: number };

/** While an epoch is cleared in front of the page, as fast as node and agents can. */
async function longestTasks(
  browser: Browser,
  { url }: ServedDashboard,
  local: LocalMarkets,
  count: number,
): Promise<Longest> {
  const node = await startNode();
  const provider = await connect(node.url);
  const page = await browser.newPage();
  try {
    const agents = paperAgents(count, { seed: 1, replication: 0 });
    const market = parseMarket(
      {
        ...{ name: "page", capacity: count, executionFee: 1, unitFee: 0.5, maxRounds: MAX_ROUNDS },
        agents: { source: "paper", n: count, seed: 1 },
      },
      { file: "page" },
    );
    const keys = await keysFor(provider, count);
    const deployment = await deployMarket(node.url, provider, market, agents, keys);
    const { contract: address, chainId, block } = deployment;
    local.rpc = node.url;
    local.markets.push({ address, chainId, block, name: market.name });
    await page.goto(url);
    await page.locator("h1", { hasText: "No epoch has been opened yet." }).waitFor();
    await page.evaluate(OBSERVE);
    let tracing: Promise<void> | undefined;
    const view = {
      joining: (): void => undefined,
      round: (): void => undefined,
      // From the first answers on: not while a thousand join.
      answers: (): void => {
        tracing ??= page
          .evaluate("tasks.length = 0")
          .then(() => browser.startTracing(page, { categories: [TIMELINE] }));
      },
    };
    await runFleet({ provider, market, agents, seed: 1, keys, deployment, view });
    await page.locator("h1", { hasText: "The market" }).waitFor();
    await tracing;
    const trace = JSON.parse((await browser.stopTracing()).toString()) as Trace;
    const observed = await page.evaluate<number[]>("tasks");
    return { observed: Math.max(LONG, ...observed), worked: longestIn(trace) };
  } finally {
    await page.close();
    provider.destroy();
    await node.stop();
  }
}

const OBSERVE = `globalThis.tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((task) => task.duration)))
    .observe({ type: "longtask" });`;

const TIMELINE = "disabled-by-default-devtools.timeline";

/** As browsers write it: `tdur` is a task's processor time in microseconds. */
type Trace = {
  traceEvents: {
    name: string;
    pid: number;
    tid: number;
    tdur?: number;
    args: { name?: string };
  }[];
};

/** The longest task of the threads that pages run on, milliseconds of processor time. */
function longestIn({ traceEvents }: Trace): number {
  const threadOf = ({ pid, tid }: Trace["traceEvents"][number]): string => `${pid} ${tid}`;
  const pages = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
      .map(threadOf),
  );
  const tasks = traceEvents.filter(
    (event) => event.name === "RunTask" && pages.has(threadOf(event)),
  );
  if (tasks.length === 0) throw new Error("page: the browser's trace has no tasks");
  return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0);
}
