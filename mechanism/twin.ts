import { difference, UNIT } from "./fixed-point.ts";
import { accountOf, book, locked, settled } from "./twin-accounts.ts";
import {
  chargeUp,
  nextPriceFixed,
  observeFixed,
  packPriceDown,
  paymentUp,
  stopReasonFixed,
  unpackPrice,
  type TwinRound,
} from "./twin-arithmetic.ts";
import {
  deadlineAfter,
  MAX_MOVEMENT,
  MAX_QUANTITY,
  revert,
  type TwinMarket,
  type TwinSignedDemand,
} from "./twin-state.ts";

// ClearingContract.sol in BigInt, function for function, in the same order and under the same
// names, so that the two can be read side by side and run against each other. Left out: who the
// caller is beyond its account, the token itself (deposits arrive whole) and events. A function
// that throws has changed nothing.

/**
 * `join`: become a member.
 *
 * @throws Error `AlreadyJoined`, `NotAdmitted` or `TooManyMembers`
 */
export function join(market: TwinMarket, agent: string): void {
  const account = accountOf(market, agent);
  if (account.epoch !== 0n) revert("AlreadyJoined", agent);
  checkMayJoin(market, agent);
  account.epoch = enter(market);
  market.accounts.set(agent, account);
}

/** `admit`: let agents into an allowlisted market, or stop letting them. */
export function admit(market: TwinMarket, agents: readonly string[], admitted: boolean): void {
  for (const agent of agents) {
    if (admitted) market.admitted.add(agent);
    else market.admitted.delete(agent);
  }
}

/**
 * `deposit`: credit token base units; joins an agent that has not.
 *
 * @throws Error `ZeroAmount`, `BalanceTooLarge`, or as `join`
 */
export function deposit(market: TwinMarket, agent: string, amount: bigint): void {
  if (amount === 0n) revert("ZeroAmount");
  const { account, due } = settled(market, agent);
  const isNew = account.epoch === 0n;
  if (isNew) checkMayJoin(market, agent);
  const balance = account.balance + amount;
  const max = 2n ** 96n - 1n;
  if (balance > max) revert("BalanceTooLarge", agent, balance, max);

  const epoch = isNew ? enter(market) : account.epoch;
  book(market, due);
  market.accounts.set(agent, { ...account, balance, epoch });
}

function checkMayJoin(market: TwinMarket, agent: string): void {
  if (market.allowlisted && !market.admitted.has(agent)) revert("NotAdmitted", agent);
  const max = 2n ** 24n - 1n;
  if (market.totals.members === max) revert("TooManyMembers", max);
}

/** Counts a member in and gives the epoch that marks its account as one. */
function enter(market: TwinMarket): bigint {
  market.totals.members += 1n;
  return 1n;
}

/**
 * `submit` and `submitSamples`: answer the posted price. The mean of the samples, rounded down,
 * replaces the standing demand.
 *
 * @throws Error `DemandAboveCapacity`, `RoundNotOpen`, `WrongSampleCount`, `NotJoined`,
 *   `AlreadyAnswered`, `InsufficientCollateral` or `TotalDemandTooLarge`
 */
export function submit(
  market: TwinMarket,
  agent: string,
  epoch: bigint,
  round: bigint,
  samples: readonly bigint[],
): void {
  const { posted } = market;
  let sum = 0n;
  for (const sample of samples) {
    // `submit` knows no such check; the one on the mean below gives the same error there.
    if (samples.length !== 1 && sample > MAX_QUANTITY) {
      revert("DemandAboveCapacity", sample, posted.capacity);
    }
    sum += sample;
  }
  checkRoundOpen(market, epoch, round);
  const count = BigInt(samples.length);
  if (count !== posted.samples) revert("WrongSampleCount", count, posted.samples);
  answer(market, agent, sum / count);
}

/**
 * `submitSigned`: answer for agents who have signed.
 *
 * @returns for each entry the error it was passed over with, null where it counts
 * @throws Error `RoundNotOpen`
 */
export function submitSigned(
  market: TwinMarket,
  epoch: bigint,
  round: bigint,
  entries: readonly TwinSignedDemand[],
): (string | null)[] {
  checkRoundOpen(market, epoch, round);
  return entries.map(({ agent, demand, isSigned }) => {
    try {
      if (!isSigned) revert("InvalidSignature", agent);
      answer(market, agent, demand);
      return null;
    } catch (error) {
      // Without collateral too, an agent's own demand has settled its ended epoch.
      if (isSigned && demand <= market.posted.capacity) settleAccounts(market, [agent]);
      return (error as Error).message;
    }
  });
}

function checkRoundOpen({ posted }: TwinMarket, epoch: bigint, round: bigint): void {
  if (posted.samples === 0n || epoch !== posted.epoch || round !== posted.round) {
    revert("RoundNotOpen", epoch, round, posted.epoch, posted.round, posted.samples !== 0n);
  }
}

