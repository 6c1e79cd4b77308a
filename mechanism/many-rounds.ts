import { checkNumber } from "./checks.ts";
import type { EpochResult, Market } from "./dynamics.ts";
import type { LogColumns } from "./kernel/columns.ts";
import { demandOf } from "./kernel/local-demand.ts";
import { closeRound, openingState } from "./price-update.ts";

/** How an epoch of agents in columns ended; their demands are then in `columns.standing`. */
export type RoundsResult = Pick<EpochResult, "stop" | "price" | "total"> & { rounds: number };

/**
 * `runRounds` for agents in columns: log valuations, linear costs, no progressive fee, everybody answers every round
 * as asked. Sums are added in another order, so prices agree to rounding.
 *
 * Without a proximal weight an agent demands below one price and not above it: that price is found once, and no round
 * needs a logarithm. With one what it takes to enter changes with what stands.
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
  if (proximalWeight === 0) fillEntryPrices(columns, capacity, unitFee, executionFee);

  for (let state = openingState(initialPrice); ;) {
    const { price, round } = state;
    if (proximalWeight === 0) columns.answer(price, unitFee, capacity);
    else columns.answerNear(unitFee + price, proximalWeight, executionFee, capacity);
    const [total, movement] = [columns.found[0]!, columns.found[1]!];
    const closed = closeRound(state, total, movement, rules);
    if (closed.stop !== undefined) return { stop: closed.stop, price, total, rounds: round + 1 };
    state = closed.next;
  }
}

/** The least price at which each agent demands nothing: α − β − τ without a fixed fee. */
function fillEntryPrices(
  { alpha, beta, entry }: LogColumns,
  capacity: number,
  unitFee: number,
  executionFee: number,
): void {
  const limits = { capacity, executionFee };
  for (let at = 0; at < alpha.length; at++) {
    const slope = beta[at]! + unitFee;
    entry[at] = highestSlope(alpha[at]!, limits) - slope;
  }
}

/**
 * The p = β + τ + μ from which on the best demand does not pay for the fixed fee: its payoff falls with p at the rate of
 * the demand and is convex, so Newton's method comes to it from below, step by step.
 */
function highestSlope(alpha: number, limits: { capacity: number; executionFee: number }): number {
  const { capacity, executionFee } = limits;
  if (executionFee === 0) return alpha;
  const full = alpha / (1 + capacity);
  if (demandOf(alpha, full, limits) === 0) {
    return (alpha * Math.log1p(capacity) - executionFee) / capacity;
  }
  // A price at which it still pays: its payoff is above ½(α − p)²/α.
  let p = Math.max(full, alpha - Math.sqrt(2 * executionFee * alpha));
  for (let step = 0; step < 60; step++) {
    const x = Math.min(alpha / p - 1, capacity);
    const gain = alpha * Math.log1p(x) - p * x - executionFee;
    const next = p + gain / x;
    if (!(next > p * (1 + 1e-15))) return next;
    p = next;
  }
  return p;
}
