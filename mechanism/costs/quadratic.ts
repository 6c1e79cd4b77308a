import { checkNumber } from "../checks.ts";
import type { CostFamily } from "./cost-family.ts";

/** C(x) = βx + ½δx². */
export type QuadraticCost = { family: "quadratic"; beta: number; delta: number };

/** The quadratic family: β ≥ 0 in tokens a unit, δ ≥ 0 in tokens a unit squared. */
export const quadratic: CostFamily<QuadraticCost> = {
  family: "quadratic",
  value: ({ beta, delta }, x) => x * (beta + 0.5 * delta * x),
  marginal: ({ beta, delta }, x) => beta + delta * x,
  secondDerivative: ({ delta }) => delta,
  isQuadratic: true,
  validate({ beta, delta }) {
    checkNumber("beta of a quadratic cost", beta, { atLeast: 0 });
    checkNumber("delta of a quadratic cost", delta, { atLeast: 0 });
  },
};
