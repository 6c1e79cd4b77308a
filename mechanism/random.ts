import type { Agent } from "./agent.ts";

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

/**
 * The paper's population (Table 3): log valuations with α ~ U(5, 20), linear costs with
 * β ~ U(0.5, 5), independent. Ids are `agent-0`, `agent-1`, …
 *
 * @param count how many agents
 */
export function drawAgents(count: number, seed: number): Agent[] {
  const { uniform } = createRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    id: `agent-${index}`,
    valuation: { family: "log", alpha: 5 + 15 * uniform() },
    cost: { family: "linear", beta: 0.5 + 4.5 * uniform() },
  }));
}
