import { chargeOf, validateFees, type Agent, type Fees } from "./agent.ts";
import { payoff, respond, surplus } from "./best-response.ts";
import { checkNumber } from "./checks.ts";
import { solveEquilibrium } from "./equilibrium.ts";

// What the paper holds its mechanism against (Table 6). Each gives the allocations, in units, in
// the agents' order; `metrics.ts` measures them.

/** More sets of agents than any market of distinct agents has come near to. */
const MAX_SETS = 10_000;

/**
 * No enforcement: best responses to a price of zero, eq. (3), and no capacity. The paper names
 * the rule and does not define it; this is the only reading under which its cost is the highest.
 *
 * @throws RangeError if a fee is out of range, or some agent's demand is unbounded
 */
export function noEnforcement(agents: readonly Agent[], fees: Fees): Float64Array {
  return postedPrice(agents, fees, 0);
}

/**
 * Proportional allocation: what agents want at a price of zero, each cut by the same min(1, m/Σx).
 *
 * @param capacity m > 0, in units
 * @throws RangeError if capacity or a fee is out of range, or some agent's demand is unbounded
 */
export function proportional(agents: readonly Agent[], capacity: number, fees: Fees): Float64Array {
  checkNumber("capacity", capacity, { above: 0 });
  const demands = noEnforcement(agents, fees);
  const total = demands.reduce((sum, demand) => sum + demand, 0);
  const share = total > capacity ? capacity / total : 1;
  return demands.map((demand) => demand * share);
}

/**
 * Flat smart contract: best responses to one price for all times, eq. (3), and no capacity. The
 * paper gives neither definition nor price.
 *
 * @param price in tokens a unit, at least 0
 * @throws RangeError if the price or a fee is out of range, or some agent's demand is unbounded
 */
export function postedPrice(agents: readonly Agent[], fees: Fees, price: number): Float64Array {
  validateFees(fees);
  checkNumber("price", price, { atLeast: 0 });
  return Float64Array.from(agents, (agent) => respond(agent, fees, price, 0, 0, Infinity));
}

/** Allocations of the greatest efficiency, and how far the search had to go to know it. */
export type SocialOptimum = {
  /** In units, in the agents' order. */
  allocations: Float64Array;
  /** In tokens: eq. (8). */
  efficiency: number;
  /** Sets of takers that were compared; 1 where the equilibrium settles the question. */
  sets: number;
};

/**
 * The social optimum: max Σ(V(x) − C(x) − τx − g·1{x > 0}) subject to Σx ≤ m, eq. (8). The
 * progressive fee is a transfer and plays no part.
 *
 * Given who takes part the problem is concave, and the equilibrium without g solves it. Who takes
 * part is found exactly: at the equilibrium price μ the dual value D = μm + Σ max(0, Uᵢ) bounds
 * every allocation, and a set that differs from the price's own choice in some agents by no less
 * than Σ|Uᵢ| over them. Only sets above the best so far are tried; without g, or with slack
 * capacity, that is one.
 *
 * @param capacity m > 0, in units; each agent is held to it
 * @throws RangeError if capacity or a fee is out of range, or agents are so much alike that more
 *   than 10,000 sets would have to be compared
 */
export function socialOptimum(
  agents: readonly Agent[],
  capacity: number,
  fees: Fees,
): SocialOptimum {
  checkNumber("capacity", capacity, { above: 0 });
  validateFees(fees);
  const spent: Fees = { ...fees, progressiveFee: 0 };
  const free: Fees = { ...spent, executionFee: 0 };
  const { price } = solveEquilibrium(agents, capacity, spent);

  const takesPart = new Uint8Array(agents.length);
  const gains = Float64Array.from(agents, (agent) => {
    const x = respond(agent, free, price, 0, 0, capacity);
    return payoff(agent, free, price, x) - spent.executionFee;
  });
  let bound = price * capacity;
  gains.forEach((gain, index) => {
    takesPart[index] = gain > 0 ? 1 : 0;
    bound += Math.max(0, gain);
  });

  const best: SocialOptimum = {
    allocations: new Float64Array(agents.length),
    efficiency: 0,
    sets: 0,
  };
  const tryOut = (): void => {
    best.sets += 1;
    if (best.sets > MAX_SETS) {
      throw new RangeError(
        `the social optimum of ${agents.length} agents needs more than ${MAX_SETS} sets of takers ` +
          "compared; make agents less alike, or the execution fee 0",
      );
    }
    const takers = agents.filter((_, index) => takesPart[index] === 1);
    const shares = solveEquilibrium(takers, capacity, free).allocations;
    const efficiency = takers.reduce(
      (sum, agent, index) => sum + net(agent, spent, shares[index] ?? 0),
      0,
    );
    if (!(efficiency > best.efficiency)) return;
    best.efficiency = efficiency;
    let next = 0;
    agents.forEach((_, index) => {
      best.allocations[index] = takesPart[index] === 1 ? (shares[next++] ?? 0) : 0;
    });
  };

  // Rounding alone must not send the search on.
  const slack = 1e-12 * (1 + Math.abs(bound));
  const order = Array.from(agents.keys()).sort(
    (a, b) => Math.abs(gains[a] ?? 0) - Math.abs(gains[b] ?? 0),
  );
  const search = (from: number, least: number): void => {
    for (let at = from; at < order.length; at++) {
      const index = order[at] ?? 0;
      const left = least - Math.abs(gains[index] ?? 0);
      if (left <= best.efficiency + slack) return;
      takesPart[index] = 1 - (takesPart[index] ?? 0);
      tryOut();
      search(at + 1, left);
      takesPart[index] = 1 - (takesPart[index] ?? 0);
    }
  };
  tryOut();
  search(0, bound);
  return best;
}

/** One agent's part of eq. (8), in tokens. */
function net(agent: Agent, fees: Fees, x: number): number {
  return surplus(agent, x) - chargeOf(fees, x);
}
