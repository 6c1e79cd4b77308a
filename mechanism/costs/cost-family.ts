/**
 * One family of private costs C, as the mechanism needs it. C is convex with C(0) = 0; x is in
 * units of the resource, C(x) in payment tokens. To add one: its file, and its name in
 * `families.ts`.
 */
export type CostFamily<Parameters extends { family: string }> = {
  family: Parameters["family"];
  /** C(x), in tokens, for x ≥ 0. */
  value(parameters: Parameters, x: number): number;
  /** C'(x), in tokens a unit. */
  marginal(parameters: Parameters, x: number): number;
  /** C''(x) ≥ 0, in tokens a unit squared. */
  secondDerivative(parameters: Parameters, x: number): number;
  /**
   * True when C(x) is C'(0)·x + ½·C''(0)·x² exactly, so that a valuation's closed form may be
   * used; leave it out for any other shape, and a root finder answers.
   */
  isQuadratic?: boolean;
  /** Throws a RangeError naming the parameter that is out of range. */
  validate(parameters: Parameters): void;
};
