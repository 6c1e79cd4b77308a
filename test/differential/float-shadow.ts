import { chargeOf } from "../../mechanism/agent.ts";
import { settle } from "../../mechanism/dynamics.ts";
import { numberFromFixed } from "../../mechanism/fixed-point.ts";
import {
  closeRound,
  openingState,
  type PriceState,
  type PriceUpdateParameters,
} from "../../mechanism/price-update.ts";
import { settledAccount } from "../../mechanism/twin-accounts.ts";
import { unpackPrice } from "../../mechanism/twin-arithmetic.ts";
import { SETTLED, type TwinMarket } from "../../mechanism/twin-state.ts";

// The float dynamics beside a twin, given the same demands: they keep a price of their own from
// the opening of the epoch on.

/** How far prices and amounts may be apart, relative to the larger. */
const TOLERANCE = 1e-12;

/** One epoch in floats. */
export type FloatShadow = { rules: PriceUpdateParameters; state: PriceState };

/** What a round showed before it was closed. */
export type ClosingRound = {
  samples: bigint;
  round: bigint;
  price: bigint;
  demand: bigint;
  movement: bigint;
  capacity: bigint;
  previousDemand: bigint;
};

/** The shadow of an epoch that has just been opened. */
export function shadowOf({ rules, posted }: TwinMarket): FloatShadow {
  const initialStep = numberFromFixed(rules.initialStep);
  const { rule } = rules;
  return {
    rules: {
      capacity: numberFromFixed(posted.capacity),
      stepRule:
        rule === "RobbinsMonro"
          ? { rule, initialStep, stepOffset: Number(rules.stepOffset) }
          : { rule, initialStep },
      maxStep: numberFromFixed(rules.maxStep),
      primalTolerance: numberFromFixed(rules.primalTolerance),
      dualTolerance: numberFromFixed(rules.dualTolerance),
      movementTolerance: numberFromFixed(rules.movementTolerance),
      maxRounds: Number(rules.maxRounds),
    },
    state: openingState(numberFromFixed(posted.price)),
  };
}

/** What the twin holds before a round is closed. */
export function closingRound({ posted, totals, bracket }: TwinMarket): ClosingRound {
  const { samples, round, price, capacity } = posted;
  const { demand, movement } = totals;
  const { previousDemand } = bracket;
  return { samples, round, price, demand, movement, capacity, previousDemand };
}

/**
 * Whether floats take for equal what the rules tell apart: demand and capacity, or the last two demands. On which side
 * of capacity a round was, or whether demand fell, cannot be said in floats then.
 */
export function isBeyondFloats({ demand, capacity, previousDemand }: ClosingRound): boolean {
  return [capacity, previousDemand].some(
    (other) => other !== demand && numberFromFixed(other) === numberFromFixed(demand),
  );
}

/**
 * Close the round in floats too, once the twin has closed it, and compare price, reason,
 * allocations and what they cost.
 *
 * @returns how many demands were settled and compared
 * @throws Error telling what differs
 */
export function closeShadow(shadow: FloatShadow, twin: TwinMarket, was: ClosingRound): number {
  const demand = numberFromFixed(was.demand);
  const movement = numberFromFixed(was.movement);
  const closed = closeRound(shadow.state, demand, movement, shadow.rules);
  const reason = twin.posted.samples === 0n ? twin.outcomes.get(twin.posted.epoch)?.reason : "none";
  same("reason", closed.stop ?? "none", reason);
  if (closed.stop !== undefined) return compareAllocations(shadow, twin, demand);
  const scale = Math.max(shadow.state.price, closed.nextPrice);
  near("price", closed.nextPrice, numberFromFixed(twin.posted.price), scale);
  shadow.state = closed.next;
  return 0;
}

function compareAllocations(shadow: FloatShadow, twin: TwinMarket, total: number): number {
  const { posted, outcomes } = twin;
  const end = outcomes.get(posted.epoch);
  if (end === undefined) throw new Error("the epoch has no outcome");
  const price = numberFromFixed(end.price);
  near("last price", shadow.state.price, price, price);
  const owners = [...twin.accounts].filter(
    ([, { epoch, answered, demand }]) =>
      epoch === posted.epoch && answered !== SETTLED && demand > 0n,
  );
  const demands = Float64Array.from(owners, ([, { demand }]) => numberFromFixed(demand));
  const answeredPrices = Float64Array.from(owners, ([, { answered, lockedPrice }]) =>
    answered === end.round + 1n ? price : numberFromFixed(unpackPrice(lockedPrice)),
  );
  const allocations = settle(demands, answeredPrices, price, total, shadow.rules.capacity);
  const fees = {
    unitFee: numberFromFixed(end.unitFee),
    executionFee: numberFromFixed(end.executionFee),
    progressiveFee: numberFromFixed(end.progressiveFee),
  };
  owners.forEach(([agent, { balance }], index) => {
    const settled = settledAccount(twin, agent);
    const allocation = numberFromFixed(settled.demand);
    near(`allocation of ${agent}`, allocations[index]!, allocation, demands[index]!);
    const paid = numberFromFixed((balance - settled.balance) * twin.divisor, 36);
    const charge = twin.policy === "Refunding" ? chargeOf(fees, allocation) : 0;
    const due = price * allocation + charge;
    // Each of one or two amounts is rounded up by less than a base unit, so this is the middle.
    const middle = numberFromFixed(twin.divisor, 36) * (twin.policy === "Refunding" ? 1 : 0.5);
    near(`payment of ${agent}`, due + middle, paid, due, middle);
  });
  return owners.length;
}

function same(what: string, floats: string, twin: string | undefined): void {
  if (floats !== twin) throw new Error(`${what}: ${floats} in floats, ${String(twin)} in the twin`);
}

function near(what: string, floats: number, twin: number, scale: number, rounding = 2e-18): void {
  if (Math.abs(floats - twin) <= TOLERANCE * scale + rounding) return;
  throw new Error(`${what}: ${floats} in floats, ${twin} in the twin`);
}
