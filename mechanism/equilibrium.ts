import type { Agent, Fees } from "./agent.ts";
import { respond } from "./best-response.ts";
import { checkNumber } from "./checks.ts";
import { CLEARING_TOLERANCE, findClearingPrice, type Aggregate } from "./clearing-price.ts";
import { costFamilyOf } from "./costs/families.ts";
import { valuationFamilyOf } from "./valuations/families.ts";

/** The outcome of the market when every agent answers the right price at once. */
export type Equilibrium = {
  /** μ*, in tokens a unit. */
  price: number;
  /** xᵢ*, the best responses to that price, in units, in the agents' order. */
  demands: Float64Array;
  /** Σxᵢ*, in units. */
  total: number;
  /**
   * `cleared`: Σx* = m. `slack`: μ* = 0 and Σx* < m. `rationed`: with g > 0 demand jumps over m,
   * and μ* is the smallest price (to the last bit of a double) with Σx* ≤ m.
   */
  state: "cleared" | "slack" | "rationed";
  /** What each agent gets: xᵢ·min(1, m/Σx), in units; never more than m together. */
  allocations: Float64Array;
};

/**
 * The market equilibrium: best responses to one price, Σx ≤ m, μ ≥ 0 and μ(m − Σx) = 0, which
 * is eqs. (3)–(6) with complementary slackness in place of Σx = m. Where g > 0 leaves no such
 * price, the rationed equilibrium. This is the oracle: no dynamics, no step size, O(n) a pass.
 *
 * Each agent is held to `capacity`, as the contract holds it.
 *
 * @param capacity m > 0, in units
 * @throws RangeError if capacity is not positive and finite
 */
export function solveEquilibrium(
  agents: readonly Agent[],
  capacity: number,
  fees: Fees,
): Equilibrium {
  checkNumber("capacity", capacity, { above: 0 });
  const aggregate = { total: 0, slope: 0 };
  const at = (price: number): Aggregate => measure(agents, capacity, fees, price, aggregate);
  const tolerance = CLEARING_TOLERANCE * capacity;

  const excessFree = at(0).total - capacity;
  if (excessFree <= tolerance) {
    return outcome(agents, capacity, fees, 0, excessFree >= -tolerance ? "cleared" : "slack");
  }

  // Invariant from here on: demand exceeds capacity at `lower` and does not at `upper`.
  let lower = 0;
  let upper = 1;
  let gap = at(upper).total - capacity;
  while (gap > tolerance) {
    lower = upper;
    upper *= 4;
    gap = at(upper).total - capacity;
  }
  if (gap >= -tolerance) return outcome(agents, capacity, fees, upper, "cleared");

  const start = { price: lower, ...at(lower) };
  const found = findClearingPrice(at, capacity, { lower, upper, start });
  const isJump = !found.isCleared && anyoneEnters(agents, capacity, fees, found.below, found.price);
  return outcome(agents, capacity, fees, found.price, isJump ? "rationed" : "cleared");
}

/**
 * Total demand at a price, in units: S(μ), eq. (5), each agent held to `capacity`. Nothing is
 * allocated.
 */
export function totalDemand(
  agents: readonly Agent[],
  capacity: number,
  fees: Fees,
  price: number,
): number {
  let total = 0;
  for (const agent of agents) total += respond(agent, fees, price, 0, 0, capacity);
  return total;
}

/** One pass over the agents: S(μ) and S'(μ), written to `into` so that a pass allocates nothing. */
function measure(
  agents: readonly Agent[],
  capacity: number,
  fees: Fees,
  price: number,
  into: Aggregate,
): Aggregate {
  into.total = 0;
  into.slope = 0;
  for (const agent of agents) {
    const x = respond(agent, fees, price, 0, 0, capacity);
    into.total += x;
    // Eq. (18) summed over those between 0 and capacity.
    if (x > 0 && x < capacity) into.slope -= 1 / curvatureAt(agent, fees, x);
  }
  return into;
}

/** C''(x) + φ − V''(x) > 0, in tokens a unit squared: how fast the marginal payoff falls. */
export function curvatureAt(agent: Agent, fees: Fees, x: number): number {
  const { valuation, cost } = agent;
  return (
    costFamilyOf(cost).secondDerivative(cost, x) +
    fees.progressiveFee -
    valuationFamilyOf(valuation).secondDerivative(valuation, x)
  );
}

/** Whether some agent stays out at `upper` and demands at `lower`, with a fixed fee to cover. */
function anyoneEnters(
  agents: readonly Agent[],
  capacity: number,
  fees: Fees,
  lower: number,
  upper: number,
): boolean {
  if (fees.executionFee === 0) return false;
  return agents.some(
    (agent) =>
      respond(agent, fees, upper, 0, 0, capacity) === 0 &&
      respond(agent, fees, lower, 0, 0, capacity) > 0,
  );
}

function outcome(
  agents: readonly Agent[],
  capacity: number,
  fees: Fees,
  price: number,
  state: Equilibrium["state"],
): Equilibrium {
  const demands = new Float64Array(agents.length);
  let total = 0;
  agents.forEach((agent, index) => {
    const demand = respond(agent, fees, price, 0, 0, capacity);
    demands[index] = demand;
    total += demand;
  });
  const share = total > capacity ? capacity / total : 1;
  return { price, demands, total, state, allocations: demands.map((demand) => demand * share) };
}
