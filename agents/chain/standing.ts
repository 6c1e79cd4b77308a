import { ChainError, explain } from "../errors.ts";
import { Overtaken, type Call, type DeliveryOptions, type Mined } from "./call.ts";
import type { Fees } from "./fees.ts";
import { costOf, receiptOf, type Receipt } from "./receipt.ts";

type Version = { hash: string; raw: string; fees: Fees; data: string; gasLimit: bigint };

/** What stands at a key's next nonce, as far as this process has sent it. Only one of the versions can be mined. */
export type Standing = {
  nonce: number;
  versions: Version[];
  reserved: bigint;
  /** When the newest version was first sent, on the machine's steady clock. */
  sentAt: number;
  onSpent: Call["onSpent"];
};

/** Book a transaction that has come to its end; what the contract refused is told with its reason. */
export async function conclude(
  options: DeliveryOptions,
  standing: Map<string, Standing>,
  from: string,
  { to, data }: Call,
  receipt: Receipt,
): Promise<Mined> {
  const { provider, onStep } = options;
  const { transactionHash: hash, blockNumber, logs = [] } = receipt;
  const gasUsed = BigInt(receipt.gasUsed);
  const cost = costOf(receipt);
  const { versions } = standing.get(from)!;
  const isTaken = BigInt(receipt.status) === 1n;
  forget(options, standing, from, cost);
  onStep?.(isTaken ? "mined" : "reverted", { from, hash, gasUsed });
  const version = versions.find((one) => one.hash === hash);
  if (version?.data !== data) {
    throw new Overtaken(`${hash}, which an earlier look had sent, was mined in its place`);
  }
  if (isTaken) return { hash, gasUsed, cost, logs };
  try {
    await provider.call({ from, to, data, blockTag: Number(blockNumber) });
  } catch (error) {
    throw explain(error);
  }
  const used = `it used ${gasUsed} gas of ${version.gasLimit}`;
  throw new ChainError(`transaction ${hash} failed and the node gives no reason; ${used}`);
}

/** What an earlier delivery left at a nonce that is gone now: mined, or gone to another. */
export async function bookLeft(
  options: DeliveryOptions,
  standing: Map<string, Standing>,
  from: string,
  nonce: number,
): Promise<void> {
  const left = standing.get(from);
  if (left === undefined || left.nonce === nonce) return;
  const hashes = left.versions.map(({ hash }) => hash);
  const receipt = left.nonce < nonce ? await receiptOf(options.transport, hashes) : null;
  forget(options, standing, from, receipt === null ? 0n : costOf(receipt));
}

/** Nothing of this sender is on its way any more, and it has cost so much. */
export function forget(
  { budget }: DeliveryOptions,
  standing: Map<string, Standing>,
  from: string,
  cost: bigint,
): void {
  standing.get(from)!.onSpent?.(cost);
  standing.delete(from);
  budget.settle(from, cost);
}
