import { checkNumber } from "../checks.ts";
import type { CostFamily } from "./cost-family.ts";

/** C(x) = βx, the paper's example (§3.3). */
export type LinearCost = { family: "linear"; beta: number };

/** The linear family: C(x) = βx, β ≥ 0 in tokens a unit. */
export const linear: CostFamily<LinearCost> = {
  family: "linear",
  value: ({ beta }, x) => beta * x,
  marginal: ({ beta }) => beta,
  secondDerivative: () => 0,
  isQuadratic: true,
  validate({ beta }) {
    checkNumber("beta of a linear cost", beta, { atLeast: 0 });
  },
};
