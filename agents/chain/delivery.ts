import { keccak256, toQuantity, type HDNodeWallet, type Wallet } from "ethers";

import { ChainError, explain } from "../errors.ts";
import { BudgetSpent, type Budget } from "./budget.ts";
import { RpcError } from "./faults.ts";
import { firstFees, raisedFees, type FeePolicy, type Fees } from "./fees.ts";
import type { Head, Heads } from "./head.ts";
import { pause } from "./pause.ts";
import type { FleetProvider } from "./provider.ts";
import { broadcast, type Reception } from "./reception.ts";
import type { Transport } from "./transport.ts";

/** What is to be sent. */
export type Call = {
  to: string;
  data: string;
  /** Asked of the node if missing. */
  gasLimit?: bigint | undefined;
  /** Asked before it is replaced by a dearer one: whether it is still worth it. */
  isWanted?: (() => boolean) | undefined;
};

/** A transaction that the chain has taken and the contract too. */
export type Mined = { hash: string; gasUsed: bigint; cost: bigint };

/** What befalls a transaction on its way; counted by these names. */
export const STEPS = [
  "sent",
  "sent again",
  "replaced",
  /** Its fee is at the cap, or the budget's end, and does not suffice. */
  "capped",
  /** A transaction of a former life stands at its nonce. */
  "former",
  /** Another took its nonce, or a reorganisation its place. */
  "overtaken",
  "mined",
  "reverted",
] as const;
export type Step = (typeof STEPS)[number];

/** The nonce went to another transaction, or this one is not wanted any more: what is to be done now, the chain says. */
export class Overtaken extends ChainError {
  override readonly name = "Overtaken";
}

export type DeliveryOptions = {
  chainId: bigint;
  transport: Transport;
  provider: FleetProvider;
  heads: Heads;
  fees: FeePolicy;
  budget: Budget;
  /** Milliseconds between looks at the chain. */
  polling: number;
  /** When it is aborted, what is on its way is left alone. */
  signal: AbortSignal;
  onStep?: (step: Step, about: Record<string, unknown>) => void;
};

type Version = { hash: string; raw: string; fees: Fees };

/** What stands at a key's next nonce, as far as this process has sent it. Only one of the versions can be mined. */
export type Standing = { nonce: number; data: string; versions: Version[]; reserved: bigint };

type Receipt = Record<"status" | "gasUsed" | "blockNumber" | "transactionHash", string> &
  Partial<Record<"effectiveGasPrice" | "l1Fee", string>>;

// A tip that suits most chains, where the node has no suggestion.
const USUAL_TIP = 1_000_000_000n;
// Looks after which a nonce that is gone, without a receipt of ours, has gone to somebody else.
const TAKEN_LOOKS = 4;

/**
 * Bring one transaction to its end: send it, send it again where it may have been dropped, replace it by a dearer one of
 * the same nonce where it is stuck.
 *
 * @param standing by sender: what an earlier delivery has left on its way, which this one goes on with or replaces
 * @throws Refused if the market refuses it, Overtaken, BudgetSpent, Stopped, ChainError
 */
export async function deliver(
  options: DeliveryOptions,
  standing: Map<string, Standing>,
  wallet: Wallet | HDNodeWallet,
  call: Call,
): Promise<Mined> {
  const { transport, heads, budget, polling, signal } = options;
  const { bumpAfter } = options.fees;
  const from = wallet.address;
  const told = (step: Step, about: Record<string, unknown>): void =>
    options.onStep?.(step, { from, nonce, ...about });

  let head = await heads.observe();
  const nonce = await nonceAt(transport, from, toQuantity(head.number));
  await bookLeft(options, standing, from, nonce);
  const left = standing.get(from);
  if (left === undefined && (await nonceAt(transport, from, "pending")) > nonce) {
    told("former", {});
    await awaitFormer(options, from, nonce);
  }
  const gasLimit = call.gasLimit ?? (await estimate(options.provider, from, call));
  const mine = left ?? { nonce, data: call.data, versions: [], reserved: 0n };
  let [sentAt, resentAt, checked, looks] = [0, 0, "", 0];

  /** One version more. */
  const dispatch = async (fees: Fees): Promise<Reception> => {
    const most = gasLimit * fees.maxFee;
    const reserved = most > mine.reserved ? most : mine.reserved;
    budget.reserve(from, reserved);
    const { to, data } = call;
    const { chainId } = options;
    const [maxFeePerGas, maxPriorityFeePerGas] = [fees.maxFee, fees.tip];
    const priced = { type: 2, chainId, nonce, gasLimit, maxFeePerGas, maxPriorityFeePerGas };
    const raw = await wallet.signTransaction({ ...priced, to, data });
    const hash = keccak256(raw);
    told(mine.versions.length === 0 ? "sent" : "replaced", { hash, maxFee: fees.maxFee });
    mine.versions.push({ hash, raw, fees });
    Object.assign(mine, { data, reserved });
    standing.set(from, mine);
    sentAt = resentAt = performance.now();
    return broadcast(transport, raw);
  };

  const resend = (): Promise<Reception> => {
    const { hash, raw } = mine.versions.at(-1)!;
    resentAt = performance.now();
    told("sent again", { hash });
    return broadcast(transport, raw);
  };

  /** A dearer version, or the same once more where cap or budget allow no dearer one. */
  const raise = async (now: Head): Promise<Reception> => {
    const { fees: before, hash } = mine.versions.at(-1)!;
    const fresh = firstFees(now, await tipOf(transport), options.fees);
    const fees = raisedFees(before, fresh, options.fees);
    try {
      if (fees !== null) return await dispatch(fees);
    } catch (error) {
      if (!(error instanceof BudgetSpent)) throw error;
    }
    told("capped", { hash, baseFee: now.baseFee, maxFee: before.maxFee });
    sentAt = performance.now();
    return resend();
  };

  let reception: Reception;
  if (mine.versions.length === 0) {
    reception = await dispatch(firstFees(head, await tipOf(transport), options.fees));
  } else if (mine.data === call.data) reception = await resend();
  else reception = await raise(head);

  for (;;) {
    head = await heads.observe();
    if (head.hash !== checked || looks > 0) {
      checked = head.hash;
      const next = await nonceAt(transport, from, toQuantity(head.number));
      const receipt = next > nonce ? await receiptOf(transport, mine.versions) : null;
      if (receipt !== null) return conclude(options, standing, from, call, receipt);
      // A reorganisation may have taken back what came before it, too.
      if (next < nonce || (next > nonce && ++looks === TAKEN_LOOKS)) {
        standing.delete(from);
        budget.settle(from, 0n);
        told("overtaken", {});
        throw new Overtaken(`nonce ${nonce} of ${from} is not this transaction's any more`);
      }
      if (next === nonce) looks = 0;
    }
    const [waited, silent] = [sentAt, resentAt].map((time) => performance.now() - time) as [
      number,
      number,
    ];
    if (reception === "underpriced") {
      reception = await raise(head);
      if (reception === "taken") continue;
    } else if (waited > bumpAfter) {
      if (call.isWanted?.() === false) {
        throw new Overtaken(`transaction ${mine.versions.at(-1)!.hash} is not wanted any more`);
      }
      reception = await raise(head);
    } else if (silent > bumpAfter / 4) reception = await resend();
    await pause(polling, signal);
  }
}

