import { checkNumber } from "./checks.ts";
import type { EpochResult, Market } from "./dynamics.ts";
import type { LogColumns } from "./kernel/columns.ts";
import { closeRound, openingState } from "./price-update.ts";

/** How an epoch of agents in columns ended; their demands are then in `columns.standing`. */
export type RoundsResult = Pick<EpochResult, "stop" | "price" | "total"> & { rounds: number };

/**
 * `runRounds` for agents in columns: log valuations, linear costs, no progressive fee, everybody answers every round
 * as asked. Sums are added in another order, so prices agree to rounding.
 *
 * An agent demands while what it pays for a unit, less what its standing demand is worth to it, is below one price: that
 * price is found once, and no round needs a logarithm.
 *
 * @param proximalWeight γ ≥ 0, in tokens a unit squared
 * @throws RangeError if there is a progressive fee, or the weight or the opening price is out of range
 */
export function runManyRounds(
  columns: LogColumns,
  { fees, initialPrice, rules }: Market,
  proximalWeight = 0,
): RoundsResult {
  const { unitFee, executionFee, progressiveFee } = fees;
  if (progressiveFee !== 0) {
    throw new RangeError(`progressiveFee (phi) is ${progressiveFee}; allowed here is 0`);
  }
  checkNumber("initialPrice", initialPrice, { atLeast: 0 });
  checkNumber("proximalWeight (gamma)", proximalWeight, { atLeast: 0 });
  const { capacity } = rules;
  columns.standing.fill(0);
  const { alpha, entry } = columns;
  const limits = { capacity, executionFee };
  for (let at = 0; at < alpha.length; at++) {
    entry[at] = entryPrice(alpha[at]!, proximalWeight, limits);
  }

  for (let state = openingState(initialPrice); ;) {
    const { price, round } = state;
    if (proximalWeight === 0) columns.answer(unitFee + price, capacity);
    else columns.answerNear(unitFee + price, proximalWeight, capacity);
    const [total, movement] = [columns.found[0]!, columns.found[1]!];
    const closed = closeRound(state, total, movement, rules);
    if (closed.stop !== undefined) return { stop: closed.stop, price, total, rounds: round + 1 };
    state = closed.next;
  }
}

/**
 * The q = β + τ + μ − γxᵗ from which on an agent's best demand does not pay for the fixed fee, in tokens a unit. What a
 * demand gains over none, α·ln(1+x) − qx − ½γx² − g, has the standing demand in q alone; it is above 0 for some x while
 * q < (α·ln(1+x) − ½γx² − g)/x. The largest such quotient is found by Dinkelbach's method: from below, each time at the
 * demand that is best at the last one.
 *
 * @param weight γ
 */
function entryPrice(
  alpha: number,
  weight: number,
  { capacity, executionFee }: { capacity: number; executionFee: number },
): number {
  if (executionFee === 0) return alpha;
  const gainAt = (x: number): number =>
    (alpha * Math.log1p(x) - 0.5 * weight * x * x - executionFee) / x;
  // The x that is best there: with z = x/(1+x) it makes α(z²/2 + z³/3 + …) + γ(z²/2 + z³ + …) = g, by its series in s.
  const bend = alpha + weight;
  const s = Math.sqrt((2 * executionFee) / bend);
  const [cubic, quartic] = [((2 / 3) * alpha + 2 * weight) / bend, (alpha / 2 + 3 * weight) / bend];
  const z = s * (1 - s * (cubic / 2 - s * ((5 / 8) * cubic * cubic - quartic / 2)));
  let q = gainAt(Math.min(capacity, z > 0 && z < 1 ? z / (1 - z) : s));
  for (let step = 0; step < 60; step++) {
    const next = gainAt(Math.min(capacity, bestAt(q, alpha, weight)));
    // The error of each is the square of the last one's.
    if (!(next > q + 1e-9 * Math.abs(q))) return Math.max(q, next);
    q = next;
  }
  return q;
}

/** The x > 0 where α/(1+x) = q + γx: of γy² + ky = α with y = 1 + x, k = q − γ, the form whose terms have one sign. */
function bestAt(q: number, alpha: number, weight: number): number {
  if (weight === 0) return q > 0 ? alpha / q - 1 : Infinity;
  const k = q - weight;
  const root = Math.sqrt(k * k + 4 * weight * alpha);
  return (k >= 0 ? (2 * alpha) / (k + root) : (root - k) / (2 * weight)) - 1;
}
