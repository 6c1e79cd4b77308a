import { toQuantity } from "ethers";

import { chainTime } from "../../agents/chain/time.ts";
import { NoAnswer } from "../../agents/chain/transport.ts";
import { ChainError } from "../../agents/errors.ts";
import { blockBefore, readPiecewise } from "../../agents/events.ts";
import type { MarketLog } from "../../agents/market-event.ts";
import { openMarket, readOffer, readTotals, type Market } from "../../agents/market.ts";
import { advance, replay, type Replay } from "../../agents/replay.ts";
import { sleep } from "../../agents/send.ts";
import { foreignSymbol } from "../foreign.ts";
import type { Followed } from "./link.ts";
import type { Node } from "./node.ts";
import type { Place } from "./where.ts";

// Milliseconds that events are taken in without letting the page draw, and how many between two looks at the clock.
const PIECE = 8;
const SLICE = 10;

/** There is no market where one was looked for. */
export class NoMarket extends ChainError {
  override name = "NoMarket";
}

/** The chain is not the one that was read, or not all of it was: it has to be read again from the start. */
export class Outdated extends Error {}

/** A market that has been read from its deployment on, and is kept up with. */
export type Reading = {
  now: () => Followed;
  /**
   * Look for new blocks and take in their events.
   *
   * @returns whether there were any
   * @throws Outdated, or NoAnswer for a node that is lost
   */
  catchUp: () => Promise<boolean>;
};

let readings = 0;

/**
 * Read a market from its deployment on.
 *
 * @param progress told how much of the events has been read, from 0 to 1
 * @throws NoMarket, ChainError if what the node tells is not the whole market, NoAnswer
 */
export async function readMarket(
  node: Node,
  { address, block, name }: Place,
  progress: (share: number) => void,
): Promise<Reading> {
  const { rpc, chainId, provider, transport, heads } = node;
  const source = logsOf(node);
  let head = await heads.observe();
  const { lineage } = head;
  const opened = await openMarket(address, provider).catch((error: unknown) => {
    if (!(error instanceof ChainError) || error instanceof NoAnswer) throw error;
    throw new NoMarket(`Chain ${chainId}: ${error.message}.`, { cause: error });
  });
  const market = { ...opened, tokenSymbol: foreignSymbol(opened.tokenSymbol) };
  const first = block ?? (await blockBefore(provider, address));
  progress(0);
  const logs = await readPiecewise(source, { address }, first, head.number, (read) =>
    progress((read - first) / Math.max(1, head.number - first)),
  );
  const state = replayFrom(logs.slice(0, SLICE), block);
  await advanceGently(state, logs.slice(SLICE));
  await check(market, state);
  const clockAt = async (): Promise<Followed["clock"]> => ({
    time: await chainTime(transport, head),
    at: performance.now(),
  });
  let clock = await clockAt();
  const reading = ++readings;

  const catchUp = async (): Promise<boolean> => {
    const next = await heads.observe();
    if (next.lineage !== lineage) throw new Outdated();
    if (next.number <= head.number) return false;
    const news = await readPiecewise(source, { address }, head.number + 1, next.number);
    head = next;
    await advanceGently(state, news);
    if (news.length > 0) await check(market, state);
    clock = await clockAt();
    return true;
  };
  return {
    now: () => ({ reading, rpc, chainId, name, provider, market, head, replay: state, clock }),
    catchUp: () =>
      catchUp().catch((error: unknown) => {
        if (error instanceof NoAnswer) throw error;
        // Blocks may have been replaced between two questions: reading all of it again tells.
        throw new Outdated("", { cause: error });
      }),
  };
}

/** @throws ChainError if they do not begin with the deployment, naming the block that somebody chose */
function replayFrom(logs: readonly MarketLog[], block: number | undefined): Replay {
  try {
    return replay(logs);
  } catch (error) {
    if (block === undefined || !(error instanceof ChainError)) throw error;
    const sentence = `From block: given ${block}, allowed the one of the market's deployment or any before it.`;
    throw new ChainError(sentence, { cause: error });
  }
}

/** Events as the node gives them. ethers would make objects of all of them at once, which takes longer than a frame. */
const logsOf = ({ transport }: Node) => ({
  getLogs: async (filter: { address: string; fromBlock: number; toBlock: number }) => {
    const [fromBlock, toBlock] = [filter.fromBlock, filter.toBlock].map((block) =>
      toQuantity(block),
    );
    const asked = { address: filter.address, fromBlock, toBlock };
    return (await transport.request("eth_getLogs", [asked])) as MarketLog[];
  },
});

async function advanceGently(state: Replay, logs: readonly MarketLog[]): Promise<void> {
  let end = performance.now() + PIECE;
  for (let from = 0; from < logs.length; from += SLICE) {
    if (performance.now() > end) {
      await sleep(0);
      end = performance.now() + PIECE;
    }
    advance(state, logs.slice(from, from + SLICE));
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
