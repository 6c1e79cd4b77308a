/**
 * The q = β + τ + μ − γxᵗ from which on the best demand of an agent V = α·ln(1+x) does not pay for the fixed fee, in tokens
 * a unit. What a demand gains over none, α·ln(1+x) − qx − ½γx² − g, has the standing demand in q alone; it is above 0 for
 * some x while q < (α·ln(1+x) − ½γx² − g)/x. The largest such quotient is found by Dinkelbach's method: from below, each
 * time at the demand that is best at the last one.
 *
 * @param weight γ
 */
export function entryPrice(
  alpha: number,
  weight: number,
  { capacity, executionFee }: { capacity: number; executionFee: number },
): number {
  if (executionFee === 0) return alpha;
  // The x that is best there: with z = x/(1+x) it makes α(z²/2 + z³/3 + …) + γ(z²/2 + z³ + …) = g, by its series in s.
  const bend = alpha + weight;
  const s = Math.sqrt((2 * executionFee) / bend);
  const cubic = ((2 / 3) * alpha + 2 * weight) / bend;
  const quartic = (alpha / 2 + 3 * weight) / bend;
  const z = s * (1 - s * (cubic / 2 - s * ((5 / 8) * cubic * cubic - quartic / 2)));
  // Where that is too far for a series, any x will do.
  let q = gainOf(Math.min(capacity, Math.max(s, z / (1 - z))), alpha, weight, executionFee);
  for (let step = 0; step < 60; step++) {
    const x = Math.min(capacity, bestAt(q, alpha, weight));
    const next = gainOf(x, alpha, weight, executionFee);
    // The error of each is the square of the last one's: after a step of a millionth it is below 10⁻¹¹.
    if (!(next > q + 1e-6 * Math.abs(q))) return Math.max(q, next);
    q = next;
  }
  return q;
}

/** What a unit of x may cost for x to pay, (α·ln(1+x) − ½γx² − g)/x. */
function gainOf(x: number, alpha: number, weight: number, executionFee: number): number {
  return (alpha * Math.log1p(x) - 0.5 * weight * x * x - executionFee) / x;
}

/** The x > 0 where α/(1+x) = q + γx: of γy² + ky = α with y = 1 + x, k = q − γ, the form whose terms have one sign. */
function bestAt(q: number, alpha: number, weight: number): number {
  const k = q - weight;
  const root = Math.sqrt(k * k + 4 * weight * alpha);
  return (k >= 0 ? (2 * alpha) / (k + root) : (root - k) / (2 * weight)) - 1;
}
