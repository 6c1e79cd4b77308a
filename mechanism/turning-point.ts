/** Halvings after which any interval of doubles that starts at 0 or above has no inside left. */
const MAX_PASSES = 1100;

/** Relative width at which an interval counts as a point. */
const WIDTH = 1e-15;

/**
 * Where a condition that holds at 0 and fails from some point on turns, as [last point seen to hold,
 * first point seen to fail]; they are within 1e-15 of one another, relative to the second.
 *
 * @param holds must be true at 0, and false at some finite point
 * @param scale above 0: where to look first
 */
export function turningPoint(
  holds: (x: number) => boolean,
  scale: number,
): [holding: number, failing: number] {
  let lower = 0;
  let upper = scale;
  while (holds(upper)) {
    lower = upper;
    upper *= 4;
  }
  for (let pass = 0; pass < MAX_PASSES && upper - lower > WIDTH * upper; pass++) {
    const middle = lower + 0.5 * (upper - lower);
    if (middle <= lower || middle >= upper) break;
    if (holds(middle)) lower = middle;
    else upper = middle;
  }
  return [lower, upper];
}
