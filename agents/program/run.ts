import { formatEther } from "ethers";

import { keepBudget } from "../chain/budget.ts";
import { openEndpoint } from "../chain/endpoint.ts";
import { followHeads } from "../chain/head.ts";
import { unless } from "../chain/pause.ts";
import { FleetProvider } from "../chain/provider.ts";
import { createSender } from "../chain/sender.ts";
import { chainTime } from "../chain/time.ts";
import { createTransport } from "../chain/transport.ts";
import { blockBefore } from "../events.ts";
import type { Deliver, FleetOptions } from "../fleet.ts";
import type { Keys } from "../keys.ts";
import { countsL1AsGas } from "../l1-fee.ts";
import { openMarket, readOffer, type Market } from "../market.ts";
import { viaRelay } from "../relay/client.ts";
import type { Config } from "./config.ts";
import { deliverBy } from "./deliver.ts";
import type { Log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { startMonitor, type Health } from "./monitor.ts";
import { operate, type Standing } from "./operate.ts";
import { checkBaseFee, checkFunds, checkNodes, depositOf } from "./start.ts";

export type Run = {
  config: Config;
  keys: Keys;
  /** The slice of the configuration's agents. */
  slice: { from: number; to: number };
  once: boolean;
  log: Log;
  /** Told to stop. */
  stopping: AbortSignal;
  /** Milliseconds that what is on its way has then. Default 8 s. */
  grace?: number;
  /** Milliseconds that a relay has for an answer. Default: as `viaRelay` has it. */
  relayTimeout?: number;
};

// Beyond these a request is given up for now, and what is on its way is left to the chain.
const PATIENCE = 30_000;
const GRACE = 8_000;

/**
 * Run a slice of a fleet until it is told to stop, or with `once` until the epoch is over.
 *
 * @throws InputError or ChainError for what an operator has to put right before it can begin, Stopped if it is told to
 * stop before
 */
export async function run({
  config,
  keys,
  slice,
  once,
  log,
  stopping,
  grace = GRACE,
  relayTimeout,
}: Run): Promise<void> {
  const { chainId, polling } = config;
  const endpoints = config.rpc.map((url) => openEndpoint(url));
  const leaving = new AbortController();
  const budget = keepBudget(config.budget);
  const metrics = createMetrics({
    headAge: () => heads.age(),
    budgetLeft: () => {
      const left = budget.left();
      return left === undefined ? undefined : Number(formatEther(left));
    },
    onTheirWay: () => sender.onTheirWay().length,
  });
  const transport = createTransport({
    endpoints,
    chainId,
    timeout: config.timeout,
    patience: PATIENCE,
    onRequest: (endpoint, method, outcome) => {
      metrics.requests.inc({ endpoint, outcome });
      const level =
        outcome === "answer" ? undefined : outcome === "wrong-chain" ? "error" : "debug";
      if (level !== undefined) log[level]("a node failed", { endpoint, method, fault: outcome });
    },
    onFailover: (endpoint) => metrics.failovers.inc({ endpoint }),
  });
  const heads = followHeads({
    transport,
    onReorg: ({ number, hash }) => {
      metrics.reorgs.inc();
      log.warn("the chain was reorganised; looking at everything again", { number, hash });
    },
  });
  const provider = new FleetProvider(transport, heads, chainId);
  const sender = createSender({
    chainId,
    transport,
    provider,
    heads,
    fees: config.fees,
    budget,
    keep: config.budget.keep,
    polling,
    signal: leaving.signal,
    onStep: (step, about) => {
      metrics.steps.inc({ step });
      log[step === "capped" || step === "former" ? "warn" : "debug"](`transaction ${step}`, about);
    },
  });
  const standing: Standing = { epoch: 0n, round: 0n, isOpen: false, answered: 0, spent: null };
  const health = (): Health => {
    const problems: string[] = [];
    const age = heads.age();
    if (age * 1000 > config.monitor.staleAfter) {
      problems.push(`no node has answered with the chain's head for ${Math.round(age)} s`);
    }
    if (standing.spent !== null) problems.push(`the budget is spent: ${standing.spent.message}`);
    const { epoch, round, isOpen, answered } = standing;
    const about = {
      block: heads.last()?.number,
      epoch: Number(epoch),
      round: Number(round),
      isOpen,
      answered,
      members: slice.to - slice.from,
      spentEther: formatEther(budget.spent()),
    };
    return { problems, about };
  };

  const overRelay = (direct: Deliver, relay: string, market: Market): Deliver =>
    viaRelay(direct, {
      relay,
      market,
      chainId,
      timeout: relayTimeout,
      now: async () => chainTime(transport, heads.last() ?? (await heads.observe())),
      onFallback: (agent, reason) => {
        metrics.fallbacks.inc();
        log.warn("submitted without the relay", { agent, reason });
      },
    });

  /** Find out all that an operator may have to put right. */
  const begin = async () => {
    for (const [endpoint, reason] of await checkNodes(endpoints, config)) {
      log.warn("a node does not answer", { endpoint, reason });
    }
    checkBaseFee(await heads.observe(), chainId);
    const keeper = keys.operator.connect(provider);
    const market = await openMarket(config.market, keeper);
    const agents = config.agents.slice(slice.from, slice.to);
    const members = agents.map((agent, index) => {
      const { deposit, strategy } = { ...config, ...config.exceptions.get(agent.id) };
      return {
        bot: { agent, strategy },
        wallet: keys.agents[index]!.connect(provider),
        deposit: depositOf(deposit, market),
      };
    });
    await checkFunds(provider, market, members, config.keeper ? keeper : null);
    const estimatesGas = await countsL1AsGas(provider);
    // Where it is not given it is looked for: a chain's first million blocks are long to read.
    const fromBlock = config.fromBlock || (await blockBefore(provider, market.address));
    return { market, keeper, members, estimatesGas, fromBlock, offer: await readOffer(market) };
  };

  try {
    const { market, keeper, members, estimatesGas, fromBlock, offer } = await unless(
      stopping,
      begin(),
    );
    const monitor = await startMonitor(config.monitor, metrics.registry, health);
    try {
      const direct = deliverBy(sender, market, standing, metrics);
      const deliver = config.relay === undefined ? direct : overRelay(direct, config.relay, market);
      const fleet: FleetOptions & { deliver: Deliver } = {
        market,
        provider,
        members,
        keeper,
        fromBlock,
        onReceipt: (kind, { hash }) => log.debug("done", { kind, hash }),
        estimatesGas,
        deliver,
      };
      log.info("started", {
        market: market.address,
        chainId,
        from: slice.from,
        to: slice.to,
        monitor: monitor.url,
        epoch: offer.epoch,
        round: offer.round,
      });
      const work = operate(
        {
          fleet,
          heads,
          chainTime: (head) => chainTime(transport, head),
          keeper: config.keeper,
          // The first slice's keeper closes at once, others when it seems to be gone, not all of them together.
          keeperPause: slice.from === 0 ? 0 : polling * (2 + 3 * Math.random()),
          polling,
          once,
          stopping,
          leaving: leaving.signal,
          log,
          metrics,
        },
        standing,
      );
      const stop = (): void => void setTimeout(() => leaving.abort(), grace).unref();
      stopping.addEventListener("abort", stop, { once: true });
      await work;
      log.info(stopping.aborted ? "stopped" : "finished", {
        ...standing,
        spent: undefined,
        spentEther: formatEther(budget.spent()),
        onTheirWay: sender.onTheirWay(),
      });
    } finally {
      monitor.close();
    }
  } finally {
    transport.close();
    provider.destroy();
  }
}