async function nonceAt(transport: Transport, from: string, block: string): Promise<number> {
  return Number(await transport.request("eth_getTransactionCount", [from, block]));
}

/** Of the version that was mined, if one was. */
async function receiptOf(
  transport: Transport,
  versions: readonly Version[],
): Promise<Receipt | null> {
  for (const { hash } of versions.toReversed()) {
    const receipt = await transport.request("eth_getTransactionReceipt", [hash]);
    if (receipt !== null) return receipt as Receipt;
  }
  return null;
}

/** The node's suggestion, wei per gas. */
async function tipOf(transport: Transport): Promise<bigint> {
  try {
    return BigInt((await transport.request("eth_maxPriorityFeePerGas", [])) as string);
  } catch (error) {
    if (error instanceof RpcError) return USUAL_TIP;
    throw error;
  }
}

async function estimate(
  provider: FleetProvider,
  from: string,
  { to, data }: Call,
): Promise<bigint> {
  try {
    return ((await provider.estimateGas({ from, to, data })) * 5n) / 4n;
  } catch (error) {
    throw explain(error);
  }
}

/** Book a transaction that has come to its end; what the contract refused is told with its reason. */
async function conclude(
  { budget, provider, onStep }: DeliveryOptions,
  standing: Map<string, Standing>,
  from: string,
  { to, data }: Pick<Call, "to" | "data">,
  receipt: Receipt,
): Promise<Mined> {
  const hash = receipt.transactionHash;
  const gasUsed = BigInt(receipt.gasUsed);
  const price = BigInt(receipt.effectiveGasPrice ?? 0);
  // What a rollup asks for its place on L1 is no part of the gas.
  const cost = gasUsed * price + BigInt(receipt.l1Fee ?? 0);
  standing.delete(from);
  budget.settle(from, cost);
  const isTaken = BigInt(receipt.status) === 1n;
  onStep?.(isTaken ? "mined" : "reverted", { from, hash, gasUsed });
  if (isTaken) return { hash, gasUsed, cost };
  try {
    await provider.call({ from, to, data, blockTag: Number(receipt.blockNumber) });
  } catch (error) {
    throw explain(error);
  }
  throw new ChainError(`transaction ${hash} failed and the node gives no reason`);
}

/** What an earlier delivery left at a nonce that is gone now: mined, or gone to another. */
async function bookLeft(
  { transport, budget }: DeliveryOptions,
  standing: Map<string, Standing>,
  from: string,
  nonce: number,
): Promise<void> {
  const left = standing.get(from);
  if (left === undefined || left.nonce === nonce) return;
  const receipt = left.nonce < nonce ? await receiptOf(transport, left.versions) : null;
  const [gas, price] = [receipt?.gasUsed ?? 0, receipt?.effectiveGasPrice ?? 0].map(BigInt) as [
    bigint,
    bigint,
  ];
  budget.settle(from, gas * price + BigInt(receipt?.l1Fee ?? 0));
  standing.delete(from);
}

/** What a former life sent at this nonce may still be mined: it is given the time of a bump. */
async function awaitFormer(
  { transport, heads, polling, signal, fees }: DeliveryOptions,
  from: string,
  nonce: number,
): Promise<void> {
  const end = performance.now() + fees.bumpAfter;
  while (performance.now() < end) {
    await pause(polling, signal);
    const { number } = await heads.observe();
    if ((await nonceAt(transport, from, toQuantity(number))) > nonce) {
      throw new Overtaken(`a transaction of a former life took nonce ${nonce} of ${from}`);
    }
  }
}
