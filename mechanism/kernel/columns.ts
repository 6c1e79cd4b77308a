import type { Agent } from "../agent.ts";
import { WASM } from "./wasm.ts";

/** Agents V = α·ln(1+x), C = βx, one column a parameter: what the kernel's loops go over. */
export type LogColumns = {
  count: number;
  /** α > 0, in tokens. Views of the kernel's memory: fill them, read them, keep them. */
  alpha: Float64Array;
  /** β ≥ 0, in tokens a unit. */
  beta: Float64Array;
  /**
   * One pass over the agents `from` to `to`, not included; both even, or the end. See
   * `assembly/sweep.ts`.
   *
   * @returns how many are undecided
   */
  sweep: (
    from: number,
    to: number,
    shift: number,
    halfWidth: number,
    executionFee: number,
  ) => number;
  /** What those who demand at one price add up to: Σα/p, Σα/p² and their number are then the first of `found`. */
  sample: (from: number, to: number, shift: number, executionFee: number) => void;
  /** What the last sweep has found: Σα/p to Σα/p⁶, how many those are, the least p of all. */
  found: Float64Array;
  /** Places of the undecided, counted from the sweep's first agent. */
  undecided: Uint32Array;
  /** xᵗ, in units: what stands of each agent. `answer` and `answerNear` go by it and write it. */
  standing: Float64Array;
  /** The least p − γxᵗ, in tokens a unit, p = β + τ + μ, at which each agent demands nothing. Answers go by it. */
  entry: Float64Array;
  /** One round without a proximal weight, at τ + μ: Σx and Σ|x − xᵗ⁻¹| are then the first two of `found`. */
  answer: (shift: number, capacity: number) => void;
  /** One round with a weight γ > 0. */
  answerNear: (shift: number, weight: number, capacity: number) => void;
};

type Kernel = Record<
  "sample" | "sweep" | "answer" | "answerNear",
  (...numbers: number[]) => number
>;

type Places = [number, number, number, number, number];

const HEAD = 64;
const PAGE = 65_536;

const compiled = new WebAssembly.Module(Uint8Array.from(atob(WASM), (byte) => byte.charCodeAt(0)));

/**
 * Columns for so many agents, all zero: an agent with α = 0 wants nothing. 36 bytes an agent.
 *
 * @throws RangeError if the count is no whole number from 0 to 100 million
 */
export function createColumns(count: number): LogColumns {
  if (!Number.isInteger(count) || count < 0 || count > 1e8) {
    throw new RangeError(`count is ${count}; it must be a whole number from 0 to 100 million`);
  }
  // The kernel takes two agents at a time.
  const even = count + (count % 2);
  const column = (place: number): number => HEAD + 8 * even * place;
  const [alpha, beta, standing, entry, undecided] = [0, 1, 2, 3, 4].map(column) as Places;
  // A place more: the kernel writes before it knows whether the agent counts.
  const memory = new WebAssembly.Memory({
    initial: Math.ceil((undecided + 4 * even + 4) / PAGE),
  });
  const { buffer } = memory;
  const kernel = new WebAssembly.Instance(compiled, { env: { memory } })
    .exports as unknown as Kernel;
  // Who fills up wants nothing at any price.
  new Float64Array(buffer, beta, even).fill(Infinity, count);
  return {
    count,
    alpha: new Float64Array(buffer, alpha, count),
    beta: new Float64Array(buffer, beta, count),
    sample: (from, to, shift, executionFee) => {
      const size = to - from + ((to - from) % 2);
      kernel.sample(alpha + 8 * from, beta + 8 * from, size, shift, executionFee, 0);
    },
    sweep: (from, to, shift, halfWidth, executionFee) => {
      const size = to - from + ((to - from) % 2);
      const [first, second] = [alpha + 8 * from, beta + 8 * from];
      return kernel.sweep(first, second, size, shift, halfWidth, executionFee, 0, undecided);
    },
    found: new Float64Array(buffer, 0, HEAD / 8),
    undecided: new Uint32Array(buffer, undecided, even),
    standing: new Float64Array(buffer, standing, count),
    entry: new Float64Array(buffer, entry, count),
    answer: (shift, capacity) => {
      kernel.answer(alpha, beta, entry, standing, even, shift, capacity, 0);
    },
    answerNear: (shift, weight, capacity) => {
      kernel.answerNear(alpha, beta, entry, standing, even, shift, weight, capacity, 0);
    },
  };
}

/**
 * The same agents in columns.
 *
 * @throws RangeError naming the first agent whose valuation is not log or whose cost is not linear
 */
export function columnsOf(agents: readonly Agent[]): LogColumns {
  const columns = createColumns(agents.length);
  agents.forEach(({ id, valuation, cost }, index) => {
    if (valuation.family !== "log" || cost.family !== "linear") {
      const given = `${valuation.family} and ${cost.family}`;
      throw new RangeError(`agent "${id}": given ${given}, allowed log and linear in columns`);
    }
    columns.alpha[index] = valuation.alpha;
    columns.beta[index] = cost.beta;
  });
  return columns;
}
