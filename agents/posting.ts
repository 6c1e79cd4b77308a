import { numberFromFixed } from "../mechanism/fixed-point.ts";
import type { TwinAccount } from "../mechanism/twin-state.ts";
import type { Posting } from "./bot.ts";
import type { Offer } from "./market.ts";

/** The offer in plain numbers, as a mind answers it. */
export function postingOf(offer: Offer): Posting {
  return {
    epoch: Number(offer.epoch),
    round: Number(offer.round),
    price: numberFromFixed(offer.price),
    capacity: numberFromFixed(offer.capacity),
    fees: {
      unitFee: numberFromFixed(offer.unitFee),
      executionFee: numberFromFixed(offer.executionFee),
      progressiveFee: numberFromFixed(offer.progressiveFee),
    },
    samples: Number(offer.samples),
  };
}

/** Whether the account's owner has answered the round on offer. */
export function hasAnswered(account: TwinAccount, offer: Pick<Offer, "epoch" | "round">): boolean {
  return account.epoch === offer.epoch && account.answered === offer.round + 1n;
}

/** Tokens the account can lock: charge and payment are each rounded up, hence two base units less. */
export function budgetOf(account: TwinAccount, decimals: number): number {
  return account.balance <= 2n ? 0 : numberFromFixed(account.balance - 2n, decimals);
}
