import type { Transport } from "./transport.ts";

/** Of a transaction that was mined, as a node tells it. */
export type Receipt = Record<"status" | "gasUsed" | "blockNumber" | "transactionHash", string> &
  Partial<Record<"effectiveGasPrice" | "l1Fee", string>> & { logs?: Log[] };

/** An event of a transaction. */
export type Log = { address: string; topics: string[]; data: string };

/** Of the one of these transactions that was mined, if one was. The newest is the likeliest. */
export async function receiptOf(
  transport: Transport,
  hashes: readonly string[],
): Promise<Receipt | null> {
  for (const hash of hashes.toReversed()) {
    const receipt = await transport.request("eth_getTransactionReceipt", [hash]);
    if (receipt !== null) return receipt as Receipt;
  }
  return null;
}

/** What it has cost, wei. What a rollup asks for its place on L1 is no part of the gas. */
export function costOf({ gasUsed, effectiveGasPrice, l1Fee }: Receipt): bigint {
  return BigInt(gasUsed) * BigInt(effectiveGasPrice ?? 0) + BigInt(l1Fee ?? 0);
}
