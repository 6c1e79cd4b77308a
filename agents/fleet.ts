import type { Contract, JsonRpcProvider, Wallet, HDNodeWallet } from "ethers";

import type { Bot } from "./bot.ts";
import { ChainError } from "./errors.ts";
import { settleMembers, trimStale } from "./keep.ts";
import {
  readAccount,
  readOffer,
  readSettledAccount,
  readTotals,
  type Market,
  type Offer,
} from "./market.ts";
import { answerMember, enrolMember, isLate } from "./member.ts";
import { forEachAtMost, send, sleep, type OnReceipt, type Receipt } from "./send.ts";

/** One agent of the fleet: its mind, its key, and what it puts into its account when it joins (token base units). */
export type Member = { bot: Bot; wallet: Wallet | HDNodeWallet; deposit: bigint };

/** Sends one transaction and waits until the chain has taken it, as `send` does. */
export type Deliver = (
  contract: Contract,
  wallet: Wallet | HDNodeWallet,
  method: string,
  args: unknown[],
  gasLimit?: bigint,
) => Promise<Receipt>;

export type FleetOptions = {
  market: Market;
  provider: JsonRpcProvider;
  members: readonly Member[];
  /** Closes rounds, trims and settles. */
  keeper: Wallet | HDNodeWallet;
  onReceipt: OnReceipt;
  /** Called while demands of a round come in. */
  onAnswers?: (answered: number, of: number) => void;
  /** Called when a round is closed. */
  onRound?: () => Promise<void>;
  /** A block before which the market has no members. Default 0. */
  fromBlock?: number;
  /** Moves the chain's clock to this unix time, where that can be done. Default: it is waited for in real time. */
  waitUntil?: (time: bigint) => Promise<void>;
  /** Whether the node is asked for the gas of each submission, which no constant bounds on Arbitrum. Default false. */
  estimatesGas?: boolean;
  /** How transactions reach the chain. Default: `send`. */
  deliver?: Deliver;
};

const WIDTH = 24;

/**
 * Put every member's deposit into the market; members who have joined already are left as they are.
 *
 * @throws ChainError if a member's account cannot pay
 */
export async function enrol(options: FleetOptions): Promise<void> {
  await forEachAtMost(options.members, WIDTH, async (member) => {
    const { epoch } = await readAccount(options.market, member.wallet.address);
    if (epoch === 0n) await enrolMember(options, member);
  });
}

/**
 * Run the open epoch to its end: answer, close, round by round, then settle every member's account. All it goes by is
 * on the chain; stopped at any point and started again it goes on from there.
 *
 * @throws ChainError if no epoch has been opened, or the chain refuses what the fleet sends
 */
export async function runEpoch(options: FleetOptions): Promise<void> {
  const { market, onRound } = options;
  for (;;) {
    const offer = await readOffer(market);
    if (offer.epoch === 0n) {
      throw new ChainError("no epoch is open; the owner opens one with openEpoch");
    }
    if (!offer.open) break;
    await answerRound(options, offer);
    await closeRound(options, offer);
    await onRound?.();
  }
  await settleMembers(options);
}

/** Every member's answer to the posted price, sent. A round closed meanwhile ends it without harm. */
async function answerRound(options: FleetOptions, offer: Offer): Promise<void> {
  const { market, members, onAnswers } = options;
  let answered = 0;
  await forEachAtMost(members, WIDTH, async (member) => {
    const account = await readSettledAccount(market, member.wallet.address);
    try {
      if (!(await answerMember(options, member, account, offer))) return;
    } catch (error) {
      if (!isLate(error)) throw error;
    }
    onAnswers?.(++answered, members.length);
  });
}

/** Close the round as soon as the market lets anybody: when all have answered, else from the deadline on. */
async function closeRound(options: FleetOptions, offer: Offer): Promise<void> {
  const { market, keeper, onReceipt, deliver = send } = options;
  for (;;) {
    if (!(await isOpen(market, offer))) return;
    const { answered, members, deadline } = await readTotals(market);
    const isComplete = answered === members;
    // Those who are not of this fleet may answer meanwhile, or close: looked at again and again.
    if (!isComplete && !(await isPast(options, deadline))) {
      await sleep(1_000);
      continue;
    }
    try {
      // The wait may have been long, and somebody else may have closed the round meanwhile.
      if (!(await isOpen(market, offer))) return;
      if (!isComplete) await trimStale(options, offer);
      onReceipt("close", await deliver(market.contract, keeper, "closeRound", []));
      return;
    } catch (error) {
      if (!isLate(error)) throw error;
      await sleep(1_000);
    }
  }
}

/** Whether the round that was offered is still the one on offer. */
async function isOpen(market: Market, offer: Offer): Promise<boolean> {
  const now = await readOffer(market);
  return now.open && now.epoch === offer.epoch && now.round === offer.round;
}

/** Nodes that mine on demand have no block until somebody sends one: then the wall clock tells. */
async function isPast({ provider, waitUntil }: FleetOptions, time: bigint): Promise<boolean> {
  if (waitUntil !== undefined) {
    await waitUntil(time);
    return true;
  }
  const block = await provider.getBlock("latest");
  return Math.max(block?.timestamp ?? 0, Math.floor(Date.now() / 1000) - 1) >= Number(time);
}
