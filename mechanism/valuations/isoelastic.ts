import { checkNumber } from "../checks.ts";
import type { ValuationFamily } from "./valuation-family.ts";

/** V(x) = αx^(1−ρ)/(1−ρ) with 0 < ρ < 1. It meets the paper's V'(0) = ∞ (Assumption 3.1). */
export type IsoelasticValuation = { family: "isoelastic"; alpha: number; shape: number };

/** The isoelastic family: α > 0 in tokens, `shape` is ρ strictly between 0 and 1. */
export const isoelastic: ValuationFamily<IsoelasticValuation> = {
  family: "isoelastic",
  value: ({ alpha, shape }, x) => (alpha * Math.pow(x, 1 - shape)) / (1 - shape),
  marginal: ({ alpha, shape }, x) => alpha * Math.pow(x, -shape),
  secondDerivative: ({ alpha, shape }, x) => -alpha * shape * Math.pow(x, -shape - 1),
  closedForm({ alpha, shape }, slope, curvature) {
    if (curvature === 0) return slope > 0 ? Math.pow(alpha / slope, 1 / shape) : Infinity;
    return slope > 0 ? crossing(alpha, shape, slope, curvature) : undefined;
  },
  validate({ alpha, shape }) {
    checkNumber("alpha of an isoelastic valuation", alpha, { above: 0 });
    checkNumber("shape (rho) of an isoelastic valuation", shape, { above: 0, below: 1 });
  },
};

/** From an ordinary start five or six are enough; where they are not, the general root finder is asked. */
const MAX_PASSES = 20;

/**
 * The x > 0 with αx^(−ρ) = slope + curvature·x, all above 0. No formula gives it, but Newton does in a few passes: as
 * logarithms over u = ln x the difference is concave and falls, and without either term on the right u is too high, so
 * each step goes down and none too far. The last step, on x itself, is to the rounding of αx^(−ρ).
 */
function crossing(
  alpha: number,
  shape: number,
  slope: number,
  curvature: number,
): number | undefined {
  let u = Math.min(Math.log(alpha / slope) / shape, Math.log(alpha / curvature) / (1 + shape));
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const rising = curvature * Math.exp(u);
    const right = slope + rising;
    const step = (Math.log(alpha / right) - shape * u) / (shape + rising / right);
    u += step;
    if (Math.abs(step) > 1e-5) continue;
    const x = Math.exp(u);
    const left = alpha * Math.pow(x, -shape);
    const polished = x + (left - slope - curvature * x) / ((shape * left) / x + curvature);
    return polished > 0 && polished < Infinity ? polished : undefined;
  }
  return undefined;
}
