import { NodeFault } from "../../agents/chain/faults.ts";
import { NoAnswer } from "../../agents/chain/transport.ts";
import { sleep } from "../../agents/send.ts";
import type { Store } from "../store.ts";
import { followedOf, type Followed, type Link } from "./link.ts";
import { readLocalMarkets } from "./local.ts";
import { openNode } from "./node.ts";
import { NoMarket, Outdated, readMarket, type Reading } from "./reading.ts";
import { marketOf, rpcOf, type Where } from "./where.ts";

// Milliseconds. A block is seen within the first, whatever the node.
const POLL = 750;
const RETRY = 1_500;
// Whether another market was deployed from here is asked now and then.
const LOCAL_EVERY = 5_000;

/** What following one market, until told to stop, goes by. */
type Task = {
  where: Where;
  readLocal: typeof readLocalMarkets;
  set: (now: Link) => void;
  signal: AbortSignal;
};

/**
 * Follow a market until told to stop, whatever becomes of the node.
 *
 * @param readLocal what was deployed where the page comes from
 */
export async function followMarket(
  where: Where,
  link: Store<Link>,
  signal: AbortSignal,
  readLocal = readLocalMarkets,
): Promise<void> {
  let before: Followed | undefined;
  const set = (now: Link): void => {
    if (signal.aborted) return;
    // While it is read again, what is known of it stays.
    if (now.status === "connecting" && followedOf(link.get()) !== undefined) return;
    if (now.status === "live") before = now.followed;
    link.set(now);
  };
  link.set({ status: "connecting", note: "Looking for the market." });
  while (!signal.aborted) {
    try {
      await followOnce({ where, readLocal, set, signal });
    } catch (error) {
      if (error instanceof Outdated) continue;
      const gone = error instanceof NoMarket ? before : undefined;
      set({ status: "refused", note: gone ? goneNote(gone, where) : sentenceOf(error) });
      await sleep(RETRY);
    }
  }
}

/** Find the market, read it and keep up with it, until one of these is no longer so. */
async function followOnce(task: Task): Promise<void> {
  const { where, readLocal, set } = task;
  const local = where.rpc && where.market ? undefined : await readLocal();
  const rpc = rpcOf(where, local);
  if (rpc === undefined) {
    if (where.market === undefined) set({ status: "idle" });
    else set({ status: "refused", note: "Say which node to ask about this market." });
    return sleep(RETRY);
  }
  const node = await openNode(rpc);
  try {
    const place = marketOf(where, local, node.chainId);
    if (place === undefined) throw new NoMarket(noneSaid(rpc, node.chainId, local !== undefined));
    const reading = await readMarket(node, place, (share) => {
      const note =
        share < 1
          ? `Reading the market's events: ${Math.floor(100 * share)} %.`
          : "All of the market's events are here; putting the rounds together.";
      set({ status: "connecting", note });
    });
    set({ status: "live", followed: reading.now() });
    await keepUp(task, reading);
  } finally {
    node.close();
  }
}

/** @throws Outdated if it has to be looked for and read again */
async function keepUp({ where, readLocal, set, signal }: Task, reading: Reading): Promise<void> {
  const { rpc, chainId, market } = reading.now();
  let isLost = false;
  for (let looked = performance.now(); !signal.aborted;) {
    await sleep(POLL);
    if (where.market === undefined && performance.now() - looked > LOCAL_EVERY) {
      looked = performance.now();
      const local = await readLocal();
      const next = marketOf(where, local, chainId);
      const isElsewhere = (rpcOf(where, local) ?? rpc) !== rpc;
      if (isElsewhere || (next ?? market).address !== market.address) throw new Outdated();
    }
    try {
      if ((await reading.catchUp()) || isLost) set({ status: "live", followed: reading.now() });
      isLost = false;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      isLost = true;
      set({ status: "lost", note: lostNote(error), followed: reading.now() });
    }
  }
}

function noneSaid(rpc: string, chainId: bigint, isLocal: boolean): string {
  return isLocal
    ? `No market has been deployed from here on chain ${chainId} yet: npm run deploy -- --rpc ${rpc}. The page goes on with it by itself. npm run demo deploys its own: with hundreds of agents in about a minute.`
    : `Give the address of a market on chain ${chainId}.`;
}

function goneNote({ chainId, market }: Followed, where: Where): string {
  const another = where.market === undefined ? ", or another is deployed from here" : "";
  return `This market is no longer there: chain ${chainId} was started anew without it. The page goes on as soon as there is one at ${market.address} again${another}.`;
}

function lostNote({ cause }: NoAnswer): string {
  const isBehind = cause instanceof NodeFault && cause.kind === "stale";
  return isBehind ? "The node is behind what it said before." : "The node no longer answers.";
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
