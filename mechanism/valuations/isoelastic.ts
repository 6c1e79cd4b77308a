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
    if (curvature !== 0) return undefined;
    return slope > 0 ? Math.pow(alpha / slope, 1 / shape) : Infinity;
  },
  validate({ alpha, shape }) {
    checkNumber("alpha of an isoelastic valuation", alpha, { above: 0 });
    checkNumber("shape (rho) of an isoelastic valuation", shape, { above: 0, below: 1 });
  },
};
