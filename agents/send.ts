import {
  BaseWallet,
  type Contract,
  type JsonRpcProvider,
  type Signer,
  type TransactionReceipt,
  type TransactionRequest,
} from "ethers";

import { ChainError, explain } from "./errors.ts";

/** What is told of a transaction that the chain has taken. */
export type Receipt = Pick<TransactionReceipt, "hash" | "gasUsed">;

/** Called with each transaction the chain has taken. */
export type OnReceipt = (kind: TransactionKind, receipt: Receipt) => void;

/** What a transaction was for, as gas is counted. */
export type TransactionKind = "open" | "join" | "submit" | "trim" | "close" | "settle" | "other";

const RECEIPT_TIMEOUT = 120_000;
// Milliseconds: less than any chain's block time but Arbitrum's, and the offer has room for several.
const FEES_LAST = 1_000;

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
    const hash = await transmit(provider, signer, request);
    onSent?.(hash);
    const receipt = await receiptOf(provider, hash);
    if (receipt.status === 1) return receipt;
    // The node kept no reason: ask again what the market says to this sender.
    const from = await signer.getAddress();
    await provider.call({ ...request, from, blockTag: receipt.blockNumber });
    throw new ChainError(`transaction ${hash} (${method}) failed and the node gives no reason`);
  } catch (error) {
    throw explain(error, undefined, await signer.getAddress());
  }
}

/** @returns the transaction's hash */
async function transmit(
  provider: JsonRpcProvider,
  signer: Signer,
  request: TransactionRequest,
): Promise<string> {
  if (!(signer instanceof BaseWallet)) return (await signer.sendTransaction(request)).hash;
  // A wallet's own sendTransaction recovers the sender from the signature it has just made: half of what a demand takes.
  const filled = { ...request, ...(await feesOf(provider)) };
  const signed = await signer.signTransaction(await signer.populateTransaction(filled));
  return (await provider.send("eth_sendRawTransaction", [signed])) as string;
}

type Fees = Pick<TransactionRequest, "maxFeePerGas" | "maxPriorityFeePerGas">;
const recentFees = new WeakMap<JsonRpcProvider, { until: number; fees: Promise<Fees> }>();

/** What a transaction offers, wei per gas: asked three questions of the node, so of all that is sent at a time once. */
function feesOf(provider: JsonRpcProvider): Promise<Fees> {
  const known = recentFees.get(provider);
  if (known !== undefined && performance.now() < known.until) return known.fees;
  const fees = provider.getFeeData().then(({ maxFeePerGas, maxPriorityFeePerGas }) => {
    return { maxFeePerGas, maxPriorityFeePerGas };
  });
  // A node that has failed is asked again by the next.
  fees.catch(() => recentFees.delete(provider));
  recentFees.set(provider, { until: performance.now() + FEES_LAST, fees });
  return fees;
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
