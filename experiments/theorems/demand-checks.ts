import { bestResponse, respond } from "../../mechanism/best-response.ts";
import { curvatureAt } from "../../mechanism/equilibrium.ts";
import { demandAt, largestJump, prices, type Economy } from "./economy.ts";
import type { Outcome } from "./statement.ts";

/** In units: more than rounding leaves of a fall over an interval of no width. */
const JUMP = 1e-6;

/** Lemmas 3.3 and 4.2: S is continuous. Size: its largest jump, in units. */
export function isContinuous(economy: Economy): Outcome {
  const { above, below } = largestJump(economy);
  return { failed: above - below > JUMP, size: above - below };
}

/**
 * Lemmas 3.3 and 4.2: no response rises, and S falls strictly. Size: the highest price, in tokens a
 * unit, up to which that is so.
 */
export function strictlyFalls(economy: Economy): Outcome {
  const { agents, fees } = economy;
  for (let at = 1; at < prices.length; at++) {
    const [before, price] = [prices[at - 1]!, prices[at]!];
    const rises = agents.some(
      (agent) =>
        respond(agent, fees, price, 0, 0, Infinity) > respond(agent, fees, before, 0, 0, Infinity),
    );
    if (rises || !(demandAt(economy, price) < demandAt(economy, before))) {
      return { failed: true, size: before };
    }
  }
  return { failed: false, size: prices.at(-1)! };
}

/** Prices that come near the best there is, zero itself included. */
const lowPrices = [1, 0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 0];

/**
 * Lemma 4.1: no response is above the finite root of V' = C', eq. (16). Size: the largest response to
 * a price of a millionth or more, in units.
 */
export function isBounded({ agents, fees }: Economy): Outcome {
  const free = { unitFee: 0, executionFee: 0, progressiveFee: 0 };
  let failed = false;
  let size = 0;
  for (const agent of agents) {
    let bound = Infinity;
    try {
      bound = bestResponse(agent, free, 0);
    } catch (error) {
      // How the best response says that there is no finite one.
      if (!(error instanceof RangeError)) throw error;
      failed = true;
    }
    for (const price of lowPrices) {
      if (price === 0 && bound === Infinity) continue;
      const x = respond(agent, fees, price, 0, 0, Infinity);
      if (price > 0) size = Math.max(size, x);
      if (x > bound * (1 + 1e-12)) failed = true;
    }
  }
  return { failed, size };
}

/**
 * Eq. (18): dx/dμ as a central difference is `sign`/(C'' − V''). Size: the first over the second's
 * absolute value, the farthest from `sign` among the agents.
 */
export function hasSlope({ agents, fees }: Economy, price: number, sign: 1 | -1): Outcome {
  const width = 1e-5 * (1 + price);
  let size: number = sign;
  for (const agent of agents) {
    const [before, x, after] = [-width, 0, width].map((by) =>
      respond(agent, fees, price + by, 0, 0, Infinity),
    ) as [number, number, number];
    if (!(after > 0)) continue;
    const ratio = ((after - before) / (2 * width)) * curvatureAt(agent, fees, x);
    if (Math.abs(ratio - sign) >= Math.abs(size - sign)) size = ratio;
  }
  return { failed: Math.abs(size - sign) > 1e-3, size };
}
