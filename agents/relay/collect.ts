import { formatEther, Interface, type Wallet } from "ethers";

import { MARKET_ABI } from "../abi.ts";
import { BudgetSpent } from "../chain/budget.ts";
import type { Head, Heads } from "../chain/head.ts";
import { pause, Stopped } from "../chain/pause.ts";
import type { FleetProvider } from "../chain/provider.ts";
import type { Sender } from "../chain/sender.ts";
import { explain } from "../errors.ts";
import { readOffer, readRules, readTotals, type Market, type Offer } from "../market.ts";
import type { Log } from "../program/log.ts";
import type { RelayMetrics } from "./metrics.ts";
import type { Held, Pool } from "./pool.ts";
import { encodeBatch } from "./signed-demand.ts";

export type Collection = {
  market: Market;
  provider: FleetProvider;
  heads: Heads;
  sender: Sender;
  wallet: Wallet;
  pool: Pool;
  /** Unix seconds that the next block would have. */
  now: (head: Head) => Promise<bigint>;
  /** The most demands in one transaction. */
  batch: number;
  /** Milliseconds between looks at the chain. */
  polling: number;
  log: Log;
  metrics: RelayMetrics;
  stopping: AbortSignal;
};

/** What the last look has shown, for others to read. */
export type LastLook = { offer?: Offer; spent?: BudgetSpent };

/** The relay sends when this part of the round's length is left: agents wait until a quarter is. */
const MARGIN = { part: 1n, of: 2n };
const NO_ROUND = { epoch: -1n, round: -1n };
const events = new Interface(MARKET_ABI);

/** Look at the chain and send what is due, again and again until told to stop. */
export async function collect(collection: Collection, last: LastLook): Promise<void> {
  const { heads, market, pool, log, metrics, stopping, polling } = collection;
  let sending: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    const head = await heads.observe();
    const offer = (last.offer = await readOffer(market));
    const dropped = pool.dropOthers(offer.open ? offer : NO_ROUND);
    metrics.demands.inc({ outcome: "dropped" }, dropped);
    const waiting = offer.open ? pool.waiting(offer) : [];
    metrics.waiting.set(waiting.length);
    if (waiting.length === 0 || sending !== undefined || last.spent !== undefined) return;
    if (!(await isDue(collection, head, waiting.length))) return;
    sending = sendBatch(collection, last, offer, waiting.slice(0, collection.batch)).finally(
      () => (sending = undefined),
    );
  };
  try {
    while (!stopping.aborted) {
      try {
        await look();
      } catch (error) {
        if (error instanceof Stopped) throw error;
        log.warn("no look at the chain", { error });
      }
      await pause(polling, stopping);
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  await sending;
}

/** When a batch is full, nobody else is to come, or half of the round is over. */
async function isDue(
  { market, batch, now }: Collection,
  head: Head,
  waiting: number,
): Promise<boolean> {
  const { answered, members, deadline } = await readTotals(market);
  if (waiting >= batch || answered + BigInt(waiting) >= members) return true;
  const { roundLength } = await readRules(market);
  return (await now(head)) >= deadline - (roundLength * MARGIN.part) / MARGIN.of;
}

async function sendBatch(
  { market, provider, sender, wallet, log, metrics }: Collection,
  last: LastLook,
  { epoch, round }: Offer,
  batch: Held[],
): Promise<void> {
  for (const held of batch) held.status = "sent";
  const args = [epoch, round, encodeBatch(batch.map(({ demand }) => demand))];
  try {
    const mined = await sender.send(wallet, {
      to: market.address,
      data: events.encodeFunctionData("submitSigned", args),
      isWanted: () => last.offer?.epoch === epoch && last.offer.round === round,
    });
    metrics.batches.inc({ outcome: "mined" });
    metrics.spent.inc(Number(formatEther(mined.cost)));
    await record(provider, mined.hash, batch);
    const counted = batch.filter(({ status }) => status === "counted").length;
    const skipped = batch.length - counted;
    metrics.demands.inc({ outcome: "counted" }, counted);
    metrics.demands.inc({ outcome: "skipped" }, skipped);
    log.info("batch", { epoch, round, counted, skipped, hash: mined.hash, gasUsed: mined.gasUsed });
  } catch (error) {
    // Sent again with the next look while the round is open; the market counts nothing twice.
    for (const held of batch) if (held.status === "sent") held.status = "waiting";
    if (error instanceof Stopped) return;
    if (error instanceof BudgetSpent) last.spent = error;
    metrics.batches.inc({ outcome: "failed" });
    log.error("a batch failed", { epoch, round, demands: batch.length, error });
  }
}

/** What became of each demand, from the transaction's events. */
async function record(provider: FleetProvider, hash: string, batch: Held[]): Promise<void> {
  const receipt = await provider.getTransactionReceipt(hash);
  const skipped = new Map<string, string>();
  for (const log of receipt?.logs ?? []) {
    const event = events.parseLog(log);
    if (event?.name !== "DemandSkipped") continue;
    const [agent, , data] = event.args as unknown as [string, bigint, string];
    skipped.set(agent, explain({ data }).message);
  }
  for (const held of batch) {
    const reason = skipped.get(held.demand.agent);
    held.hash = hash;
    held.status = reason === undefined ? "counted" : "skipped";
    if (reason !== undefined) held.reason = reason;
  }
}
