import { checkNumber } from "../checks.ts";
import type { ValuationFamily } from "./valuation-family.ts";

/** V(x) = α·ln(1 + x), the paper's example (§3.3). V'(0) = α is finite. */
export type LogValuation = { family: "log"; alpha: number };

/** The log family: V(x) = α·ln(1 + x), α > 0 in tokens. Its response generalises eq. (7). */
export const log: ValuationFamily<LogValuation> = {
  family: "log",
  value: ({ alpha }, x) => alpha * Math.log1p(x),
  marginal: ({ alpha }, x) => alpha / (1 + x),
  secondDerivative: ({ alpha }, x) => -alpha / ((1 + x) * (1 + x)),
  closedForm({ alpha }, slope, curvature) {
    // With y = 1 + x the first-order condition is curvature·y² + k·y = α. Each branch adds terms
    // of one sign, so neither cancels, and the first stays accurate as curvature → 0.
    const k = slope - curvature;
    if (curvature === 0) return k > 0 ? Math.max(0, alpha / k - 1) : Infinity;
    const root = Math.sqrt(k * k + 4 * curvature * alpha);
    const y = k >= 0 ? (2 * alpha) / (k + root) : (root - k) / (2 * curvature);
    return Math.max(0, y - 1);
  },
  validate({ alpha }) {
    checkNumber("alpha of a log valuation", alpha, { above: 0 });
  },
};
