import { checkNumber } from "../checks.ts";
import type { ValuationFamily } from "./valuation-family.ts";

/** V(x) = α(1 − e^(−x/κ)): worth at most α, most of it within a few κ units. V'(0) = α/κ. */
export type SaturatingValuation = { family: "saturating"; alpha: number; shape: number };

/** The saturating family: α > 0 in tokens, `shape` is the scale κ > 0 in units. */
export const saturating: ValuationFamily<SaturatingValuation> = {
  family: "saturating",
  value: ({ alpha, shape }, x) => -alpha * Math.expm1(-x / shape),
  marginal: ({ alpha, shape }, x) => (alpha / shape) * Math.exp(-x / shape),
  secondDerivative: ({ alpha, shape }, x) => (-alpha / (shape * shape)) * Math.exp(-x / shape),
  closedForm({ alpha, shape }, slope, curvature) {
    if (curvature !== 0) return undefined;
    return slope > 0 ? Math.max(0, shape * Math.log(alpha / (shape * slope))) : Infinity;
  },
  validate({ alpha, shape }) {
    checkNumber("alpha of a saturating valuation", alpha, { above: 0 });
    checkNumber("shape (kappa) of a saturating valuation", shape, { above: 0 });
  },
};
