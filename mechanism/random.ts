import type { Agent } from "./agent.ts";
import type { Valuation } from "./valuations/families.ts";

/** A seeded stream of random numbers. It has a state, so each stream belongs to one user. */
export type Random = {
  /** Uniform on [0, 1), a multiple of 2⁻⁵³. */
  uniform: () => number;
  /** Standard normal: mean 0, variance 1. */
  normal: () => number;
};

/**
 * A seeded generator: xoshiro128** (Blackman and Vigna, 2018), its state filled from the seed by
 * splitmix32; two 32-bit words make a double. The same seed gives the same stream everywhere.
 *
 * @param seed any integer; its low 32 bits count
 */
export function createRandom(seed: number): Random {
  let mix = seed | 0;
  const word = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, d] = [word(), word(), word(), word()];

  const next = (): number => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const uniform = (): number => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 2 ** 53;

  let spare: number | undefined;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    // Box and Muller: a radius and an angle give two independent normals.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { uniform, normal };
}

/** A coefficient drawn uniformly from `from` to `to`. */
export type Range = { from: number; to: number };

/** What agents are drawn from: coefficients uniform and independent, costs linear. */
export type Population = {
  family: Valuation["family"];
  /** ρ or κ, the same for all; nothing to the log family. */
  shape: number;
  /** α: tokens, or tokens a unit with quadratic valuations. */
  alpha: Range;
  /** β, tokens a unit. */
  beta: Range;
};

/** The paper's population (Table 3): log valuations with α ~ U(5, 20), linear costs with β ~ U(0.5, 5). */
export const paperPopulation: Population = {
  family: "log",
  shape: 1,
  alpha: { from: 5, to: 20 },
  beta: { from: 0.5, to: 5 },
};

/**
 * Agents of a population, `agent-0`, `agent-1`, …; the first ones are the same however many are drawn, and agent for
 * agent the seed puts them at the same place of whatever ranges are given.
 *
 * @param count how many agents
 */
export function drawAgents(
  count: number,
  seed: number,
  { family, shape, alpha, beta }: Population = paperPopulation,
): Agent[] {
  const { uniform } = createRandom(seed);
  const within = ({ from, to }: Range): number => from + (to - from) * uniform();
  const valuationOf: (alpha: number) => Valuation =
    family === "log" ? (alpha) => ({ family, alpha }) : (alpha) => ({ family, alpha, shape });
  return Array.from({ length: count }, (_, index) => ({
    id: `agent-${index}`,
    valuation: valuationOf(within(alpha)),
    cost: { family: "linear", beta: within(beta) },
  }));
}
