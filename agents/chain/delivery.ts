import { formatEther, keccak256, toQuantity, type HDNodeWallet, type Wallet } from "ethers";

import { explain } from "../errors.ts";
import { BudgetInUse, BudgetSpent } from "./budget.ts";
import { Overtaken, type Call, type DeliveryOptions, type Mined, type Step } from "./call.ts";
import { judge, RpcError } from "./faults.ts";
import { firstFees, raisedFees, type Fees } from "./fees.ts";
import type { Head } from "./head.ts";
import { pause } from "./pause.ts";
import type { FleetProvider } from "./provider.ts";
import { receiptOf } from "./receipt.ts";
import { broadcast, type Reception } from "./reception.ts";
import { bookLeft, conclude, forget, type Standing } from "./standing.ts";
import { NoAnswer, type Transport } from "./transport.ts";

// A tip that suits most chains, where the node has no suggestion.
const USUAL_TIP = 1_000_000_000n;
// Looks after which a nonce that is gone, without a receipt of ours, has gone to somebody else.
const TAKEN_LOOKS = 4;

/**
 * Bring one transaction to its end: send it, send it again where it may have been dropped, replace it by a dearer one of
 * the same nonce where it is stuck.
 *
 * @param standing by sender: what an earlier delivery has left on its way, which this one goes on with or replaces
 * @throws Refused if the market refuses it, Overtaken, BudgetSpent, BudgetInUse, Stopped, ChainError
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
  if (left === undefined) {
    if ((await nonceAt(transport, from, "pending")) > nonce) {
      told("former", {});
      await awaitFormer(options, from, nonce);
    }
    if ((await call.isMissing?.()) === false) {
      throw new Overtaken(`the chain has got already what ${from} was to send`);
    }
  }
  const gasLimit = call.gasLimit ?? (await estimate(options.provider, from, call));
  const { data, onSpent } = call;
  const mine = left ?? { nonce, versions: [], reserved: 0n, sentAt: 0, onSpent };
  let [resentAt, isCapped, checked, looks] = [0, false, "", 0];

  /** One version more. */
  const dispatch = async (fees: Fees): Promise<Reception> => {
    const most = gasLimit * fees.maxFee;
    const reserved = most > mine.reserved ? most : mine.reserved;
    await checkKept(options, from, head, most);
    budget.reserve(from, reserved);
    const [maxFeePerGas, maxPriorityFeePerGas] = [fees.maxFee, fees.tip];
    const priced = { type: 2, chainId: options.chainId, nonce, gasLimit };
    const offered = { ...priced, maxFeePerGas, maxPriorityFeePerGas };
    const raw = await wallet.signTransaction({ ...offered, to: call.to, data });
    const hash = keccak256(raw);
    told(mine.versions.length === 0 ? "sent" : "replaced", { hash, maxFee: fees.maxFee });
    mine.versions.push({ hash, raw, fees, data, gasLimit });
    resentAt = performance.now();
    Object.assign(mine, { reserved, onSpent, sentAt: resentAt });
    standing.set(from, mine);
    isCapped = false;
    try {
      return await broadcast(transport, raw);
    } catch (error) {
      const mayBeTaken =
        error instanceof NoAnswer || (error instanceof RpcError && judge(error) !== "answer");
      // One that no node ever takes is no measure of what the next has to offer.
      if (!mayBeTaken) mine.versions.pop();
      if (mine.versions.length === 0) forget(options, standing, from, 0n);
      throw error;
    }
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
      if (!(error instanceof BudgetSpent || error instanceof BudgetInUse)) throw error;
    }
    told("capped", { hash, baseFee: now.baseFee, maxFee: before.maxFee });
    isCapped = true;
    mine.sentAt = performance.now();
    return resend();
  };

  let reception: Reception;
  const tip = mine.versions.length === 0 ? await tipOf(transport) : 0n;
  if (call.isWanted?.() === false) throw unwanted(from);
  if (mine.versions.length === 0) reception = await dispatch(firstFees(head, tip, options.fees));
  else if (mine.versions.at(-1)!.data === data) reception = await resend();
  else reception = await raise(head);

  for (;;) {
    // Before the look: what has ended the want is then in the head that is looked at, and so is what was mined till then.
    const isWanted = call.isWanted?.() ?? true;
    head = await heads.observe();
    if (head.hash !== checked || looks > 0) {
      checked = head.hash;
      const next = await nonceAt(transport, from, toQuantity(head.number));
      const hashes = mine.versions.map(({ hash }) => hash);
      const receipt = next > nonce ? await receiptOf(transport, hashes) : null;
      if (receipt !== null) return conclude(options, standing, from, call, receipt);
      // A reorganisation may have taken back what came before it, too.
      if (next < nonce || (next > nonce && ++looks === TAKEN_LOOKS)) {
        forget(options, standing, from, 0n);
        told("overtaken", {});
        throw new Overtaken(`nonce ${nonce} of ${from} is not this transaction's any more`);
      }
      if (next === nonce) looks = 0;
    }
    if (!isWanted) throw unwanted(from);
    const [waited, silent] = [mine.sentAt, resentAt].map((time) => performance.now() - time) as [
      number,
      number,
    ];
    if ((reception === "underpriced" && !isCapped) || waited > bumpAfter) {
      reception = await raise(head);
      if (reception === "taken") continue;
    } else if (silent > bumpAfter / 4) reception = await resend();
    await pause(polling, signal);
  }
}

function unwanted(from: string): Overtaken {
  return new Overtaken(`what ${from} was to send is not wanted any more`);
}

async function nonceAt(transport: Transport, from: string, block: string): Promise<number> {
  return Number(await transport.request("eth_getTransactionCount", [from, block]));
}

/** @throws BudgetSpent if the sender would keep less than it is to keep */
async function checkKept(
  { transport, keep }: DeliveryOptions,
  from: string,
  { number }: Head,
  most: bigint,
): Promise<void> {
  if (keep === 0n) return;
  const held = BigInt(
    (await transport.request("eth_getBalance", [from, toQuantity(number)])) as string,
  );
  if (held - most >= keep) return;
  const [has, kept, next] = [held, keep, most].map((wei) => formatEther(wei));
  throw new BudgetSpent(
    false,
    `${from}: budget.keep: ${has} held, ${kept} kept, the next transaction may cost ${next}; fund it to go on`,
  );
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
