import { runRounds } from "../../mechanism/dynamics.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { demandAt, lipschitzOf, slopeAt, type Economy } from "./economy.ts";
import type { Outcome } from "./statement.ts";

/** How Algorithm 1 is run with a constant step. */
export type Algorithm = {
  /** η over 1/L, or over 1/|S'(μ*)| where `isLocal`. */
  step: number;
  isLocal?: boolean;
  /** γ, in tokens a unit squared. Default 0. */
  proximalWeight?: number;
  /** μ⁰ over μ*; default 0. */
  start?: number;
};

/** A run of Algorithm 1: μᵗ in tokens a unit, Ŝᵗ in units. */
type Path = { prices: number[]; totals: number[]; step: number; equilibriumPrice: number };

const ROUNDS = 3000;

/** How near to μ* a price must end, relative to 1 + μ*, and demand to m, relative to m. */
export const ARRIVED = 1e-6;

/** Growth of Σ|F| that counts as none. */
export const STANDSTILL = 1.05;

function pathOf(economy: Economy, algorithm: Algorithm, tolerance = 1e-10): Path {
  const { agents, capacity, fees } = economy;
  const { step: multiple, isLocal = false, proximalWeight = 0, start = 0 } = algorithm;
  const equilibriumPrice = solveEquilibrium(agents, capacity, fees).price;
  const slope = isLocal ? slopeAt(economy, equilibriumPrice) : lipschitzOf(economy);
  const step = multiple / slope;
  const { rounds } = runRounds(
    agents,
    {
      fees,
      initialPrice: start * equilibriumPrice,
      rules: {
        capacity,
        stepRule: { rule: "Constant", initialStep: step },
        maxStep: Infinity,
        primalTolerance: tolerance * capacity,
        dualTolerance: 1e-12,
        movementTolerance: tolerance * capacity,
        maxRounds: ROUNDS,
      },
    },
    { proximalWeight },
  );
  return {
    prices: rounds.map(({ price }) => price),
    totals: rounds.map(({ total }) => total),
    step,
    equilibriumPrice,
  };
}

/** Theorem 4.8: μᵗ → μ* with S(μ*) = m. Size: |μ − μ*| at the end, in tokens a unit. */
export function converges(economy: Economy, algorithm: Algorithm): Outcome {
  const { prices, totals, equilibriumPrice } = pathOf(economy, algorithm);
  const size = Math.abs(prices.at(-1)! - equilibriumPrice);
  const isCleared = Math.abs(totals.at(-1)! - economy.capacity) <= ARRIVED * economy.capacity;
  return { failed: !(isCleared && size <= ARRIVED * (1 + equilibriumPrice)), size };
}

/**
 * Corollary 4.9's hypothesis, (S(μ₁) − S(μ₂))(μ₁ − μ₂) ≥ α|μ₁ − μ₂|² with some α > 0, between neighbours of 20
 * steps from 0 to μ*. Size: the largest α that they all allow, in units squared a token.
 *
 * @param sign of the left side: 1 as printed, −1 for the hypothesis that a falling S can meet
 */
export function isStronglyMonotone(economy: Economy, sign: 1 | -1): Outcome {
  const { agents, capacity, fees } = economy;
  const top = solveEquilibrium(agents, capacity, fees).price;
  let size = Infinity;
  for (let at = 0; at < 20; at++) {
    const [low, high] = [(top * at) / 20, (top * (at + 1)) / 20];
    const change = demandAt(economy, high) - demandAt(economy, low);
    size = Math.min(size, (sign * change) / (high - low));
  }
  return { failed: !(size > 0), size };
}

/**
 * Corollary 4.9: |μᵗ − μ*| ≤ κᵗ|μ⁰ − μ*| with the proof's κ = max(|1 − ηα|, |1 − ηL|) < 1, α the least slope of S
 * over the prices that the run visits. Size: κ.
 */
export function hasLinearRate(economy: Economy, algorithm: Algorithm): Outcome {
  const { prices, step, equilibriumPrice } = pathOf(economy, algorithm);
  const [low, high] = [
    Math.min(equilibriumPrice, ...prices),
    Math.max(equilibriumPrice, ...prices),
  ];
  let slope = Infinity;
  for (let at = 0; at <= 200; at++) {
    slope = Math.min(slope, slopeAt(economy, low + ((high - low) * at) / 200));
  }
  const size = Math.max(Math.abs(1 - step * slope), Math.abs(1 - step * lipschitzOf(economy)));
  const start = Math.abs(prices[0]! - equilibriumPrice);
  const isSlower = prices.some(
    (price, round) =>
      Math.abs(price - equilibriumPrice) > size ** round * start * (1 + 1e-6) + 1e-9,
  );
  return { failed: !(size < 1 - 1e-12) || isSlower, size };
}

/** Proposition 4.10: no round takes μ away from μ*. Size: the share of rounds that do. */
export function isFejerMonotone(economy: Economy, algorithm: Algorithm): Outcome {
  const { prices, equilibriumPrice } = pathOf(economy, algorithm);
  const distances = prices.map((price) => Math.abs(price - equilibriumPrice));
  const away = distances.filter(
    (distance, round) =>
      round > 0 && distance > distances[round - 1]! + 1e-9 * (1 + equilibriumPrice),
  );
  return { failed: away.length > 0, size: away.length / prices.length };
}

/**
 * Proposition 4.11: the mean of |F| over T rounds is O(1/T), so Σ|F| does not grow. Size: Σ|F| over 3,000
 * rounds over that over 1,500; 2 where |F| stays as it is.
 */
export function hasErgodicRate(economy: Economy, algorithm: Algorithm): Outcome {
  const { totals } = pathOf(economy, algorithm, 0);
  // Without a tolerance only a market at rest stops: it would stay as it is.
  while (totals.length < ROUNDS) totals.push(totals.at(-1)!);
  const sums = [ROUNDS / 2, ROUNDS].map((count) =>
    totals.slice(0, count).reduce((sum, total) => sum + Math.abs(total - economy.capacity), 0),
  ) as [number, number];
  const size = sums[1] / sums[0];
  return { failed: size > STANDSTILL, size };
}
