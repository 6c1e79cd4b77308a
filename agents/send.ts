import type { Contract, JsonRpcProvider, Signer, TransactionReceipt } from "ethers";

import { ChainError, explain } from "./errors.ts";

/** What is told of a transaction that the chain has taken. */
export type Receipt = Pick<TransactionReceipt, "hash" | "gasUsed">;

/** Called with each transaction the chain has taken. */
export type OnReceipt = (kind: TransactionKind, receipt: Receipt) => void;

/** What a transaction was for, as gas is counted. */
export type TransactionKind = "open" | "join" | "submit" | "trim" | "close" | "settle" | "other";

const RECEIPT_TIMEOUT = 120_000;

/**
 * Send one transaction and wait until the chain has taken it.
 *
 * @param gasLimit no estimate is asked for if given, which saves a call a transaction
 * @param onSent told the hash while the transaction is on its way
 * @throws Refused if the market refuses it, Declined if the signer's owner does, ChainError if the sender cannot pay or
 * no receipt comes in two minutes
 */
export async function send(
  contract: Contract,
  signer: Signer,
  method: string,
  args: unknown[],
  gasLimit?: bigint,
  onSent?: (hash: string) => void,
): Promise<TransactionReceipt> {
  const provider = signer.provider as JsonRpcProvider;
  try {
    const request = await contract
      .connect(signer)
      .getFunction(method)
      .populateTransaction(...args);
    if (gasLimit !== undefined) request.gasLimit = gasLimit;
    const { hash } = await signer.sendTransaction(request);
    onSent?.(hash);
    const receipt = await receiptOf(provider, hash);
    if (receipt.status === 1) return receipt;
    // The node kept no reason: ask again what the market says to this sender.
    const from = await signer.getAddress();
    await provider.call({ ...request, from, blockTag: receipt.blockNumber });
    throw new ChainError(`transaction ${hash} (${method}) failed and the node gives no reason`);
  } catch (error) {
    throw explain(error);
  }
}

/** Polls: a node that mines on demand answers at once, others within their block time. */
async function receiptOf(provider: JsonRpcProvider, hash: string): Promise<TransactionReceipt> {
  const end = Date.now() + RECEIPT_TIMEOUT;
  for (let pause = 5; Date.now() < end; pause = Math.min(1_000, pause * 2)) {
    const receipt = await provider.getTransactionReceipt(hash);
    if (receipt !== null) return receipt;
    await sleep(pause);
  }
  throw new ChainError(`transaction ${hash} was not taken within ${RECEIPT_TIMEOUT / 1000} s`);
}

/** Do something for each item, at most `width` at a time. The first error stops what has not begun. */
export async function forEachAtMost<T>(
  items: readonly T[],
  width: number,
  action: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      try {
        await action(items[index]!, index);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
}

/** @param milliseconds how long */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
