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
  /** What the last sweep has found: Σα/p to Σα/p⁶, how many those are, the least p of all. */
  found: Float64Array;
  /** Places of the undecided, counted from the sweep's first agent. */
  undecided: Uint32Array;
};

type Kernel = { sweep: (...numbers: number[]) => number };

const HEAD = 64;
const PAGE = 65_536;

const compiled = new WebAssembly.Module(Uint8Array.from(atob(WASM), (byte) => byte.charCodeAt(0)));

/**
 * Columns for so many agents, all zero: an agent with α = 0 wants nothing. 20 bytes an agent.
 *
 * @throws RangeError if the count is no whole number from 0 to 100 million
 */
export function createColumns(count: number): LogColumns {
  if (!Number.isInteger(count) || count < 0 || count > 1e8) {
    throw new RangeError(`count is ${count}; it must be a whole number from 0 to 100 million`);
  }
  // The kernel takes two agents at a time.
  const even = count + (count % 2);
  const [alpha, beta, undecided] = [HEAD, HEAD + 8 * even, HEAD + 16 * even] as const;
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
    sweep: (from, to, shift, halfWidth, executionFee) => {
      const size = to - from + ((to - from) % 2);
      const [first, second] = [alpha + 8 * from, beta + 8 * from];
      return kernel.sweep(first, second, size, shift, halfWidth, executionFee, 0, undecided);
    },
    found: new Float64Array(buffer, 0, HEAD / 8),
    undecided: new Uint32Array(buffer, undecided, even),
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
