import { RpcError } from "./faults.ts";
import type { Head } from "./head.ts";
import type { Transport } from "./transport.ts";

/**
 * What time it is by the chain's clock, unix seconds: the next block's where a node tells. A chain that mines on demand has
 * no block until somebody sends, but knows what time it is.
 */
export async function chainTime(transport: Transport, { timestamp }: Head): Promise<bigint> {
  const next = await pendingTime(transport);
  return next > timestamp ? next : timestamp;
}

/** 0 where no node tells. */
async function pendingTime(transport: Transport): Promise<bigint> {
  try {
    const block = await transport.request("eth_getBlockByNumber", ["pending", false]);
    return BigInt((block as { timestamp?: string } | null)?.timestamp ?? 0);
  } catch (error) {
    if (error instanceof RpcError) return 0n;
    throw error;
  }
}
