import type { Agent, Fees } from "./agent.ts";
import { solveEquilibrium, type Equilibrium } from "./equilibrium.ts";

/** One fee set to something else, the others as they are, and what comes of it. */
export type SweepPoint = { setting: number; fees: Fees; equilibrium: Equilibrium };

/**
 * The exact equilibrium at each setting of one fee.
 *
 * @param fees at which the others stay
 * @param fee the one that is swept
 * @param settings what it is set to: tokens a unit for τ, tokens for g, tokens a unit squared for φ
 * @throws RangeError if capacity is not positive and finite
 */
export function sweepFee(
  agents: readonly Agent[],
  capacity: number,
  fees: Fees,
  fee: keyof Fees,
  settings: readonly number[],
): SweepPoint[] {
  return settings.map((setting) => {
    const charged = { ...fees, [fee]: setting };
    return { setting, fees: charged, equilibrium: solveEquilibrium(agents, capacity, charged) };
  });
}

/**
 * The points that no other is better than: less of `loss` costs some `gain`. In order of rising loss, so gain rises too.
 */
export function undominated<Point>(
  points: readonly Point[],
  gain: (point: Point) => number,
  loss: (point: Point) => number,
): Point[] {
  const front: Point[] = [];
  const inOrder = points.toSorted((a, b) => loss(a) - loss(b) || gain(b) - gain(a));
  for (const point of inOrder) {
    const last = front.at(-1);
    if (last === undefined || gain(point) > gain(last)) front.push(point);
  }
  return front;
}
