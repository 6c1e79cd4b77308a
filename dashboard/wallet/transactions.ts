import { BaseWallet, type Provider, type Signer, type TransactionReceipt } from "ethers";

import { ChainError, Declined, type TokenUnits } from "../../agents/errors.ts";
import { send, sleep } from "../../agents/send.ts";
import { followedOf, link } from "../market/link.ts";
import { createStore } from "../store.ts";
import { explainWallet } from "./wallet-error.ts";

/** A transaction of this page, from the question to the block. */
export type Transaction = {
  id: number;
  /** What it is for, as in `Deposit 5 PAY`. */
  title: string;
  /** `declined` and `failed` have changed nothing, but for gas where there is a hash. */
  state: "asked" | "sent" | "mined" | "declined" | "failed";
  hash?: string;
  /** Why it failed, or takes so long, in a sentence. */
  note?: string;
};

/** Those of this visit, the newest first. */
export const transactions = createStore<readonly Transaction[]>([]);

/** Sends as `send` does, and tells how each transaction fares. */
export type Deliver = typeof send;

/**
 * Do something that may send transactions, and keep `transactions` told of each.
 *
 * @param act does it by the `deliver` it is given
 * @param self whose address reads `your account` in a complaint
 * @returns whether it was done; why not is then told in `transactions`
 */
export async function track(
  title: string,
  token: TokenUnits,
  self: string,
  act: (deliver: Deliver) => Promise<unknown>,
): Promise<boolean> {
  // What has been asked for and is not mined yet. There is something from the start: it may begin with a signature.
  const open: { id: number | null } = { id: start(title) };
  const deliver: Deliver = async (contract, signer, method, args, gasLimit) => {
    const id = (open.id ??= start(title));
    if (method === "approve") change(id, { title: `${title}: first the approval` });
    let sent: string | null = null;
    const receipt = await send(contract, signer, method, args, gasLimit, (hash) => {
      sent = hash;
      change(id, { state: "sent", hash });
    }).catch((error: unknown) => {
      if (sent === null) throw error;
      change(id, { note: "the node is silent about it; it is asked on" });
      return receiptAfter(() => nodeOf(signer), sent, error);
    });
    change(id, { state: "mined", note: "" });
    open.id = null;
    return receipt;
  };
  try {
    await act(deliver);
    // Nothing had to be sent.
    if (open.id !== null) drop(open.id);
    return true;
  } catch (error) {
    const why = explainWallet(error, token);
    change(open.id ?? start(title), {
      state: why instanceof Declined ? "declined" : "failed",
      note: why.message.replaceAll(self, "your account"),
    });
    return false;
  }
}

// Milliseconds between two questions about a transaction whose node was silent, and how many times nobody knows of it.
const AGAIN = 1_000;
const FORGOTTEN = 5;

/** Whom to ask: a key has none but the page's node, which is connected to anew when the market is read anew. */
function nodeOf(signer: Signer): Provider {
  const followed = signer instanceof BaseWallet ? followedOf(link.get()) : undefined;
  return followed?.provider ?? signer.provider!;
}

/**
 * What became of a transaction that is on its way, however long the node is silent: who is told that it failed sends
 * another.
 *
 * @param error thrown if the chain has refused it
 * @throws ChainError if the chain does not know of it any more
 */
async function receiptAfter(
  nodeNow: () => Provider,
  hash: string,
  error: unknown,
): Promise<TransactionReceipt> {
  for (let unknown = 0; unknown < FORGOTTEN;) {
    const provider = nodeNow();
    const [receipt, known] = await Promise.all([
      provider.getTransactionReceipt(hash),
      provider.getTransaction(hash),
    ]).catch(() => [undefined, undefined] as const);
    if (receipt?.status === 1) return receipt;
    if (receipt) throw error;
    if (known === null) unknown += 1;
    await sleep(AGAIN);
  }
  throw new ChainError(
    "the chain knows nothing of it any more; look at your account before you do it again",
    { cause: error },
  );
}

/** What came to nothing before anything was asked of a wallet. */
export function tellUnsent(title: string, note: string): void {
  change(start(title), { state: "failed", note });
}

let last = 0;

function start(title: string): number {
  last += 1;
  transactions.set([{ id: last, title, state: "asked" }, ...transactions.get()]);
  return last;
}

function drop(id: number): void {
  transactions.set(transactions.get().filter((one) => one.id !== id));
}

function change(id: number, changes: Partial<Transaction>): void {
  transactions.set(transactions.get().map((one) => (one.id === id ? { ...one, ...changes } : one)));
}
