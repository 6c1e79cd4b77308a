import { numberFromFixed } from "../../../mechanism/fixed-point.ts";
import { settled } from "../../../mechanism/twin-accounts.ts";
import { formatAmount, formatExact } from "../../../scripts/output/format.ts";
import type { Followed } from "../../market/link.ts";
import type { Question } from "./confirm.ts";

// What a person is asked before money moves: how much, where it goes, and what is left.

export function depositQuestion(value: number, symbol: string): Question {
  const sum = `${formatExact(value)} ${symbol}`;
  return {
    title: `Deposit ${sum}?`,
    lines: [["Into your account in the market", sum]],
    notes: [
      "Where the token takes permits you sign one and send one transaction; else an approval comes first.",
      "Nothing is charged or locked by a deposit: you can withdraw what no demand has locked.",
    ],
    yes: "Deposit",
  };
}

/** @param free what the account can withdraw, tokens */
export function withdrawQuestion(value: number, free: number, symbol: string): Question {
  const sum = `${formatExact(value)} ${symbol}`;
  return {
    title: `Withdraw ${sum}?`,
    lines: [
      ["From your account to your wallet", sum],
      ["Charged for it", `0 ${symbol}`],
      ["Free after it", `${formatAmount(Math.max(0, free - value))} ${symbol}`],
    ],
    notes: ["What your demand has locked stays where it is."],
    yes: "Withdraw",
  };
}

export function faucetQuestion(value: number, symbol: string): Question {
  const sum = `${formatExact(value)} ${symbol}`;
  return {
    title: `Take ${sum} from the faucet?`,
    lines: [
      ["Into your wallet", sum],
      ["Charged for it", `0 ${symbol}`],
    ],
    notes: ["It is a test token: whoever asks gets some, once a day."],
    yes: "Take it",
  };
}

/** What settling comes to, by the contract's own arithmetic over the market's events. */
export function settleQuestion(
  { replay, market: { tokenDecimals, tokenSymbol, policy } }: Followed,
  address: string,
): Question {
  const { posted, outcomes } = replay.market;
  const { account, due } = settled(replay.market, address);
  const tokens = (value: bigint): string =>
    `${formatAmount(numberFromFixed(value, tokenDecimals))} ${tokenSymbol}`;
  const takesPart = account.epoch === posted.epoch;
  const units = formatAmount(takesPart ? numberFromFixed(account.demand) : 0);
  const price = numberFromFixed(outcomes.get(posted.epoch)?.price ?? 0n);
  return {
    title: `Settle epoch ${posted.epoch}?`,
    lines: [
      ["You get", `${units} units`],
      ["At the price of", `${formatAmount(price)} ${tokenSymbol} a unit`],
      ["Paid to the provider", tokens(due.revenue)],
      ["Fees to the treasury", tokens(due.fees)],
      ["In your account after it, all of it free", tokens(account.balance)],
    ],
    notes: [
      policy === "PerSubmission"
        ? "The fees of your demands were taken when you sent them."
        : "What was locked beyond this is released.",
    ],
    yes: "Settle",
  };
}
