import type { Fees } from "../agent.ts";
import type { Aggregate } from "../clearing-price.ts";
import type { LogColumns } from "./columns.ts";

/** Total demand near a price: exact but for rounding and what the series leaves out. */
export type LocalDemand = {
  /** The price that the series is about, in tokens a unit. */
  centre: number;
  /** How far from there it holds, in tokens a unit. */
  halfWidth: number;
  /** Σα/p to Σα/p⁶ at the centre over those who demand at every price of the interval. */
  sums: Float64Array;
  /** How many those are. */
  entered: number;
  /** The least p = β + τ + μ of anybody at the centre: how far the series carries. */
  leastSlope: number;
  rest: Rest;
};

/** Agents looked at one by one: α, and β + τ. */
export type Rest = { alpha: Float64Array; cost: Float64Array };

/** What each of the rest is held to. */
export type Limits = { capacity: number; executionFee: number };

/** One sweep over all agents. */
export function localDemandAt(
  columns: LogColumns,
  centre: number,
  halfWidth: number,
  { unitFee, executionFee }: Fees,
): LocalDemand {
  const { count, found } = columns;
  const open = columns.sweep(0, count, unitFee + centre, halfWidth, executionFee);
  return {
    centre,
    halfWidth,
    sums: found.slice(0, 6),
    entered: found[6]!,
    leastSlope: found[7]!,
    rest: restOf(columns, unitFee, columns.undecided.subarray(0, open)),
  };
}

/** The agents at these places. */
export function restOf({ alpha, beta }: LogColumns, unitFee: number, places: Uint32Array): Rest {
  return {
    alpha: Float64Array.from(places, (place) => alpha[place]!),
    cost: Float64Array.from(places, (place) => beta[place]! + unitFee),
  };
}

/** S and S' at a price of the interval, written to `into`. */
export function measureLocal(
  { centre, sums, entered, rest }: LocalDemand,
  limits: Limits,
  price: number,
  into: Aggregate,
): Aggregate {
  // α/(p + d) = α/p − αd/p² + αd²/p³ − …
  const away = centre - price;
  let [total, slope] = [0, 0];
  for (let power = sums.length - 1; power >= 0; power--) {
    total = total * away + sums[power]!;
    if (power > 0) slope = slope * away - power * sums[power]!;
  }
  into.total = total - entered;
  into.slope = slope;
  return addRest(rest, limits, price, into);
}

/** What the series leaves out at a price, in units, at most. */
export function remainderOf({ centre, sums, leastSlope }: LocalDemand, price: number): number {
  const away = Math.abs(price - centre);
  if (away === 0) return 0;
  return away < leastSlope ? (sums[5]! * away ** 6) / (leastSlope - away) : Infinity;
}

/** The demands of the rest at a price, as `respond` has them, added to what `into` holds. */
export function addRest(
  { alpha: alphas, cost }: Rest,
  limits: Limits,
  price: number,
  into: Aggregate,
): Aggregate {
  let { total, slope } = into;
  for (let at = 0; at < alphas.length; at++) {
    const alpha = alphas[at]!;
    const p = cost[at]! + price;
    const x = demandOf(alpha, p, limits);
    if (x === 0) continue;
    total += x;
    if (x < limits.capacity) slope -= alpha / (p * p);
  }
  into.total = total;
  into.slope = slope;
  return into;
}

/**
 * The best demand of an agent V = α·ln(1+x), in units: `respond` without a progressive fee.
 *
 * @param p β + τ + μ ≥ 0, what a unit costs, in tokens
 */
export function demandOf(alpha: number, p: number, { capacity, executionFee }: Limits): number {
  const x = Math.min(alpha / p - 1, capacity);
  if (!(x > 0)) return 0;
  return executionFee === 0 || alpha * Math.log1p(x) - p * x > executionFee ? x : 0;
}
