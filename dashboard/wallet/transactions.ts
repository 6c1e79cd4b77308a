import { Declined, type TokenUnits } from "../../agents/errors.ts";
import { send } from "../../agents/send.ts";
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
  /** Why it failed, in a sentence. */
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
    const receipt = await send(contract, signer, method, args, gasLimit, (hash) =>
      change(id, { state: "sent", hash }),
    );
    change(id, { state: "mined" });
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
