import type { Agent, Fees } from "./agent.ts";
import { respond } from "./best-response.ts";
import { checkNumber } from "./checks.ts";
import {
  closeRound,
  openingState,
  type PriceUpdateParameters,
  type Residuals,
  type StopReason,
} from "./price-update.ts";
import { createRandom, type Random } from "./random.ts";

/** One epoch's terms: what a demand is charged, where the price starts and how it moves. */
export type Market = {
  fees: Fees;
  /** μ⁰ ≥ 0, in tokens a unit. */
  initialPrice: number;
  rules: PriceUpdateParameters;
};

/** What an agent is asked in a round. */
export type Question = {
  agent: Agent;
  /** Its place among the agents. */
  index: number;
  /** t, counting from 0. */
  round: number;
  /** μᵗ, in tokens a unit. */
  price: number;
  /** Its demand that stands, in units. */
  standing: number;
  /** Its response as its valuation and the options have it, in units. */
  response: number;
};

/** How the agents behave, and what is recorded of it. */
export type RunOptions = {
  /** γ ≥ 0, in tokens a unit squared; every agent starts from a standing demand of 0. Default 0. */
  proximalWeight?: number;
  /** M ≥ 1, samples in a submission; the demand is their mean. Default 1. */
  samples?: number;
  /**
   * Standard deviation of a sample around the response, in units. Samples stay in [0, capacity],
   * and an agent that wants nothing says so without noise. Default 0.
   */
  noise?: number;
  /** Seed of the noise. Default 0. */
  seed?: number;
  /** An agent stays silent if its response is within this of its standing demand. Default none. */
  deadband?: number;
  /**
   * What an agent sends instead of its response, in units, held to [0, capacity]; undefined to stay
   * silent. For agents that come and go, change their minds or mean no good. Default the response.
   */
  answer?: (question: Question) => number | undefined;
  /** Whether stale demands are cut each round to what their lock affords. Default false. */
  trim?: boolean;
  /** Whether each round keeps a copy of all standing demands. Default false. */
  recordDemands?: boolean;
};

/** What a closed round showed. */
export type RoundRecord = {
  /** t, counting from 0. */
  round: number;
  /** μᵗ, the price answered, in tokens a unit. */
  price: number;
  /** Ŝ, in units. */
  total: number;
  residuals: Residuals;
  /** Standing demands at the close, in units, if they were asked for. */
  demands?: Float64Array;
};

/** How an epoch went and ended. */
export type EpochResult = {
  stop: StopReason;
  /** μ*, the price of the last round, in tokens a unit. */
  price: number;
  /** Standing demands at the end, in units, in the agents' order. */
  demands: Float64Array;
  /** μ^r, the price each standing demand answered, in tokens a unit. */
  answeredPrices: Float64Array;
  /** Ŝ at the end, in units. */
  total: number;
  /** What each agent gets, in units; never more than capacity together. */
  allocations: Float64Array;
  rounds: RoundRecord[];
};

/**
 * Run one epoch, round by round, as the chain does (Algorithm 1; mechanism.md §3–5): agents
 * answer the posted price, demands stand until replaced, the close moves the price or settles.
 * Nothing is random unless `noise` is above 0.
 *
 * @throws RangeError if an option or the opening price is out of range, or demand is unbounded
 */
