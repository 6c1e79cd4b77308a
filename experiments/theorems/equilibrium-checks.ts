import type { Agent } from "../../mechanism/agent.ts";
import { payoff, respond } from "../../mechanism/best-response.ts";
import { solveEquilibrium, totalDemand } from "../../mechanism/equilibrium.ts";
import { valuationFamilyOf } from "../../mechanism/valuations/families.ts";
import { slopeAt, type Economy } from "./economy.ts";
import type { Outcome } from "./statement.ts";

/** Proposition 3.4, Theorem 4.6: a price with S = m. Size: the share of m that is left over. */
export function clears({ agents, capacity, fees }: Economy): Outcome {
  const { total } = solveEquilibrium(agents, capacity, fees);
  const size = 1 - total / capacity;
  return { failed: Math.abs(size) > 1e-9, size };
}

/**
 * Proposition 3.5, Theorem 4.7: one price only, each demand held to capacity. Size: how far the highest
 * and the lowest price with S = m (to a billionth) are apart, in tokens a unit.
 */
export function isOnePrice({ agents, capacity, fees }: Economy): Outcome {
  const firstBelow = (bound: number): number => {
    let [low, high] = [0, 1];
    while (totalDemand(agents, capacity, fees, high) > bound) high *= 2;
    for (let halving = 0; halving < 100; halving++) {
      const middle = (low + high) / 2;
      if (totalDemand(agents, capacity, fees, middle) > bound) low = middle;
      else high = middle;
    }
    return high;
  };
  const lowest = firstBelow(capacity * (1 + 1e-9));
  const highest = firstBelow(capacity * (1 - 1e-9));
  return { failed: highest - lowest > 1e-6 * (1 + highest), size: highest - lowest };
}

/**
 * Proposition 3.5, Theorem 4.7: one allocation only, for two agents like the largest here and m what one of them wants at the
 * price p̂ up to which it takes part. It fails if taking part and staying out are worth the same there: then
 * (x̂, 0) and (0, x̂) both clear the market. Size: x̂, in units.
 */
export function isOneAllocation({ agents, fees }: Economy): Outcome {
  const wants = (agent: Agent): number => respond(agent, fees, 0, 0, 0, Infinity);
  const agent = agents.reduce((one, other) => (wants(other) > wants(one) ? other : one));
  let [low, high] = [0, 1];
  while (respond(agent, fees, high, 0, 0, Infinity) > 1e-6 && high < 1e9) high *= 2;
  for (let halving = 0; halving < 100; halving++) {
    const middle = (low + high) / 2;
    if (respond(agent, fees, middle, 0, 0, Infinity) > 1e-6) low = middle;
    else high = middle;
  }
  const size = respond(agent, fees, low, 0, 0, Infinity);
  const isIndifferent = Math.abs(payoff(agent, fees, low, size)) < 1e-9;
  return { failed: size > 1e-3 && isIndifferent, size };
}

/** Proposition 4.3: 0 ≤ μ* < max V'(0) − τ. Size: μ* over that bound, 0 where it is infinite. */
export function isPriceBounded({ agents, capacity, fees }: Economy): Outcome {
  const { price } = solveEquilibrium(agents, capacity, fees);
  const bound =
    Math.max(
      ...agents.map(({ valuation }) => valuationFamilyOf(valuation).marginal(valuation, 0)),
    ) - fees.unitFee;
  return { failed: !(price >= 0 && price < bound), size: price / bound };
}

/** The share of m that Proposition 4.4's difference goes to either side. */
const NUDGE = 1e-6;

/** Proposition 4.4: μ* changes with m at the rate 1/S'(μ*). Size: a central difference of μ* over the right side. */
export function followsCapacity(economy: Economy): Outcome {
  const { agents, capacity, fees } = economy;
  const priceAt = (by: number): number => solveEquilibrium(agents, capacity * (1 + by), fees).price;
  const change = (priceAt(NUDGE) - priceAt(-NUDGE)) / (2 * NUDGE * capacity);
  const size = -change * slopeAt(economy, priceAt(0));
  return { failed: Math.abs(size - 1) > 1e-3, size };
}
