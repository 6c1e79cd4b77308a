import type { JsonRpcProvider, Wallet, HDNodeWallet } from "ethers";

import { fixedFromNumber, numberFromFixed, formatFixed } from "../mechanism/fixed-point.ts";
import { unpackPrice } from "../mechanism/twin-arithmetic.ts";
import { SETTLED } from "../mechanism/twin-state.ts";
import { answer, type Bot } from "./bot.ts";
import { ChainError, Refused } from "./errors.ts";
import {
  call,
  readAccount,
  readOffer,
  readRules,
  readSettledAccount,
  readTotals,
  type Market,
  type Offer,
} from "./market.ts";
import { budgetOf, hasAnswered, postingOf } from "./posting.ts";
import { readMembers } from "./replay.ts";
import { forEachAtMost, send, sleep, type OnReceipt } from "./send.ts";

/** One agent of the fleet: its mind, its key, and what it puts into its account when it joins (token base units). */
export type Member = { bot: Bot; wallet: Wallet | HDNodeWallet; deposit: bigint };

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
  /** Waits until the chain's clock has reached this unix time. Default: in real time. */
  waitUntil?: (time: bigint) => Promise<void>;
};

const WIDTH = 24;
const SETTLE_BATCH = 100;
// Measured at up to 70,000 with an ended epoch to settle first; each further sample costs about 700.
const submissionGas = (samples: bigint): bigint => 150_000n + 3_000n * samples;
// Two or more keepers may try the same thing; who comes second has nothing left to do.
const LATE = new Set(["RoundStillOpen", "EpochNotOpen", "RoundNotOpen", "AlreadyAnswered"]);

/**
 * Put every member's deposit into the market; members who have joined already are left as they are.
 *
 * @throws ChainError if a member's account cannot pay
 */
export async function enrol({ market, members, onReceipt }: FleetOptions): Promise<void> {
  await forEachAtMost(members, WIDTH, async ({ bot, wallet, deposit }) => {
    const { epoch } = await readAccount(market, wallet.address);
    if (epoch !== 0n) return;
    const held = (await call(market.token, "balanceOf", wallet.address)) as bigint;
    if (held < deposit) {
      const [has, needs] = [held, deposit].map((value) => formatFixed(value, market.tokenDecimals));
      throw new ChainError(
        `agent ${bot.agent.id} (${wallet.address}) has ${has} ${market.tokenSymbol}, its deposit is ${needs}; ` +
          "fund the agents first (deploying with the same market does)",
      );
    }
    const allowance = (await call(
      market.token,
      "allowance",
      wallet.address,
      market.address,
    )) as bigint;
    if (allowance < deposit) {
      onReceipt("join", await send(market.token, wallet, "approve", [market.address, deposit]));
    }
    onReceipt("join", await send(market.contract, wallet, "deposit", [deposit]));
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
  const { market, members, onReceipt, onAnswers } = options;
  const posting = postingOf(offer);
  const method = offer.samples === 1n ? "submit" : "submitSamples";
  let answered = 0;
  await forEachAtMost(members, WIDTH, async ({ bot, wallet }) => {
    const account = await readSettledAccount(market, wallet.address);
    if (!hasAnswered(account, offer)) {
      const standing = {
        demand: account.epoch === offer.epoch ? numberFromFixed(account.demand) : 0,
        budget: budgetOf(account, market.tokenDecimals),
      };
      const samples = answer(bot, posting, standing);
      if (samples === null) return;
      const values = samples.map((sample) => fixedFromNumber(sample));
      const demand = offer.samples === 1n ? values[0] : values;
      try {
        const args = [offer.epoch, offer.round, demand];
        onReceipt(
          "submit",
          await send(market.contract, wallet, method, args, submissionGas(offer.samples)),
        );
      } catch (error) {
        if (!(error instanceof Refused && LATE.has(error.errorName))) throw error;
      }
    }
    onAnswers?.(++answered, members.length);
  });
}

/** Close the round as soon as the market lets anybody: when all have answered, else from the deadline on. */
async function closeRound(options: FleetOptions, offer: Offer): Promise<void> {
  const { market, keeper, onReceipt, provider } = options;
  const waitUntil = options.waitUntil ?? ((time: bigint) => waitInRealTime(provider, time));
  for (;;) {
    if (!(await isOpen(market, offer))) return;
    const totals = await readTotals(market);
    if (totals.answered < totals.members) {
      await waitUntil(totals.deadline);
    }
    try {
      // The wait may have been long, and somebody else may have closed the round meanwhile.
      if (!(await isOpen(market, offer))) return;
      if (totals.answered < totals.members) await trimStale(options, offer);
      onReceipt("close", await send(market.contract, keeper, "closeRound", []));
      return;
    } catch (error) {
      if (!(error instanceof Refused && LATE.has(error.errorName))) throw error;
      await sleep(1_000);
    }
  }
}

/** Whether the round that was offered is still the one on offer. */
async function isOpen(market: Market, offer: Offer): Promise<boolean> {
  const now = await readOffer(market);
  return now.open && now.epoch === offer.epoch && now.round === offer.round;
}

/**
 * Cut stale demands, whoever's, if that takes more out of an excess than the market's tolerance: else it does not pay.
 * The demand of a bot that died cannot then hold the price up.
 */
async function trimStale(
  { market, provider, fromBlock, keeper, onReceipt }: FleetOptions,
  offer: Offer,
): Promise<void> {
  const totals = await readTotals(market);
  if (totals.demand <= offer.capacity) return;
  const stale: string[] = [];
  let phantom = 0n;
  const everybody = await readMembers(provider, market, fromBlock ?? 0);
  await forEachAtMost(everybody, WIDTH, async (agent) => {
    const account = await readAccount(market, agent);
    const answeredPrice = unpackPrice(account.lockedPrice);
    const stands = account.demand !== 0n && account.epoch === offer.epoch;
    if (!stands || hasAnswered(account, offer) || answeredPrice >= offer.price) return;
    stale.push(agent);
    phantom += account.demand - (account.demand * answeredPrice) / offer.price;
  });
  const { primalTolerance } = await readRules(market);
  if (phantom <= primalTolerance) return;
  for (const batch of batches(stale)) {
    onReceipt("trim", await send(market.contract, keeper, "trim", [batch]));
  }
}

/** Book the ended epoch in every member's account. */
async function settleMembers({ market, members, keeper, onReceipt }: FleetOptions): Promise<void> {
  const open: string[] = [];
  await forEachAtMost(members, WIDTH, async ({ wallet }) => {
    const account = await readAccount(market, wallet.address);
    if (account.demand !== 0n && account.answered !== SETTLED) open.push(wallet.address);
  });
  for (const batch of batches(open)) {
    onReceipt("settle", await send(market.contract, keeper, "settleAccounts", [batch]));
  }
}

function batches(addresses: string[]): string[][] {
  const sorted = addresses.toSorted();
  return Array.from({ length: Math.ceil(sorted.length / SETTLE_BATCH) }, (_, index) =>
    sorted.slice(index * SETTLE_BATCH, (index + 1) * SETTLE_BATCH),
  );
}

/** Nodes that mine on demand have no block until somebody sends one: then the wall clock tells. */
async function waitInRealTime(provider: JsonRpcProvider, time: bigint): Promise<void> {
  for (;;) {
    const block = await provider.getBlock("latest");
    const now = Math.max(block?.timestamp ?? 0, Math.floor(Date.now() / 1000) - 1);
    if (now >= Number(time)) return;
    await sleep(Math.min(1_000, (Number(time) - now) * 1_000));
  }
}
