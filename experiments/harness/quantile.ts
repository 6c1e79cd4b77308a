/**
 * The quantile of some values, between the two nearest by a straight line (Hyndman and Fan's type 7).
 *
 * @param share from 0 for the least to 1 for the greatest
 * @throws RangeError if there are no values
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  if (values.length === 0) throw new RangeError("values: given none, allowed one or more");
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
}
