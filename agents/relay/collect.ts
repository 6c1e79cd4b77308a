import { formatEther, Interface, type Wallet } from "ethers";

import { MARKET_ABI } from "../abi.ts";
import { BudgetSpent } from "../chain/budget.ts";
import { Overtaken, type Mined } from "../chain/call.ts";
import type { Head, Heads } from "../chain/head.ts";
import { pause, Stopped } from "../chain/pause.ts";
import type { Sender } from "../chain/sender.ts";
import { explain } from "../errors.ts";
import { readOffer, readRules, readTotals, type Market, type Offer } from "../market.ts";
import type { Log } from "../program/log.ts";
import { NotTaken } from "./checks.ts";
import type { RelayMetrics } from "./metrics.ts";
import type { Held, Pool } from "./pool.ts";
import { encodeBatch, type SignedDemand } from "./signed-demand.ts";

export type Collection = {
  market: Market;
  heads: Heads;
  sender: Sender;
  wallet: Wallet;
  pool: Pool;
  /** Whether the market would count it. @throws NotTaken if not */
  check: (demand: SignedDemand) => Promise<void>;
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
export type LastLook = {
  offer?: Offer;
  /** Why nothing is sent any more, or not until then on the machine's steady clock. */
  trouble?: { why: string; until: number };
};

/** The relay sends when this part of the round's length is left: agents wait until a quarter is. */
const MARGIN = { part: 1n, of: 2n };
// Milliseconds: another try at once will not mend what has failed.
const REST = 10_000;
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
    if (last.trouble !== undefined && last.trouble.until <= performance.now()) delete last.trouble;
    if (waiting.length === 0 || sending !== undefined || last.trouble !== undefined) return;
    if (!(await isDue(collection, head, waiting.length))) return;
    // Asked again: more may have come since.
    sending = sendBatch(collection, last, offer, pool.waiting(offer).slice(0, collection.batch))
      .catch((error: unknown) => log.warn("no batch now", { error }))
      .finally(() => (sending = undefined));
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
  { market, sender, wallet, check, log, metrics }: Collection,
  last: LastLook,
  { epoch, round }: Offer,
  waiting: Held[],
): Promise<void> {
  const batch = await withoutArrived(check, waiting);
  metrics.demands.inc({ outcome: "dropped" }, waiting.length - batch.length);
  if (batch.length === 0) return;
  for (const held of batch) held.status = "sent";
  const args = [epoch, round, encodeBatch(batch.map(({ demand }) => demand))];
  try {
    const mined = await sender.send(wallet, {
      to: market.address,
      data: events.encodeFunctionData("submitSigned", args),
      isWanted: () => last.offer?.epoch === epoch && last.offer.round === round,
      onSpent: (wei) => metrics.spent.inc(Number(formatEther(wei))),
    });
    const { hash, gasUsed } = mined;
    metrics.batches.inc({ outcome: "mined" });
    record(mined, batch);
    const counted = batch.filter(({ status }) => status === "counted").length;
    const skipped = batch.length - counted;
    metrics.demands.inc({ outcome: "counted" }, counted);
    metrics.demands.inc({ outcome: "skipped" }, skipped);
    log.info("batch", { epoch, round, counted, skipped, hash, gasUsed });
  } catch (error) {
    // Sent again with a later look while the round is open; the market counts nothing twice.
    for (const held of batch) Object.assign(held, { status: "waiting", isDoubtful: true });
    if (error instanceof Stopped) return;
    metrics.batches.inc({ outcome: "failed" });
    log.error("a batch failed", { epoch, round, demands: batch.length, error });
    if (error instanceof Overtaken) return;
    const why = error instanceof Error ? error.message : String(error);
    const rest = error instanceof BudgetSpent ? Infinity : REST;
    last.trouble = { why, until: performance.now() + rest };
  }
}

/** What was in a batch that failed may have arrived with it: it is not paid for twice. */
async function withoutArrived(check: Collection["check"], waiting: Held[]): Promise<Held[]> {
  for (const held of waiting.filter(({ isDoubtful }) => isDoubtful === true)) {
    try {
      await check(held.demand);
    } catch (error) {
      if (!(error instanceof NotTaken)) throw error;
      Object.assign(held, { status: "dropped", reason: error.message });
    }
  }
  return waiting.filter(({ status }) => status === "waiting");
}

/** What became of each demand, from the transaction's events. */
function record({ hash, logs }: Mined, batch: Held[]): void {
  const skipped = new Map<string, string>();
  for (const log of logs) {
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
