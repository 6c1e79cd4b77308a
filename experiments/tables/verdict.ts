import { clearSign, type Estimate } from "../harness/samples.ts";
import type { Figure } from "./figures.ts";

/** What the report says of a figure, and of a row by its worst figure. */
export type Verdict = "reproduces" | "direction only" | "does not";

/** From best to worst. */
export const verdicts: readonly Verdict[] = ["reproduces", "direction only", "does not"];

/**
 * Judge one figure.
 *
 * - `reproduces`: our mean lies within the paper's own standard deviation of the paper's figure,
 *   or within half a unit of its last printed digit. Where the paper prints no deviation: our
 *   confidence interval reaches what rounds to the paper's figure.
 * - `direction only`: not that, but our row differs from the reference row in the paper's
 *   direction, with zero outside the confidence interval of the paired difference.
 * - `does not`: neither; the reference row, which has no direction, ends here too.
 *
 * @param decimals that the paper prints
 * @param difference this row less the reference row, ours, paired; undefined for the reference row
 * @param paperDifference the same, the paper's
 */
export function judge(
  ours: Estimate,
  paper: Figure,
  decimals: number,
  difference: Estimate | undefined,
  paperDifference: number,
): Verdict {
  if (reproduces(ours, paper, decimals)) return "reproduces";
  const isSame =
    difference !== undefined &&
    paperDifference !== 0 &&
    clearSign(difference) === Math.sign(paperDifference);
  return isSame ? "direction only" : "does not";
}

/**
 * How far a mean may be from a printed figure: its deviation, or half a unit of its last digit where
 * that is more or there is none.
 */
export function toleranceOf({ sd = 0 }: Figure, decimals: number): number {
  return Math.max(sd, 0.5 * 10 ** -decimals);
}

function reproduces(ours: Estimate, paper: Figure, decimals: number): boolean {
  const { mean, sd } = paper;
  const tolerance = toleranceOf(paper, decimals);
  if (sd !== undefined) return Math.abs(ours.mean - mean) <= tolerance;
  const [low, high] = ours.ci95;
  return low <= mean + tolerance && high >= mean - tolerance;
}

/** The worst of some verdicts; undefined if there are none. */
export function worst(given: readonly Verdict[]): Verdict | undefined {
  return verdicts.findLast((verdict) => given.includes(verdict));
}

/**
 * How far our mean is from the paper's in standard errors of that difference: the deviation behind
 * the paper's ± is between markets, so a mean may lie within it and still not be the same mean.
 * Undefined where the paper gives no deviation or no replications, or nothing varies.
 *
 * @param replications the paper's
 */
export function standardErrors(
  ours: Estimate,
  { mean, sd }: Figure,
  replications: number | undefined,
): number | undefined {
  if (sd === undefined || replications === undefined) return undefined;
  const error = Math.hypot(ours.error, sd / Math.sqrt(replications));
  return error > 0 ? (ours.mean - mean) / error : undefined;
}
