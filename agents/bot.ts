import { bestResponse } from "../mechanism/best-response.ts";
import type { Agent, Fees } from "../mechanism/agent.ts";
import { createRandom } from "../mechanism/random.ts";

/** How a bot answers. All answer the posted price with the proximal best response of weight γ to their standing demand. */
export type Strategy =
  /** Sends it, every round. */
  | { name: "truthful"; gamma: number }
  /** Sends samples of it with normal noise of this standard deviation (units), drawn from the seed. */
  | { name: "noisy"; gamma: number; noise: number; seed: number }
  /** Sends it only if it moved by more than the deadband (units). */
  | { name: "lazy"; gamma: number; deadband: number };

/** A participant and the way it answers. */
export type Bot = { agent: Agent; strategy: Strategy };

/** The posted round in plain numbers: prices and fees in tokens, quantities in units. */
export type Posting = {
  epoch: number;
  round: number;
  price: number;
  capacity: number;
  fees: Fees;
  samples: number;
};

/** What the chain holds of the bot. */
export type Standing = {
  /** Demand that stands in this epoch, units; 0 if there is none. */
  demand: number;
  /** What it can lock, tokens. */
  budget: number;
};

/**
 * A bot's whole mind: from the posted price and its standing demand to the samples of its next demand, or null to let
 * the standing one stand. Pure: the same question gets the same answer, whoever asks and whenever, so a bot that was
 * killed goes on as if it had not been.
 *
 * @returns as many samples as the market takes, each in [0, capacity], in units
 * @throws RangeError if demand at this price is unbounded
 */
export function answer(
  { agent, strategy }: Bot,
  posting: Posting,
  standing: Standing,
): number[] | null {
  const demand = bestResponse(agent, posting.fees, posting.price, {
    proximalWeight: strategy.gamma,
    standing: standing.demand,
    capacity: Math.min(posting.capacity, affordable(posting, standing.budget)),
  });
  switch (strategy.name) {
    case "truthful":
      return repeat(demand, posting.samples);
    case "lazy":
      return Math.abs(demand - standing.demand) <= strategy.deadband
        ? null
        : repeat(demand, posting.samples);
    case "noisy": {
      if (demand === 0) return repeat(0, posting.samples);
      const random = createRandom(mixSeed(strategy.seed, agent.id, posting.epoch, posting.round));
      const most = Math.min(posting.capacity, affordable(posting, standing.budget));
      return Array.from({ length: posting.samples }, () =>
        Math.min(most, Math.max(0, demand + strategy.noise * random.normal())),
      );
    }
  }
}

/**
 * The largest demand whose charge and payment a budget covers: (τ + μ)x + ½φx² + g ≤ budget, in units.
 *
 * @param budget tokens
 */
export function affordable({ price, fees }: Posting, budget: number): number {
  // Held back: what the doubles here may be off by, and what the contract's rounding up of x² may cost.
  const margin = 1e-12 * (budget + fees.executionFee) + 1e-18 * fees.progressiveFee;
  const left = budget - fees.executionFee - margin;
  if (left <= 0) return 0;
  const linear = fees.unitFee + price;
  // The larger root of ½φx² + linear·x − left, in the form that stays accurate as φ → 0.
  const slope = linear + Math.sqrt(linear * linear + 2 * fees.progressiveFee * left);
  return slope === 0 ? Infinity : (2 * left) / slope;
}

function repeat(demand: number, samples: number): number[] {
  return Array.from({ length: samples }, () => demand);
}

/** A seed of its own for each agent, epoch and round (FNV-1a over their text). */
function mixSeed(seed: number, id: string, epoch: number, round: number): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${id}/${epoch}/${round}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash;
}
