import { fixedFromNumber, formatFixed, numberFromFixed } from "../mechanism/fixed-point.ts";
import type { TwinAccount } from "../mechanism/twin-state.ts";
import { answer } from "./bot.ts";
import { ChainError, Refused } from "./errors.ts";
import type { FleetOptions, Member } from "./fleet.ts";
import { call, type Offer } from "./market.ts";
import { budgetOf, hasAnswered, postingOf } from "./posting.ts";
import { send } from "./send.ts";

// Measured at up to 70,000 with an ended epoch to settle first; each further sample costs about 700.
const submissionGas = (samples: bigint): bigint => 150_000n + 3_000n * samples;
// Two or more keepers may try the same thing; who comes second has nothing left to do.
const LATE = new Set(["RoundStillOpen", "EpochNotOpen", "RoundNotOpen", "AlreadyAnswered"]);

/**
 * Put the deposit of somebody into the market who has not joined yet.
 *
 * @throws ChainError if its account cannot pay
 */
export async function enrolMember(
  { market, onReceipt, deliver = send }: FleetOptions,
  { bot, wallet, deposit }: Member,
): Promise<void> {
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
    onReceipt("join", await deliver(market.token, wallet, "approve", [market.address, deposit]));
  }
  onReceipt("join", await deliver(market.contract, wallet, "deposit", [deposit]));
}

/**
 * One member's answer to the posted price, sent unless it has answered already.
 *
 * @param account as it is once its ended epoch, if there is one, is settled
 * @returns false if it lets its standing demand stand
 * @throws Refused if the market does not take it; see `isLate`
 */
export async function answerMember(
  { market, onReceipt, estimatesGas = false, deliver = send }: FleetOptions,
  { bot, wallet }: Member,
  account: TwinAccount,
  offer: Offer,
): Promise<boolean> {
  if (hasAnswered(account, offer)) return true;
  const standing = {
    demand: account.epoch === offer.epoch ? numberFromFixed(account.demand) : 0,
    budget: budgetOf(account, market.tokenDecimals),
  };
  const samples = answer(bot, postingOf(offer), standing);
  if (samples === null) return false;
  const values = samples.map((sample) => fixedFromNumber(sample));
  const [method, demand] = offer.samples === 1n ? ["submit", values[0]] : ["submitSamples", values];
  const args = [offer.epoch, offer.round, demand];
  const gasLimit = estimatesGas ? undefined : submissionGas(offer.samples);
  onReceipt("submit", await deliver(market.contract, wallet, method, args, gasLimit));
  return true;
}

/** Whether the market refused because somebody else was first: there is nothing left to do. */
export function isLate(error: unknown): boolean {
  return error instanceof Refused && LATE.has(error.errorName);
}
