import { checkNumber } from "../checks.ts";
import type { ValuationFamily } from "./valuation-family.ts";

/** V(x) = αx − ½κx² up to its peak at α/κ, flat after. V'(0) = α. */
export type QuadraticValuation = { family: "quadratic"; alpha: number; shape: number };

/** The quadratic family: α > 0 in tokens a unit, `shape` is κ > 0 in tokens a unit squared. */
export const quadratic: ValuationFamily<QuadraticValuation> = {
  family: "quadratic",
  value({ alpha, shape }, x) {
    const useful = Math.min(x, alpha / shape);
    return useful * (alpha - 0.5 * shape * useful);
  },
  marginal: ({ alpha, shape }, x) => Math.max(0, alpha - shape * x),
  secondDerivative: ({ alpha, shape }, x) => (x < alpha / shape ? -shape : 0),
  closedForm({ alpha, shape }, slope, curvature) {
    const peak = alpha / shape;
    if (slope + curvature * peak >= 0) {
      return Math.min(peak, Math.max(0, (alpha - slope) / (shape + curvature)));
    }
    // Only a pull towards a standing demand beyond the peak leads here.
    return -slope / curvature;
  },
  validate({ alpha, shape }) {
    checkNumber("alpha of a quadratic valuation", alpha, { above: 0 });
    checkNumber("shape (kappa) of a quadratic valuation", shape, { above: 0 });
  },
};
