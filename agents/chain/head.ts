import { toQuantity } from "ethers";

import { NodeFault } from "./faults.ts";
import type { Transport } from "./transport.ts";

/** The last block of the chain, as far as has been seen. */
export type Head = {
  number: number;
  hash: string;
  /** Unix seconds by the chain's clock, which is the only one that rounds go by. */
  timestamp: bigint;
  /** Wei per gas; null on a chain without base fees. */
  baseFee: bigint | null;
  /** How often blocks that had been seen were replaced: what was concluded from them must be looked at again. */
  lineage: number;
};

export type HeadOptions = {
  transport: Transport;
  /** Milliseconds after which an older head that every node reports is the chain's. Default 20 s. */
  rollbackAfter?: number;
  onReorg?: (head: Head) => void;
};

export type Heads = {
  /** Look now. Who asks while somebody else looks gets the same answer. */
  observe: () => Promise<Head>;
  /** What was seen last; undefined before the first look. */
  last: () => Head | undefined;
  /** Seconds, by the machine's steady clock, since a node last answered with a head that is not behind. */
  age: () => number;
};

const REMEMBERED = 256;
const WALKED = 8;

/**
 * Follows the chain's head and never goes back behind it: a node that is behind is passed over. A head below the last one
 * is a reorganisation if its block is another than the one seen there, or if no node knows better for a while (a
 * development chain set back to a snapshot; all nodes but old ones gone).
 */
export function followHeads({ transport, rollbackAfter = 20_000, onReorg }: HeadOptions): Heads {
  const hashes = new Map<number, string>();
  let last: Head | undefined;
  let seenAt = performance.now();
  let looking: Promise<Head> | undefined;

  const accept = (given: unknown): void => {
    const { number, hash } = blockOf(given);
    if (last === undefined || number >= last.number) return;
    const known = hashes.get(number);
    if (known !== undefined && known !== hash) return;
    if (performance.now() - seenAt > rollbackAfter) return;
    throw new NodeFault("stale", `at block ${number}, ${last.number} has been seen`);
  };

  const blockAt = async (number: number): Promise<Block> =>
    blockOf(
      await transport.request("eth_getBlockByNumber", [toQuantity(number), false], (given) => {
        blockOf(given); // a node that has not got the block yet answers null
      }),
    );

  /** Whether the new head stands on the last one. The blocks between are remembered too, if they are few. */
  const continues = async (block: Block, from: Head): Promise<boolean> => {
    if (block.number === from.number) return block.hash === from.hash;
    if (block.number < from.number) return false;
    let below = block;
    if (block.number - from.number > WALKED) below = await blockAt(from.number + 1);
    while (below.number > from.number + 1) {
      below = await blockAt(below.number - 1);
      hashes.set(below.number, below.hash);
    }
    return below.parentHash === from.hash;
  };

  const look = async (): Promise<Head> => {
    const given = await transport.request("eth_getBlockByNumber", ["latest", false], accept);
    const block = blockOf(given);
    const isNew = last !== undefined && !(await continues(block, last));
    const { number, hash, timestamp, baseFee } = block;
    const head = { number, hash, timestamp, baseFee, lineage: last?.lineage ?? 0 };
    if (isNew) head.lineage++;
    for (const seen of hashes.keys()) if (seen > number) hashes.delete(seen);
    hashes.set(number, hash);
    for (const seen of hashes.keys()) if (seen <= number - REMEMBERED) hashes.delete(seen);
    seenAt = performance.now();
    last = head;
    if (isNew) onReorg?.(head);
    return head;
  };

  return {
    observe: () => (looking ??= look().finally(() => (looking = undefined))),
    last: () => last,
    age: () => (performance.now() - seenAt) / 1000,
  };
}

type Block = Omit<Head, "lineage"> & { parentHash: string };

/** @throws NodeFault for what is no block */
function blockOf(given: unknown): Block {
  const block = (given ?? {}) as Record<string, string | undefined>;
  const { number, hash, parentHash, timestamp, baseFeePerGas } = block;
  if (given === null) throw new NodeFault("stale", "the node has no such block");
  if (!number || !hash || !parentHash || !timestamp) {
    throw new NodeFault("bad-answer", "the answer is no block");
  }
  return {
    number: Number(number),
    hash,
    parentHash,
    timestamp: BigInt(timestamp),
    baseFee: baseFeePerGas === undefined ? null : BigInt(baseFeePerGas),
  };
}
