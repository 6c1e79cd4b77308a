import { respond } from "../../mechanism/best-response.ts";
import { solveEquilibrium, totalDemand } from "../../mechanism/equilibrium.ts";
import { closeRound, openingState, type StepRule } from "../../mechanism/price-update.ts";
import { createRandom, type Random } from "../../mechanism/random.ts";
import type { Draw } from "../experiment.ts";
import { streamSeed } from "../harness/seeds.ts";
import { lipschitzOf, type Economy } from "./economy.ts";
import type { Outcome } from "./statement.ts";

/** Rounds at which the squared distance is taken: at a rate of 1/(t + t₀) it falls to a 24th between them. */
const EARLY = 60;
const LATE = 1900;

/**
 * Independent noises for each market: so many that what chance does to the mean of their squares, some 35 %
 * to the quotient of two, leaves a 24th and 1 clearly on different sides of a fifth.
 */
const NOISES = 32;

/** Forgotten is noise whose later mean square is below this share of the earlier. */
export const FORGOTTEN = 0.2;

const NOISE_STREAM = 4012;

/** What noise does to demand at a price: Ŝ in units. */
export type Noise = (economy: Economy, price: number, random: Random) => number;

/** The theorem's: Ŝ = S + ξ, with ξ normal and a deviation of a tenth of m. */
export const onTotal: Noise = ({ agents, capacity, fees }, price, random) =>
  totalDemand(agents, capacity, fees, price) + 0.1 * capacity * random.normal();

/** At each agent, with a deviation of its fair share m/n; a demand cannot be below 0. */
export const onDemands: Noise = ({ agents, capacity, fees }, price, random) => {
  const deviation = capacity / agents.length;
  let total = 0;
  for (const agent of agents) {
    const x = respond(agent, fees, price, 0, 0, capacity);
    total += Math.max(0, x + deviation * random.normal());
  }
  return total;
};

/** η₀ = 1/L in every rule; Robbins–Monro with t₀ = 20. */
export type NoisyRule = "Constant" | "RobbinsMonro";

/**
 * Theorem 4.12: the mean of |μᵗ − μ*|² over noises goes to 0. It fails if the later mean is not below a
 * fifth of the earlier. Size: the later over the earlier.
 */
export function forgetsNoise(
  economy: Economy,
  rule: NoisyRule,
  noise: Noise,
  { seed, replication }: Draw,
): Outcome {
  const { agents, capacity, fees } = economy;
  const target = solveEquilibrium(agents, capacity, fees).price;
  const initialStep = 1 / lipschitzOf(economy);
  const stepRule: StepRule =
    rule === "Constant" ? { rule, initialStep } : { rule, initialStep, stepOffset: 20 };
  const squares = { early: 0, late: 0 };
  for (let one = 0; one < NOISES; one++) {
    const random = createRandom(streamSeed(seed, replication, NOISE_STREAM + one));
    let state = openingState(target);
    for (let round = 0; round < LATE; round++) {
      if (round === EARLY) squares.early += (state.price - target) ** 2;
      const total = noise(economy, state.price, random);
      state = closeRound(state, total, Infinity, {
        capacity,
        stepRule,
        maxStep: Infinity,
        primalTolerance: 0,
        dualTolerance: 0,
        movementTolerance: 0,
        maxRounds: Infinity,
      }).next;
    }
    squares.late += (state.price - target) ** 2;
  }
  const size = squares.late / squares.early;
  return { failed: !(size < FORGOTTEN), size };
}
