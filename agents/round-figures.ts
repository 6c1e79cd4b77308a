import { numberFromFixed } from "../mechanism/fixed-point.ts";
import type { ReplayedRound } from "./replay.ts";

/** A closed round in numbers: quantities in units, prices in tokens a unit, residuals as in eq. r_p, r_d, r_x. */
export type RoundFigures = {
  epoch: number;
  round: number;
  /** μ^t, the price the demands answered. */
  price: number;
  /** What the update gave; posted unless the epoch settled with this round. */
  nextPrice: number;
  /** Ŝ, the sum of standing demands. */
  demand: number;
  /** r_x = Σ|x_t − x_{t−1}|. */
  movement: number;
  primalResidual: number;
  dualResidual: number;
  /** How many agents sent a demand in this round. */
  answered: number;
};

/** @param capacity of the round's epoch, units */
export function roundFigures(round: ReplayedRound, capacity: number): RoundFigures {
  const demand = numberFromFixed(round.demand);
  const excess = demand - capacity;
  return {
    epoch: Number(round.epoch),
    round: Number(round.round),
    price: numberFromFixed(round.price),
    nextPrice: numberFromFixed(round.nextPrice),
    demand,
    movement: numberFromFixed(round.movement),
    primalResidual: round.price > 0n ? Math.abs(excess) : Math.max(0, excess),
    dualResidual: Math.abs(numberFromFixed(round.nextPrice - round.price)),
    answered: round.answered,
  };
}
