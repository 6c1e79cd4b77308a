import { checkNumber } from "./checks.ts";
import type { EpochResult, Market } from "./dynamics.ts";
import type { LogColumns } from "./kernel/columns.ts";
import { entryPrice } from "./kernel/entry-price.ts";
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
