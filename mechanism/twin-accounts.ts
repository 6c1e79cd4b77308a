import { UNIT } from "./fixed-point.ts";
import { chargeUp, paymentUp, unpackPrice } from "./twin-arithmetic.ts";
import { SETTLED, type TwinAccount, type TwinFunds, type TwinMarket } from "./twin-state.ts";

// What the contract knows of one account: its private functions `_settled`, `_outcomeOf`,
// `_booked` and `_locked`, and the views on them. Nothing here but `book` changes the market.

/** `settledAccount`: the account as it will be once its ended epoch is booked. */
export function settledAccount(market: TwinMarket, agent: string): TwinAccount {
  return settled(market, agent).account;
}

/** `freeBalance`: what the agent can withdraw now, token base units. */
export function freeBalance(market: TwinMarket, agent: string): bigint {
  const account = settledAccount(market, agent);
  return account.balance - locked(market, account);
}

/**
 * `_settled`: a copy of the account with its ended epoch booked, and what that owes the funds.
 *
 * @throws Error if the market's own records contradict each other
 */
export function settled(
  market: TwinMarket,
  agent: string,
): { account: TwinAccount; due: TwinFunds } {
  const account = accountOf(market, agent);
  const { posted, policy, divisor } = market;
  const hasEnded = account.epoch !== posted.epoch || posted.samples === 0n;
  if (account.demand === 0n || account.answered === SETTLED || !hasEnded) {
    return { account, due: { revenue: 0n, fees: 0n } };
  }
  const end = market.outcomes.get(account.epoch);
  if (end === undefined) throw new Error(`epoch ${account.epoch} has a demand and no outcome`);

  let allocation = (account.demand * end.scale) / UNIT;
  const lockedPrice = unpackPrice(account.lockedPrice);
  if (account.answered !== end.round + 1n && lockedPrice < end.price) {
    const affordable = (account.demand * lockedPrice) / end.price;
    if (affordable < allocation) allocation = affordable;
  }
  const revenue = paymentUp(end.price, allocation, divisor);
  const fees = policy === "Refunding" ? chargeUp(end, allocation, divisor) : 0n;
  const balance = account.balance - revenue - fees;
  return {
    account: { ...account, balance, demand: allocation, answered: SETTLED },
    due: { revenue, fees },
  };
}

/** `_locked`: the most the standing demand can still cost its owner, token base units. */
export function locked(market: TwinMarket, account: TwinAccount): bigint {
  if (account.demand === 0n || account.answered === SETTLED) return 0n;
  const { posted, divisor } = market;
  const isFresh = account.answered === posted.round + 1n;
  const price = isFresh ? posted.price : unpackPrice(account.lockedPrice);
  const payment = paymentUp(price, account.demand, divisor);
  if (market.policy === "PerSubmission") return payment;
  return payment + chargeUp(posted, account.demand, divisor);
}

/** Adds what an account owes to what the market holds for provider and treasury. */
export function book(market: TwinMarket, due: TwinFunds): void {
  market.funds.revenue += due.revenue;
  market.funds.fees += due.fees;
}

/** A copy of the account as it is stored; all zero for one that has not joined. */
export function accountOf(market: TwinMarket, agent: string): TwinAccount {
  const stored = market.accounts.get(agent);
  return stored === undefined
    ? { balance: 0n, demand: 0n, lockedPrice: 0n, epoch: 0n, answered: 0n }
    : { ...stored };
}
