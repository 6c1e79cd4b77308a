import { formatEther } from "ethers";

import { keepBudget } from "../chain/budget.ts";
import { openEndpoint } from "../chain/endpoint.ts";
import { followHeads } from "../chain/head.ts";
import { FleetProvider } from "../chain/provider.ts";
import { createSender } from "../chain/sender.ts";
import { chainTime } from "../chain/time.ts";
import { createTransport } from "../chain/transport.ts";
import type { Deliver, FleetOptions } from "../fleet.ts";
import type { Keys } from "../keys.ts";
import { openMarket, readOffer, type Market } from "../market.ts";
import { viaRelay } from "../relay/client.ts";
import type { TransactionKind } from "../send.ts";
import type { Config } from "./config.ts";
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
};

// Beyond these a request is given up for now, and what is on its way is left to the chain.
const PATIENCE = 30_000;
const GRACE = 8_000;

const KINDS: Record<string, TransactionKind> = {
  approve: "join",
  deposit: "join",
  submit: "submit",
  submitSamples: "submit",
  closeRound: "close",
  trim: "trim",
  settleAccounts: "settle",
};

/**
 * Run a slice of a fleet until it is told to stop, or with `once` until the epoch is over.
 *
 * @throws InputError or ChainError for what an operator has to put right before it can begin
 */
export async function run({
  config,
  keys,
  slice,
  once,
  log,
  stopping,
  grace = GRACE,
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
      now: async () => chainTime(transport, heads.last() ?? (await heads.observe())),
      onFallback: (agent, reason) => {
        metrics.fallbacks.inc();
        log.warn("submitted without the relay", { agent, reason });
      },
    });

  try {
    await checkNodes(endpoints, config);
    checkBaseFee(await heads.observe(), chainId);
    const keeper = keys.operator.connect(provider);
    const market = await openMarket(config.market, keeper);
    const deposit = depositOf(config, market);
    const agents = config.agents.slice(slice.from, slice.to);
    const members = agents.map((agent, index) => ({
      bot: { agent, strategy: config.strategy },
      wallet: keys.agents[index]!.connect(provider),
      deposit,
    }));
    await checkFunds(provider, market, members, config.keeper ? keeper : null);
    const monitor = await startMonitor(config.monitor, metrics.registry, health);
    try {
      const isStill = (epoch: unknown, round: unknown): boolean =>
        standing.isOpen && standing.epoch === epoch && standing.round === round;
      const direct: Deliver = async (contract, wallet, method, args, gasLimit) => {
        const kind = KINDS[method] ?? "other";
        const { epoch, round } = standing;
        const isForRound = kind === "submit" || kind === "close";
        const mined = await sender.send(wallet, {
          to: await contract.getAddress(),
          data: contract.interface.encodeFunctionData(method, args),
          gasLimit,
          ...(isForRound ? { isWanted: () => isStill(epoch, round) } : {}),
        });
        metrics.outcomes.inc({ kind, outcome: "mined" });
        metrics.spent.inc({ kind }, Number(formatEther(mined.cost)));
        return mined;
      };
      const deliver = config.relay === undefined ? direct : overRelay(direct, config.relay, market);
      const fleet: FleetOptions & { deliver: Deliver } = {
        market,
        provider,
        members,
        keeper,
        fromBlock: config.fromBlock,
        onReceipt: (kind, { hash }) => log.debug("done", { kind, hash }),
        deliver,
      };
      const { epoch, round } = await readOffer(market);
      log.info("started", {
        market: market.address,
        chainId,
        from: slice.from,
        to: slice.to,
        monitor: monitor.url,
        epoch,
        round,
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
