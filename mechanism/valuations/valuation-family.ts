/**
 * One family of valuations V, as the mechanism needs it. V is concave with V(0) = 0; x is a
 * demand in units of the resource and V(x) is worth in payment tokens.
 *
 * To add a family, write one file that exports an object of this shape and list it in
 * `families.ts`. Everything else (responses, equilibrium, dynamics, metrics) follows.
 */
export type ValuationFamily<Parameters extends { family: string }> = {
  family: Parameters["family"];
  /** V(x), in tokens, for x ≥ 0. */
  value(parameters: Parameters, x: number): number;
  /** V'(x), in tokens a unit; may be Infinity at x = 0. */
  marginal(parameters: Parameters, x: number): number;
  /** V''(x) ≤ 0, in tokens a unit squared; may be -Infinity at x = 0. */
  secondDerivative(parameters: Parameters, x: number): number;
  /**
   * The smallest x ≥ 0 that maximises V(x) − slope·x − ½·curvature·x², where there is a closed
   * form: Infinity where the maximum is out of reach, undefined where a root finder is needed.
   * `slope` may have either sign (the proximal term pulls towards the standing demand);
   * `curvature` ≥ 0 gathers γ, φ and a quadratic cost. Leave it out if there is none.
   */
  closedForm?(parameters: Parameters, slope: number, curvature: number): number | undefined;
  /** Throws a RangeError naming the parameter that is out of range. */
  validate(parameters: Parameters): void;
};
