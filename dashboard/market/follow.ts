import type { Log } from "ethers";

import { openEndpoint } from "../../agents/chain/endpoint.ts";
import { NodeFault } from "../../agents/chain/faults.ts";
import { followHeads } from "../../agents/chain/head.ts";
import { FleetProvider } from "../../agents/chain/provider.ts";
import { chainTime } from "../../agents/chain/time.ts";
import { createTransport, NoAnswer, type Transport } from "../../agents/chain/transport.ts";
import { ChainError } from "../../agents/errors.ts";
import { blockBefore, readLogs } from "../../agents/events.ts";
import { openMarket, readOffer, readTotals, type Market } from "../../agents/market.ts";
import { advance, replay, type Replay } from "../../agents/replay.ts";
import { sleep } from "../../agents/send.ts";
import type { Store } from "../store.ts";
import type { Followed, Link } from "./link.ts";
import { readLocalMarkets } from "./local.ts";
import type { Where } from "./where.ts";

// Milliseconds. A block is seen within this, whatever the node.
const POLL = 750;
const RETRY = 1_500;
// Until then a node may be slow, or fail a few times, without anybody hearing of it.
const PATIENCE = 2_000;
const TIMEOUT = 20_000;
// How long a chain may be shorter than it was before that is believed.
const ROLLBACK_AFTER = 5_000;
// Whether another market was deployed from here is asked now and then.
const LOCAL_EVERY = 5_000;
// Events taken at once: a few milliseconds, so that the page stays quick.
const SLICE = 100;

/** The chain is not the one that was read, or not all of it was: read it again from the start. */
class StartAgain extends Error {}

/** Follow a market until told to stop, whatever becomes of the node. */
export async function followMarket(
  where: Where,
  link: Store<Link>,
  signal: AbortSignal,
): Promise<void> {
  const set = (now: Link): void => {
    if (!signal.aborted) link.set(now);
  };
  set({ status: "connecting", note: "Looking for the market." });
  while (!signal.aborted) {
    try {
      await followOnce(where, link.get, set, signal);
    } catch (error) {
      if (!(error instanceof StartAgain)) {
        set({ status: "refused", note: sentenceOf(error) });
        await sleep(RETRY);
      }
    }
  }
}

async function followOnce(
  where: Where,
  get: () => Link,
  set: (now: Link) => void,
  signal: AbortSignal,
): Promise<void> {
  const local = where.rpc && where.market ? undefined : await readLocalMarkets();
  const rpc = where.rpc ?? local?.rpc;
  if (rpc === undefined) {
    if (where.market === undefined) set({ status: "idle" });
    else set({ status: "refused", note: "Say which node to ask about this market." });
    return sleep(RETRY);
  }
  const endpoint = openEndpoint(rpc);
  let transport: Transport | undefined;
  try {
    const chainId = BigInt((await endpoint.request("eth_chainId", [], TIMEOUT)) as string);
    const known = local?.markets.find((each) => BigInt(each.chainId) === chainId);
    const address = where.market ?? known?.address;
    if (address === undefined) {
      throw new ChainError(
        local === undefined
          ? `Give the address of a market on chain ${chainId}.`
          : `No market has been deployed from here on chain ${chainId} yet: npm run deploy -- --rpc ${rpc}`,
      );
    }
    const named = known?.address === address ? known : undefined;
    transport = createTransport({
      endpoints: [endpoint],
      chainId,
      timeout: TIMEOUT,
      patience: PATIENCE,
    });
    const heads = followHeads({ transport, rollbackAfter: ROLLBACK_AFTER });
    const provider = new FleetProvider(transport, heads, chainId);
    let head = await heads.observe();
    const market = await openMarket(address, provider).catch((error: unknown) => {
      throw error instanceof ChainError && !(error instanceof NoAnswer)
        ? new ChainError(`Chain ${chainId}: ${error.message}.`, { cause: error })
        : error;
    });
    const first = where.block ?? named?.block ?? (await blockBefore(provider, address));
    const progress = (block: number): void => {
      if (get().status !== "connecting" && get().status !== "refused") return;
      const share = Math.floor((100 * (block - first)) / Math.max(1, head.number - first));
      set({ status: "connecting", note: `Reading the market's events: ${share} %.` });
    };
    progress(first);
    const logs = await readLogs(provider, address, first, head.number, progress);
    const state = replay(logs.slice(0, SLICE));
    await advanceGently(state, logs.slice(SLICE));
    await check(market, state);

    const { lineage } = head;
    let clock = { time: await chainTime(transport, head), at: performance.now() };
    const followed = (): Followed => ({
      rpc,
      chainId,
      name: named?.name,
      provider,
      market,
      head,
      replay: state,
      clock,
    });
    set({ status: "live", followed: followed() });

    for (let looked = performance.now(); !signal.aborted;) {
      await sleep(POLL);
      if (where.market === undefined && performance.now() - looked > LOCAL_EVERY) {
        looked = performance.now();
        const { markets } = (await readLocalMarkets()) ?? { markets: [] };
        const now = markets.find((each) => BigInt(each.chainId) === chainId);
        if (now !== undefined && now.address !== address) throw new StartAgain();
      }
      try {
        const next = await heads.observe();
        if (next.lineage !== lineage) throw new StartAgain();
        if (next.number > head.number) {
          const news = await readLogs(provider, address, head.number + 1, next.number);
          head = next;
          clock = { time: await chainTime(transport, head), at: performance.now() };
          await advanceGently(state, news);
          if (news.length > 0) await check(market, state);
          set({ status: "live", followed: followed() });
        } else if (get().status === "lost") set({ status: "live", followed: followed() });
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        set({ status: "lost", note: sentenceOf(error), followed: followed() });
      }
    }
  } catch (error) {
    if (error instanceof NodeFault) {
      throw new ChainError(`No node answers at ${new URL(rpc).host}: ${error.message}.`);
    }
    throw error;
  } finally {
    transport?.close();
    endpoint.close();
  }
}

async function advanceGently(state: Replay, logs: readonly Log[]): Promise<void> {
  for (let from = 0; from < logs.length; from += SLICE) {
    advance(state, logs.slice(from, from + SLICE));
    if (from + SLICE < logs.length) await sleep(0);
  }
}

/**
 * Nodes exist that keep only some events, and give those as if they were all.
 *
 * @throws ChainError if the events do not add up to what the contract says of itself
 */
async function check(market: Market, { market: twin }: Replay): Promise<void> {
  const [offer, totals] = await Promise.all([readOffer(market), readTotals(market)]);
  const { posted } = twin;
  const same =
    offer.price === posted.price &&
    offer.epoch === posted.epoch &&
    offer.round === posted.round &&
    offer.samples === posted.samples &&
    totals.demand === twin.totals.demand &&
    totals.answered === twin.totals.answered &&
    totals.members === twin.totals.members;
  if (!same) {
    throw new ChainError(
      "The events that this node gives do not add up to what the market says; try another node, or an earlier block.",
    );
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
