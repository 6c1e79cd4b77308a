import type { Fees } from "./agent.ts";
import { checkNumber } from "./checks.ts";
import { CLEARING_TOLERANCE, findClearingPrice, type Aggregate } from "./clearing-price.ts";
import type { Equilibrium } from "./equilibrium.ts";
import type { LogColumns } from "./kernel/columns.ts";
import {
  addRest,
  demandOf,
  localDemandAt,
  measureLocal,
  remainderOf,
  restOf,
  type Limits,
  type LocalDemand,
  type Rest,
} from "./kernel/local-demand.ts";

/** The equilibrium of agents in columns, without their demands: `demandsAt` has those. */
export type Clearing = Pick<Equilibrium, "price" | "total" | "state"> & {
  /** How often the average agent was looked at in a sweep, those over a sample included. */
  passes: number;
};

/** How much of capacity the series may leave out. */
const SERIES_TOLERANCE = 1e-13;
/** Up to this many agents all of them are the sample. */
const SMALL = 1024;
/** The sample is so many blocks: how they differ tells how far off it is. */
const BLOCKS = 16;
/** Standard errors of the sample's price, on either side: one market in four hundred lies beyond. */
const ERRORS = 3;
const MAX_SWEEPS = 12;

/**
 * `solveEquilibrium` for many agents of the log family with linear costs, without a progressive fee. A sample tells the
 * price to a percent or so. One sweep over all agents splits them: who is in at every price near that one is summed in a
 * power series of the price, who is out at every one is dropped, and the few between are looked at one by one. Newton's
 * method goes on with the series and the few; another sweep is made only where the series does not carry to the root.
 *
 * Where one agent alone wants all there is, it does so at many prices, each of which clears the market: the price need not
 * be the oracle's then.
 *
 * @param capacity m > 0, in units
 * @throws RangeError if the capacity is not positive and finite, or there is a progressive fee
 */
export function solveMany(columns: LogColumns, capacity: number, fees: Fees): Clearing {
  checkNumber("capacity", capacity, { above: 0 });
  const { unitFee, executionFee, progressiveFee } = fees;
  if (progressiveFee !== 0) {
    throw new RangeError(`progressiveFee (phi) is ${progressiveFee}; allowed here is 0`);
  }
  const limits = { capacity, executionFee };
  let { centre, halfWidth, passes } = guess(columns, limits, unitFee);
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    passes++;
    const found = solveNear(localDemandAt(columns, centre, halfWidth, fees), limits);
    if ("state" in found) return { ...found, passes };
    ({ centre, halfWidth } = found);
  }
  const everybody = Uint32Array.from(columns.alpha, (_, place) => place);
  const rest = restOf(columns, unitFee, everybody);
  return { ...solveRest(rest, limits), passes };
}

/** Where to look: the price that clears a sample, and how far off it may be. */
function guess(
  columns: LogColumns,
  limits: Limits,
  unitFee: number,
): { centre: number; halfWidth: number; passes: number } {
  const { count } = columns;
  // A small sample finds the price, a large one makes it better: the series must carry from there.
  let size = Math.min(count, Math.max(SMALL, count / 64));
  let price = 0;
  let passes = 0;
  for (let pass = 1; ; pass++) {
    const { first, second, entered, variance, share } = sampleAt(
      columns,
      size,
      unitFee + price,
      limits.executionFee,
    );
    passes += share;
    const wanted = limits.capacity * share;
    if (price === 0 && first - entered <= wanted) return { centre: 0, halfWidth: 0, passes };
    // As if the agents who are in were all the same: their demand is then A/(c + μ) − B.
    const next =
      second > 0
        ? Math.max(0, price + (first / second) * (first / (wanted + entered) - 1))
        : 0.5 * price;
    const step = Math.abs(next - price);
    const error = second > 0 ? (ERRORS * Math.sqrt(variance)) / second : step;
    price = next;
    if (step > Math.max(0.2 * error, 1e-3 * price) && pass < 20) continue;
    if (size >= count / 8) return { centre: price, halfWidth: error + 2 * step, passes };
    size = count / 8;
  }
}

