/** Total demand at a price and its slope, written over at each price that is asked about. */
export type Aggregate = {
  /** S(μ), in units. */
  total: number;
  /** S'(μ) ≤ 0, in units squared a token. */
  slope: number;
};

/** How near to capacity total demand must come to count as cleared, relative to capacity. */
export const CLEARING_TOLERANCE = 1e-12;

/** More halvings than there are doubles between any two prices. */
const MAX_PASSES = 2200;

/**
 * The price in a bracket where total demand meets capacity; or, where it jumps over it, the least price
 * (to the last bit of a double) at which it does not exceed it.
 *
 * @param measure S and S' at a price, the same object each time
 * @param lower where demand exceeds capacity
 * @param upper where it does not
 * @param start a price of the bracket, or a side of it, that has just been measured
 */
export function findClearingPrice(
  measure: (price: number) => Aggregate,
  capacity: number,
  { lower, upper, start }: { lower: number; upper: number; start: { price: number } & Aggregate },
): { price: number; isCleared: boolean; below: number } {
  let { price, slope } = start;
  let height = start.total - capacity;
  let widthBefore = Infinity;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const width = upper - lower;
    const newton = price - height / slope;
    // Newton while the bracket keeps shrinking, its middle when it does not: a jump in demand
    // would hold Newton on one side for ever.
    const crawling = pass % 4 === 3 && width > 0.25 * widthBefore;
    if (pass % 4 === 3) widthBefore = width;
    price = !crawling && newton > lower && newton < upper ? newton : lower + 0.5 * (upper - lower);
    if (price <= lower || price >= upper) break;

    const found = measure(price);
    slope = found.slope;
    height = found.total - capacity;
    if (Math.abs(height) <= CLEARING_TOLERANCE * capacity)
      return { price, isCleared: true, below: lower };
    if (height > 0) lower = price;
    else upper = price;
  }
  return { price: upper, isCleared: false, below: lower };
}