function answer(market: TwinMarket, agent: string, demand: bigint): void {
  const { posted, divisor } = market;
  const { epoch, round } = posted;
  if (demand > posted.capacity) revert("DemandAboveCapacity", demand, posted.capacity);

  const { account, due } = settled(market, agent);
  if (account.epoch === 0n) revert("NotJoined", agent);
  if (account.epoch !== epoch) {
    account.epoch = epoch;
    account.demand = 0n;
  } else if (account.answered === round + 1n) {
    revert("AlreadyAnswered", agent, epoch, round);
  }

  const charge = chargeUp(posted, demand, divisor);
  const required = charge + paymentUp(posted.price, demand, divisor);
  if (required > account.balance) {
    revert("InsufficientCollateral", agent, account.balance, required);
  }
  if (market.policy === "PerSubmission") {
    account.balance -= charge;
    due.fees += charge;
  }
  move(market, account.demand, demand);
  market.totals.answered += 1n;
  account.demand = demand;
  account.lockedPrice = packPriceDown(posted.price);
  account.answered = round + 1n;
  book(market, due);
  market.accounts.set(agent, account);
}

/**
 * `trim`: cut demands that stand from a cheaper round to x·μ^r/μᵗ.
 *
 * @throws Error `EpochNotOpen`
 */
export function trim(market: TwinMarket, agents: readonly string[]): void {
  const { posted } = market;
  if (posted.samples === 0n) revert("EpochNotOpen", posted.epoch);
  const price = packPriceDown(posted.price);
  for (const agent of agents) {
    const account = accountOf(market, agent);
    const stands = account.demand !== 0n && account.epoch === posted.epoch;
    if (!stands || account.answered === posted.round + 1n || account.lockedPrice >= price) continue;
    const demand = (account.demand * unpackPrice(account.lockedPrice)) / posted.price;
    move(market, account.demand, demand);
    market.accounts.set(agent, { ...account, demand, lockedPrice: price });
  }
}

function move(market: TwinMarket, from: bigint, to: bigint): void {
  const { totals } = market;
  const max = 2n ** 96n - 1n;
  const demand = totals.demand - from + to;
  if (demand > max) revert("TotalDemandTooLarge", demand, max);
  const movement = totals.movement + difference(from, to);
  totals.demand = demand;
  totals.movement = movement > MAX_MOVEMENT ? MAX_MOVEMENT : movement;
}

/**
 * `closeRound`: settle the epoch or post the next price.
 *
 * @param now unix seconds
 * @throws Error `EpochNotOpen` or `RoundStillOpen`
 */
export function closeRound(market: TwinMarket, now: bigint): void {
  const { posted, totals, rules, bracket } = market;
  if (posted.samples === 0n) revert("EpochNotOpen", posted.epoch);
  const haveAllAnswered = totals.answered === totals.members && totals.members !== 0n;
  if (!haveAllAnswered && now < totals.deadline) {
    revert("RoundStillOpen", totals.deadline, totals.answered, totals.members);
  }
  const { price, capacity } = posted;
  const { demand, movement } = totals;
  const round: TwinRound = { index: posted.round, price, demand, movement, capacity };
  const seen = observeFixed(bracket, round);
  const next = nextPriceFixed(rules, bracket, seen, round);
  const reason = stopReasonFixed(rules, seen, round, next);
  if (reason === undefined) {
    market.bracket = seen;
    totals.movement = 0n;
    totals.answered = 0n;
    posted.price = next;
    posted.round += 1n;
    totals.deadline = deadlineAfter(now, rules.roundLength);
  } else {
    const scale = demand > capacity ? (capacity * UNIT) / demand : UNIT;
    const { unitFee, executionFee, progressiveFee } = posted;
    const fees = { unitFee, executionFee, progressiveFee };
    market.outcomes.set(posted.epoch, { price, scale, reason, round: posted.round, ...fees });
    posted.samples = 0n;
  }
}

/** `settleAccounts`: book the outcome of an ended epoch; passes over those with none. */
export function settleAccounts(market: TwinMarket, agents: readonly string[]): void {
  for (const agent of agents) {
    const { account, due } = settled(market, agent);
    if (!market.accounts.has(agent)) continue;
    book(market, due);
    market.accounts.set(agent, account);
  }
}

/**
 * `withdraw`: take out what no demand has locked, token base units.
 *
 * @throws Error `ZeroAmount` or `InsufficientFreeBalance`
 */
export function withdraw(market: TwinMarket, agent: string, amount: bigint): void {
  if (amount === 0n) revert("ZeroAmount");
  const { account, due } = settled(market, agent);
  const free = account.balance - locked(market, account);
  if (amount > free) revert("InsufficientFreeBalance", agent, free, amount);
  book(market, due);
  market.accounts.set(agent, { ...account, balance: account.balance - amount });
}
