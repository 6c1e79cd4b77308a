import { readFile, writeFile } from "node:fs/promises";

import type { JsonRpcProvider, TransactionResponse } from "ethers";

import { waitForPending } from "./wait-for-pending.ts";

/** What is read here of an entry of Ignition's journal. */
type Entry = {
  type: string;
  futureId?: string;
  networkInteractionId?: number;
  nonce?: number;
  networkInteraction?: { id: number; data?: string };
};

/**
 * Ignition notes that it is about to send a transaction, then which it has sent. Stopped between the two, it would ask a
 * person for the hash of a transaction that there may be none of. The chain tells: the hash is added to the journal, or
 * the intention taken out of it.
 *
 * @param file the journal; nothing is done if it is not there
 * @param sender address that deploys
 * @throws ChainError if what the sender has on its way is not mined within two minutes
 */
export async function mendJournal(
  file: string,
  provider: JsonRpcProvider,
  sender: string,
): Promise<void> {
  const text = await readFile(file, "utf8").catch(() => "");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const entries = lines.map((line) => JSON.parse(line) as Entry);
  const at = entries.findLastIndex(({ type }) => type === "TRANSACTION_PREPARE_SEND");
  // One at a time: the market is deployed when its token is.
  const { futureId, networkInteractionId, nonce } = entries[at] ?? {};
  if (nonce === undefined || entries.slice(at).some(({ type }) => type === "TRANSACTION_SEND")) {
    return;
  }

  await waitForPending(provider, sender);
  const intended = entries.findLast(
    (entry) => entry.futureId === futureId && entry.networkInteraction?.id === networkInteractionId,
  );
  const sent = await transactionOf(provider, sender, nonce);
  const { networkInteraction } = intended ?? {};
  if (sent === null || sent.data !== networkInteraction?.data) {
    lines.splice(at, 1);
  } else {
    const { hash, gasPrice, maxFeePerGas, maxPriorityFeePerGas } = sent;
    const wei = (value: bigint): object => ({ _kind: "bigint", value: `${value}` });
    const fees =
      maxFeePerGas === null || maxPriorityFeePerGas === null
        ? { gasPrice: wei(gasPrice) }
        : { maxFeePerGas: wei(maxFeePerGas), maxPriorityFeePerGas: wei(maxPriorityFeePerGas) };
    const transaction = { fees, hash };
    const type = "TRANSACTION_SEND";
    lines.push(JSON.stringify({ futureId, networkInteractionId, nonce, transaction, type }));
  }
  // As Ignition writes it: the line's end comes before the line.
  await writeFile(file, lines.map((line) => `\n${line}`).join(""));
}

/**
 * The transaction that an account has had mined with a nonce; null if there is none. Looked for from the last block
 * back, twice as far each time: nodes keep the state of recent blocks only, and it is mostly in one of them.
 */
async function transactionOf(
  provider: JsonRpcProvider,
  sender: string,
  nonce: number,
): Promise<TransactionResponse | null> {
  const isMinedBy = async (block: number): Promise<boolean> =>
    (await provider.getTransactionCount(sender, block)) > nonce;
  let high = await provider.getBlockNumber();
  if (!(await isMinedBy(high))) return null;
  let low = high;
  for (let step = 1; low > 0 && (await isMinedBy(low)); step *= 2) {
    high = low;
    low = Math.max(0, low - step);
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await isMinedBy(middle)) high = middle;
    else low = middle;
  }
  const block = await provider.getBlock(high, true);
  const isIt = ({ from, nonce: its }: TransactionResponse): boolean =>
    from === sender && its === nonce;
  return block?.prefetchedTransactions.find(isIt) ?? null;
}
