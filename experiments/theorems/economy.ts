import type { Agent, Fees } from "../../mechanism/agent.ts";
import { respond } from "../../mechanism/best-response.ts";
import { curvatureAt, totalDemand } from "../../mechanism/equilibrium.ts";
import { createRandom } from "../../mechanism/random.ts";
import type { Draw } from "../experiment.ts";
import { streamSeed } from "../harness/seeds.ts";
import { paperAgents, paperFees } from "../tables/population.ts";

/** A market without its algorithm: who takes part, m in units, what a demand is charged. */
export type Economy = { agents: readonly Agent[]; capacity: number; fees: Fees };

const COUNT = 20;

const noExecutionFee: Fees = { ...paperFees, executionFee: 0 };

/** Tells the isoelastic agents' stream from those of the tables' agents. */
const ISOELASTIC_STREAM = 4001;

/**
 * A market that meets Assumption 3.1: isoelastic valuations, for which V'(0) = ∞, with ρ ~ U(0.5, 0.7)
 * and Table 3's α, β and τ; g = 0.
 *
 * @param share m as a share of demand at price zero: above 1 capacity is slack
 */
export function assumed(draw: Draw, share = 0.5): Economy {
  const { uniform } = createRandom(streamSeed(draw.seed, draw.replication, ISOELASTIC_STREAM));
  const agents = Array.from({ length: COUNT }, (_, index): Agent => ({
    id: `agent-${index}`,
    valuation: { family: "isoelastic", alpha: 5 + 15 * uniform(), shape: 0.5 + 0.2 * uniform() },
    cost: { family: "linear", beta: 0.5 + 4.5 * uniform() },
  }));
  return sized(agents, noExecutionFee, share);
}

/** The same with the paper's example, for which V'(0) = α: Table 3's agents, g = 0. */
export function logarithmic(draw: Draw, share = 0.5): Economy {
  return sized(paperAgents(COUNT, draw), noExecutionFee, share);
}

/** Table 3 as it is: its agents, n = 20, m = 100, g = 1. */
export function table3(draw: Draw): Economy {
  return { agents: paperAgents(COUNT, draw), capacity: 100, fees: paperFees };
}

/** The market with Table 3's execution fee, g = 1, and the same capacity. */
export function withExecutionFee(economy: Economy): Economy {
  return { ...economy, fees: paperFees };
}

/** The market with m in the middle of the largest jump of demand that is found. */
export function inJump(economy: Economy): Economy {
  const { above, below } = largestJump(economy);
  return { ...economy, capacity: (above + below) / 2 };
}

function sized(agents: readonly Agent[], fees: Fees, share: number): Economy {
  return { agents, capacity: share * totalDemand(agents, Infinity, fees, 0), fees };
}

/** S(μ) as the paper has it, in units: nobody is held to capacity. */
export function demandAt({ agents, fees }: Economy, price: number): number {
  return totalDemand(agents, Infinity, fees, price);
}

/** −S'(μ) by eq. (18), in units squared a token: over those who demand something below capacity. */
export function slopeAt({ agents, fees, capacity }: Economy, price: number): number {
  let slope = 0;
  for (const agent of agents) {
    const x = respond(agent, fees, price, 0, 0, capacity);
    if (x > 0 && x < capacity) slope += 1 / curvatureAt(agent, fees, x);
  }
  return slope;
}

/**
 * L, a Lipschitz constant of S over all prices, in units squared a token: each agent's demand is
 * steepest where it is largest, for V'' rises towards 0 in both families.
 */
export function lipschitzOf({ agents, fees, capacity }: Economy): number {
  let sum = 0;
  for (const agent of agents) {
    const x = respond(agent, fees, 0, 0, 0, capacity);
    if (x > 0) sum += 1 / curvatureAt(agent, fees, x);
  }
  return sum;
}

/** 0, and eight prices a decade from a thousandth to a hundred thousand tokens a unit. */
export const prices: readonly number[] = [
  0,
  ...Array.from({ length: 65 }, (_, at) => 10 ** (at / 8 - 3)),
];

/** A price at which demand falls at once, and demand on its two sides in units. */
export type Jump = { price: number; above: number; below: number };

/** Halvings of an interval of prices: after these a continuous demand has nothing left to fall. */
const HALVINGS = 60;

/**
 * The largest jump of S that following the larger fall through halved intervals leads to. It may
 * miss one behind a steep slope; what it finds is there, and what it finds of a continuous S is
 * rounding.
 */
export function largestJump(economy: Economy): Jump {
  let largest: Jump = { price: 0, above: 0, below: 0 };
  for (let at = 1; at < prices.length; at++) {
    let [low, high] = [prices[at - 1]!, prices[at]!];
    let [above, below] = [demandAt(economy, low), demandAt(economy, high)];
    for (let halving = 0; halving < HALVINGS; halving++) {
      const middle = (low + high) / 2;
      const between = demandAt(economy, middle);
      if (above - between > between - below) [high, below] = [middle, between];
      else [low, above] = [middle, between];
    }
    if (above - below > largest.above - largest.below) largest = { price: high, above, below };
  }
  return largest;
}
