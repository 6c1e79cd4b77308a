import type { Agent, Fees } from "./agent.ts";
import { respond } from "./best-response.ts";
import { checkNumber } from "./checks.ts";
import { costFamilyOf } from "./costs/families.ts";
import { totalDemand } from "./equilibrium.ts";
import { checkNoExecutionFee } from "./strategic.ts";
import { turningPoint } from "./turning-point.ts";
import { valuationFamilyOf } from "./valuations/families.ts";

/** The outcome of the proportional allocation game. */
export type ProportionalGame = {
  /** Σwᵢ/m, in tokens a unit. */
  price: number;
  /** xᵢ = wᵢ/price, in units, in the agents' order. */
  allocations: Float64Array;
};

/**
 * The Nash equilibrium of the proportional allocation game: agent i bids a payment wᵢ, the price is
 * Σw/m and everybody gets wᵢ/price (Kelly, 1997). It is the game of Johari and Tsitsiklis' bound
 * ("Efficiency Loss in a Network Resource Allocation Game", Mathematics of Operations Research
 * 29(3), 2004): for concave, increasing Uᵢ with Uᵢ(0) ≥ 0, ΣUᵢ at its equilibrium is at least 3/4
 * of the greatest there is.
 *
 * Here Uᵢ is V − C − τx − ½φx² up to its peak and flat after. The equilibrium is the only solution of
 * Uᵢ'(x)(1 − x/m) = price for x > 0, Uᵢ'(0) ≤ price for x = 0, Σx = m (Hajek and Gopalakrishnan,
 * 2002). Where everything fits the price is zero, and everybody takes what it wants.
 *
 * @param capacity m > 0, in units
 * @throws RangeError if capacity is not above 0, there are fewer than two agents, or an execution fee
 *   is charged, with which U is not concave
 */
export function proportionalGame(
  agents: readonly Agent[],
  capacity: number,
  fees: Fees,
): ProportionalGame {
  checkNumber("capacity", capacity, { above: 0 });
  checkNumber("number of agents", agents.length, { atLeast: 2 });
  checkNoExecutionFee(fees);
  if (totalDemand(agents, capacity, fees, 0) <= capacity) {
    const demands = Float64Array.from(agents, (agent) => respond(agent, fees, 0, 0, 0, capacity));
    return { price: 0, allocations: demands };
  }
  const demandsAt = (price: number): Float64Array =>
    Float64Array.from(agents, (agent) => wantedAt(agent, capacity, fees, price));
  const total = (demands: Float64Array): number => demands.reduce((sum, x) => sum + x, 0);
  const [, price] = turningPoint((at) => total(demandsAt(at)) > capacity, 1);
  const allocations = demandsAt(price);
  // What the last digit of the price leaves over or asks too much.
  const share = capacity / total(allocations);
  return { price, allocations: allocations.map((x) => x * share) };
}

/** The x with U'(x)(1 − x/m) = price, in units; 0 where even the first unit is worth less. */
function wantedAt({ valuation, cost }: Agent, capacity: number, fees: Fees, price: number): number {
  const isWorthMore = (x: number): boolean => {
    const marginal =
      valuationFamilyOf(valuation).marginal(valuation, x) -
      costFamilyOf(cost).marginal(cost, x) -
      fees.unitFee -
      fees.progressiveFee * x;
    return x < capacity && marginal * (1 - x / capacity) > price;
  };
  return isWorthMore(0) ? turningPoint(isWorthMore, capacity)[0] : 0;
}