/** Σα/p and Σα/p² over those of a sample who are in, how many they are, and the variance of its demand. */
function sampleAt(
  { count, sample, found }: LogColumns,
  size: number,
  shift: number,
  executionFee: number,
): { first: number; second: number; entered: number; variance: number; share: number } {
  const blocks = size >= count ? 1 : BLOCKS;
  const length = 2 * Math.ceil(size / blocks / 2);
  let [first, second, entered, squares, taken] = [0, 0, 0, 0, 0];
  for (let block = 0; block < blocks; block++) {
    const from = 2 * Math.floor((block * count) / blocks / 2);
    const to = Math.min(count, from + length);
    sample(from, to, shift, executionFee);
    first += found[0]!;
    second += found[1]!;
    entered += found[2]!;
    squares += (found[0]! - found[2]!) ** 2;
    taken += to - from;
  }
  const share = taken / count;
  const variance = Math.max(0, squares - (first - entered) ** 2 / blocks) * (1 - share);
  return { first, second, entered, variance, share };
}

/** The clearing price of a local demand; or where to look next, if that is outside or the series too coarse. */
function solveNear(
  demand: LocalDemand,
  limits: Limits,
): Omit<Clearing, "passes"> | { centre: number; halfWidth: number } {
  const { capacity } = limits;
  const { centre, halfWidth } = demand;
  const sum = zero();
  const at = (price: number): Aggregate => measureLocal(demand, limits, price, sum);
  const tolerance = CLEARING_TOLERANCE * capacity;

  let lower = centre;
  let upper = centre;
  let start = { price: centre, ...at(centre) };
  if (start.total > capacity + tolerance) {
    upper = centre + halfWidth;
    if (at(upper).total > capacity) return outside(upper);
  } else if (start.total >= capacity - tolerance) {
    return { price: centre, total: start.total, state: "cleared" };
  } else {
    lower = Math.max(0, centre - halfWidth);
    start = { price: lower, ...at(lower) };
    if (start.total <= capacity + tolerance && lower > 0) return outside(lower);
  }

  const isFree = lower === 0 && start.total <= capacity + tolerance;
  const found = isFree
    ? { price: 0, isCleared: start.total >= capacity - tolerance, below: 0 }
    : findClearingPrice(at, capacity, { lower, upper, start });
  const { total, slope } = at(found.price);
  const omitted = remainderOf(demand, found.price);
  if (omitted > SERIES_TOLERANCE * capacity) {
    const error = Math.min((4 * omitted) / -slope, 0.1 * halfWidth);
    return { centre: found.price, halfWidth: error + 1e-12 * found.price };
  }
  return { price: found.price, total, state: stateOf(demand.rest, limits, found) };

  /** Newton's step from the side where the interval ends, and a wider look. */
  function outside(side: number): { centre: number; halfWidth: number } {
    const step = sum.slope === 0 ? 0 : (capacity - sum.total) / sum.slope;
    const next = Math.max(0, side + step);
    return { centre: next, halfWidth: Math.max(4 * halfWidth, 0.25 * Math.abs(next - side)) };
  }
}

/** The same for agents looked at one by one, from nothing known of the price. */
function solveRest(rest: Rest, limits: Limits): Omit<Clearing, "passes"> {
  const { capacity } = limits;
  const sum = zero();
  const at = (price: number): Aggregate => addRest(rest, limits, price, Object.assign(sum, zero()));
  const tolerance = CLEARING_TOLERANCE * capacity;
  const free = at(0).total;
  if (free <= capacity + tolerance) {
    return { price: 0, total: free, state: free >= capacity - tolerance ? "cleared" : "slack" };
  }
  let lower = 0;
  let upper = 1;
  while (at(upper).total > capacity) {
    lower = upper;
    upper *= 4;
  }
  const start = { price: lower, ...at(lower) };
  const found = findClearingPrice(at, capacity, { lower, upper, start });
  const { total } = at(found.price);
  return { price: found.price, total, state: stateOf(rest, limits, found) };
}

const zero = (): Aggregate => ({ total: 0, slope: 0 });

/** Rationed if a fixed fee keeps somebody out at the price who would demand right below it. */
function stateOf(
  { alpha, cost }: Rest,
  limits: Limits,
  { price, below, isCleared }: { price: number; below: number; isCleared: boolean },
): Equilibrium["state"] {
  if (isCleared) return "cleared";
  if (price === 0) return "slack";
  if (limits.executionFee === 0) return "cleared";
  const enters = alpha.some(
    (one, at) =>
      demandOf(one, cost[at]! + price, limits) === 0 &&
      demandOf(one, cost[at]! + below, limits) > 0,
  );
  return enters ? "rationed" : "cleared";
}

/** Everybody's demand at a price, in units, in the columns' order. */
export function demandsAt(
  { alpha, beta }: LogColumns,
  capacity: number,
  { unitFee, executionFee }: Fees,
  price: number,
): Float64Array {
  const limits = { capacity, executionFee };
  return Float64Array.from(alpha, (one, at) => demandOf(one, beta[at]! + unitFee + price, limits));
}