export function runRounds(
  agents: readonly Agent[],
  market: Market,
  options: RunOptions = {},
): EpochResult {
  const { proximalWeight = 0, samples = 1, noise = 0, seed = 0, deadband, trim = false } = options;
  const { answer = ({ response }: Question): number | undefined => response } = options;
  const { fees, rules } = market;
  checkMarket(market);
  checkNumber("proximalWeight (gamma)", proximalWeight, { atLeast: 0 });
  checkNumber("samples (M)", samples, { atLeast: 1 });
  checkNumber("noise", noise, { atLeast: 0 });
  if (deadband !== undefined) checkNumber("deadband", deadband, { atLeast: 0 });

  const random = createRandom(seed);
  const demands = new Float64Array(agents.length);
  const answeredPrices = new Float64Array(agents.length);
  const rounds: RoundRecord[] = [];

  for (let state = openingState(market.initialPrice); ;) {
    const { price, round } = state;
    let total = 0;
    let movement = 0;
    agents.forEach((agent, index) => {
      const standing = demands[index] ?? 0;
      let response = respond(agent, fees, price, proximalWeight, standing, rules.capacity);
      if (noise > 0) response = sampleMean(random, response, noise, samples, rules.capacity);

      const sent = answer({ agent, index, round, price, standing, response });
      const demand = Math.min(rules.capacity, Math.max(0, sent ?? standing));
      const isStill = deadband !== undefined && Math.abs(demand - standing) <= deadband;
      if (sent !== undefined && !isStill) {
        demands[index] = demand;
        answeredPrices[index] = price;
      } else if (trim && (answeredPrices[index] ?? 0) < price) {
        demands[index] = standing * ((answeredPrices[index] ?? 0) / price);
        answeredPrices[index] = price;
      }
      const now = demands[index] ?? 0;
      total += now;
      movement += Math.abs(now - standing);
    });

    const closed = closeRound(state, total, movement, rules);
    const record: RoundRecord = { round, price, total, residuals: closed.residuals };
    if (options.recordDemands === true) record.demands = demands.slice();
    rounds.push(record);
    if (closed.stop !== undefined) {
      const allocations = settle(demands, answeredPrices, price, total, rules.capacity);
      return { stop: closed.stop, price, demands, answeredPrices, total, allocations, rounds };
    }
    state = closed.next;
  }
}

/**
 * Allocations at the end of an epoch, in units: aᵢ = xᵢ·min(1, m/Ŝ, μ^rᵢ/μ*), the last term
 * only where the final price is above the one the demand answered (mechanism.md §5).
 *
 * @param demands xᵢ, in units
 * @param answeredPrices μ^rᵢ, in tokens a unit
 * @param price μ*, in tokens a unit
 * @param total Ŝ = Σxᵢ, in units
 */
export function settle(
  demands: Float64Array,
  answeredPrices: Float64Array,
  price: number,
  total: number,
  capacity: number,
): Float64Array {
  const scale = total > capacity ? capacity / total : 1;
  return demands.map((demand, index) => {
    const answered = answeredPrices[index] ?? 0;
    const affordable = price > answered ? answered / price : 1;
    return demand * Math.min(scale, affordable);
  });
}

function sampleMean(
  random: Random,
  demand: number,
  noise: number,
  samples: number,
  capacity: number,
): number {
  if (demand === 0) return 0;
  let sum = 0;
  for (let sample = 0; sample < samples; sample++) {
    sum += Math.min(capacity, Math.max(0, demand + noise * random.normal()));
  }
  return sum / samples;
}

function checkMarket({ initialPrice, rules }: Market): void {
  checkNumber("initialPrice", initialPrice, { atLeast: 0 });
  checkNumber("capacity", rules.capacity, { above: 0 });
  checkNumber("initialStep", rules.stepRule.initialStep, { atLeast: 0 });
  if (rules.stepRule.rule === "RobbinsMonro") {
    checkNumber("stepOffset", rules.stepRule.stepOffset, { above: 0 });
  }
  checkNumber("primalTolerance", rules.primalTolerance, { atLeast: 0 });
  checkNumber("dualTolerance", rules.dualTolerance, { above: 0 });
  checkNumber("movementTolerance", rules.movementTolerance, { atLeast: 0 });
  // An epoch that could never reach its limit would never return.
  if (!Number.isInteger(rules.maxRounds)) {
    throw new RangeError(`maxRounds is ${rules.maxRounds}; it must be a whole number, at least 1`);
  }
  checkNumber("maxRounds", rules.maxRounds, { atLeast: 1 });
}
