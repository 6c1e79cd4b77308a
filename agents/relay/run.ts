import type { Wallet } from "ethers";

import { keepBudget } from "../chain/budget.ts";
import { openEndpoint } from "../chain/endpoint.ts";
import { followHeads } from "../chain/head.ts";
import { unless } from "../chain/pause.ts";
import { FleetProvider } from "../chain/provider.ts";
import { createSender } from "../chain/sender.ts";
import { chainTime } from "../chain/time.ts";
import { createTransport } from "../chain/transport.ts";
import { ChainError } from "../errors.ts";
import { openMarket, readOffer, type Market } from "../market.ts";
import type { Log } from "../program/log.ts";
import { checkDemand, NotTaken } from "./checks.ts";
import { collect, type Collection, type LastLook } from "./collect.ts";
import type { RelayFlags } from "./flags.ts";
import { createRelayMetrics } from "./metrics.ts";
import { createPool } from "./pool.ts";
import { startServer } from "./server.ts";

export type RelayRun = {
  flags: RelayFlags;
  /** Pays for the batches. */
  wallet: Wallet;
  log: Log;
  stopping: AbortSignal;
  /** Told where it listens. */
  onListening?: (url: string) => void;
};

const TIMEOUT = 10_000;
const PATIENCE = 30_000;
const STALE_AFTER = 120;
const FEES = { bumpPercent: 12, bumpAfter: 30_000 };

/**
 * Collect signed demands over HTTP and hand them in, until told to stop.
 *
 * @throws InputError or ChainError for what an operator has to put right before it can begin, Stopped if it is told to
 * stop before
 */
export async function runRelay(relay: RelayRun): Promise<void> {
  const { flags, log, stopping } = relay;
  const endpoints = flags.rpc.map((url) => openEndpoint(url));
  const chainId = await unless(stopping, chainOf(endpoints));
  const budget = keepBudget({ total: flags.budget });
  const metrics = createRelayMetrics(() => heads.age());
  const transport = createTransport({ endpoints, chainId, timeout: TIMEOUT, patience: PATIENCE });
  const heads = followHeads({ transport });
  const provider = new FleetProvider(transport, heads, chainId);
  const fees = { ...FEES, cap: flags.maxFee };
  const sending = { chainId, transport, provider, heads, fees, budget, keep: 0n };
  const sender = createSender({ ...sending, polling: flags.polling, signal: stopping });
  const wallet = relay.wallet.connect(provider);
  /** Find out all that an operator may have to put right. */
  const begin = async (): Promise<Market> => {
    await heads.observe();
    const market = await openMarket(flags.market, wallet);
    if ((await provider.getBalance(wallet.address)) > 0n) return market;
    throw new ChainError(
      `the relay (${wallet.address}) has no native token for gas on chain ${chainId}; fund it, then start again`,
    );
  };
  try {
    const market = await unless(stopping, begin());
    const pool = createPool();
    const last: LastLook = {};
    const check: Collection["check"] = async (demand) => {
      const isCurrent = last.offer?.epoch === demand.epoch && last.offer.round === demand.round;
      if (!isCurrent) {
        // The agent may have seen the round before the relay has.
        await heads.observe();
        last.offer = await readOffer(market);
      }
      await checkDemand(market, { chainId, address: market.address }, last.offer!, demand);
    };
    const server = await startServer(flags, {
      pool,
      registry: metrics.registry,
      rate: flags.rate,
      onAnswer: (status) => metrics.answers.inc({ status }),
      check: async (demand) => {
        if (last.trouble !== undefined) throw new NotTaken(503, `relay: ${last.trouble.why}`);
        await check(demand);
      },
      problems: () => [
        ...(heads.age() > STALE_AFTER ? ["no node answers with the chain's head"] : []),
        ...(last.trouble === undefined ? [] : [last.trouble.why]),
      ],
    });
    try {
      log.info("relay listens", { url: server.url, market: market.address, chainId });
      relay.onListening?.(server.url);
      const { batch, polling } = flags;
      const on = { market, heads, sender, wallet, pool, check, batch, polling };
      const now: Collection["now"] = (head) => chainTime(transport, head);
      await collect({ ...on, now, log, metrics, stopping }, last);
    } finally {
      server.close();
    }
  } finally {
    transport.close();
    provider.destroy();
  }
}

/** The chain that the first node to answer is of; a node of another is never asked. */
async function chainOf(endpoints: ReturnType<typeof openEndpoint>[]): Promise<bigint> {
  const reasons: string[] = [];
  for (const { name, request } of endpoints) {
    try {
      return BigInt((await request("eth_chainId", [], TIMEOUT)) as string);
    } catch (error) {
      reasons.push(`${name} (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  throw new ChainError(
    `--rpc: no Ethereum node answers at ${reasons.join(", ")}; check the URLs, or start the node`,
  );
}
