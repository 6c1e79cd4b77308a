import { estimate } from "./samples.ts";

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

/** What a box plot shows of some values. */
export type BoxStatistics = {
  /** The least value within one and a half boxes below the box (Tukey, 1977). */
  low: number;
  quartile1: number;
  median: number;
  quartile3: number;
  /** The greatest value within one and a half boxes above the box. */
  high: number;
  mean: number;
  /** Values beyond the two. */
  outliers: number[];
};

/** @throws RangeError if there are no values */
export function boxOf(values: ArrayLike<number>): BoxStatistics {
  const [quartile1, median, quartile3] = [0.25, 0.5, 0.75].map((share) => quantile(values, share));
  const reach = 1.5 * (quartile3! - quartile1!);
  const all = Array.from(values);
  const isInside = (value: number): boolean =>
    value >= quartile1! - reach && value <= quartile3! + reach;
  const inside = all.filter(isInside);
  return {
    low: inside.reduce((a, b) => Math.min(a, b)),
    quartile1: quartile1!,
    median: median!,
    quartile3: quartile3!,
    high: inside.reduce((a, b) => Math.max(a, b)),
    mean: all.reduce((sum, value) => sum + value, 0) / all.length,
    outliers: all.filter((value) => !isInside(value)),
  };
}

/** A density at evenly spaced places from the least value to the greatest. */
export type Density = { at: number[]; density: number[] };

/**
 * A kernel estimate of the density, with normal kernels of Silverman's width (1986, eq. 3.31). Cut off
 * at the least and the greatest value, so that it claims nothing where nothing was seen.
 *
 * @throws RangeError if there are no values
 */
export function densityOf(values: ArrayLike<number>, places = 41): Density {
  const all = Array.from(values);
  const { sd } = estimate(all);
  const spread = (quantile(all, 0.75) - quantile(all, 0.25)) / 1.34;
  const scale = Math.min(sd, spread > 0 ? spread : sd);
  // One value alone, or all the same, have no width of their own.
  const width = scale > 0 ? 0.9 * scale * all.length ** -0.2 : 1;
  const [least, greatest] = [quantile(all, 0), quantile(all, 1)];
  const at = Array.from(
    { length: places },
    (_, place) => least + ((greatest - least) * place) / (places - 1),
  );
  const norm = all.length * width * Math.sqrt(2 * Math.PI);
  return {
    at,
    density: at.map(
      (x) =>
        all.reduce((sum, value) => sum + Math.exp(-0.5 * ((x - value) / width) ** 2), 0) / norm,
    ),
  };
}
