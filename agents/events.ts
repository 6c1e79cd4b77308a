import { Interface, type Log, type Provider } from "ethers";

import { MARKET_ABI } from "./abi.ts";
import { marketEventOf } from "./market-event.ts";

const abi = new Interface(MARKET_ABI);

// Blocks: public nodes take no more in one question for events.
const LOGS_AT_ONCE = 10_000;

type Filter = { address: string; topics?: (string | null)[] };

/** Who gives the events of some blocks: an ethers provider, or less. */
type Source<Found> = {
  getLogs: (filter: Filter & { fromBlock: number; toBlock: number }) => Promise<Found[]>;
};

/**
 * All events of a market in these blocks, both included, oldest first.
 *
 * @param onProgress called with the last block read so far
 */
export async function readLogs(
  provider: Pick<Provider, "getLogs">,
  address: string,
  fromBlock: number,
  toBlock: number,
  onProgress?: (block: number) => void,
): Promise<Log[]> {
  return readPiecewise<Log>(provider, { address }, fromBlock, toBlock, onProgress);
}

/** Everybody who has joined a market, from its events. */
export async function readMembers(
  provider: Pick<Provider, "getLogs" | "getBlockNumber">,
  { address }: { address: string },
  fromBlock: number,
): Promise<string[]> {
  const topics = abi.encodeFilterTopics("Joined", []) as string[];
  const last = await provider.getBlockNumber();
  const logs = await readPiecewise<Log>(provider, { address, topics }, fromBlock, last);
  return logs.map((log) => marketEventOf(log)?.args["agent"] as string);
}

/** All that a filter lets through in these blocks, both included, oldest first; as `readLogs` does, whatever the source. */
export async function readPiecewise<Found>(
  provider: Source<Found>,
  filter: Filter,
  fromBlock: number,
  toBlock: number,
  onProgress?: (block: number) => void,
): Promise<Found[]> {
  const logs: Found[][] = [];
  for (let from = fromBlock; from <= toBlock; from += LOGS_AT_ONCE) {
    const to = Math.min(toBlock, from + LOGS_AT_ONCE - 1);
    logs.push(await provider.getLogs({ ...filter, fromBlock: from, toBlock: to }));
    onProgress?.(to);
  }
  return logs.flat();
}

/** The last block without the contract; 0 if the node has forgotten what was where. */
export async function blockBefore(
  provider: Pick<Provider, "getBlockNumber" | "getCode">,
  address: string,
): Promise<number> {
  let [without, having] = [0, await provider.getBlockNumber()];
  try {
    while (having - without > 1) {
      const middle = Math.floor((without + having) / 2);
      if ((await provider.getCode(address, middle)) === "0x") without = middle;
      else having = middle;
    }
  } catch {
    return 0;
  }
  return without;
}
