import { chargeOf, type Agent, type Fees } from "./agent.ts";
import type { CostFamily } from "./costs/cost-family.ts";
import { costFamilyOf, type Cost } from "./costs/families.ts";
import { valuationFamilyOf, type Valuation } from "./valuations/families.ts";
import type { ValuationFamily } from "./valuations/valuation-family.ts";

/** What shapes a response besides price and fees. */
export type ResponseOptions = {
  /** γ ≥ 0, in tokens a unit squared: the cost of moving away from `standing`. Default 0. */
  proximalWeight?: number;
  /** xᵗ, the demand that stands, in units. Default 0. */
  standing?: number;
  /** The most that may be asked for, in units (the contract refuses more). Default Infinity. */
  capacity?: number;
};

/**
 * The payoff of x units at a price, in tokens: eq. (2) with the progressive charge,
 * U(x; μ) = V(x) − C(x) − (τ + μ)x − ½φx² − g·1{x > 0}.
 *
 * @param x allocation in units, at least 0
 */
export function payoff(agent: Agent, fees: Fees, price: number, x: number): number {
  return surplus(agent, x) - price * x - chargeOf(fees, x);
}

/** The worth of x units to the agent before any payment, in tokens: V(x) − C(x). */
export function surplus(agent: Agent, x: number): number {
  const { valuation, cost } = agent;
  return valuationFamilyOf(valuation).value(valuation, x) - costFamilyOf(cost).value(cost, x);
}

/**
 * The demand, in units, an agent wants at a posted price: eq. (3), and with γ > 0 the proximal
 * step of Algorithm 1, line 4: argmax over [0, capacity] of U(x; μ) − ½γ(x − xᵗ)².
 *
 * The concave part is maximised over x > 0 first, then compared with x = 0 including g; a tie
 * goes to 0. Among equally good x > 0 (a flat quadratic, free) the smallest is taken.
 *
 * @param price μ ≥ 0, in tokens a unit
 * @throws RangeError if the best demand is unbounded and no finite capacity was given
 */
export function bestResponse(
  agent: Agent,
  fees: Fees,
  price: number,
  options: ResponseOptions = {},
): number {
  const { proximalWeight = 0, standing = 0, capacity = Infinity } = options;
  return respond(agent, fees, price, proximalWeight, standing, capacity);
}

/**
 * `bestResponse` with every option in its place, for loops that must not allocate.
 *
 * @throws RangeError as `bestResponse` does
 */
export function respond(
  agent: Agent,
  fees: Fees,
  price: number,
  proximalWeight: number,
  standing: number,
  capacity: number,
): number {
  const { valuation, cost } = agent;
  const valuationFamily = valuationFamilyOf(valuation);
  const costFamily = costFamilyOf(cost);

  let x: number | undefined;
  if (costFamily.isQuadratic === true && valuationFamily.closedForm !== undefined) {
    const slope = costFamily.marginal(cost, 0) + fees.unitFee + price - proximalWeight * standing;
    const curvature = costFamily.secondDerivative(cost, 0) + fees.progressiveFee + proximalWeight;
    x = valuationFamily.closedForm(valuation, slope, curvature);
  }
  if (x === undefined) {
    const slope = fees.unitFee + price - proximalWeight * standing;
    const curvature = fees.progressiveFee + proximalWeight;
    x = solveResponse(valuationFamily, valuation, costFamily, cost, slope, curvature, capacity);
  }
  x = Math.min(x, capacity);
  if (x === Infinity) {
    throw new RangeError(
      `agent "${agent.id}" wants an unbounded demand at price ${price}: more is always worth ` +
        "having when it is free; pass a finite capacity, or charge a unit fee",
    );
  }
  // The maximiser of a concave function beats 0 whenever it is above 0, so only a fixed fee
  // calls for the comparison, and rounding cannot turn a tiny demand away when there is none.
  if (fees.executionFee === 0) return x;
  const proximalGain = proximalWeight * x * (standing - 0.5 * x);
  return payoff(agent, fees, price, x) + proximalGain > 0 ? x : 0;
}

/**
 * The x in [0, capacity] where the decreasing V'(x) − C'(x) − slope − curvature·x crosses zero,
 * to 1e-12 relative or better; Infinity if it never does and capacity is infinite. Newton steps
 * inside a bracket, and the bracket's geometric middle whenever a step leaves it.
 */
function solveResponse(
  valuationFamily: ValuationFamily<Valuation>,
  valuation: Valuation,
  costFamily: CostFamily<Cost>,
  cost: Cost,
  slope: number,
  curvature: number,
  capacity: number,
): number {
  const derivative = (x: number): number =>
    valuationFamily.marginal(valuation, x) - costFamily.marginal(cost, x) - slope - curvature * x;

  if (!(derivative(0) > 0)) return 0;
  if (capacity < Infinity && derivative(capacity) >= 0) return capacity;

  // Grow or shrink geometrically, faster each time, so that 1e-200 and 1e200 are a few steps off.
  let lower = Math.min(1, 0.5 * capacity);
  let upper = lower;
  if (derivative(lower) > 0) {
    for (let factor = 4; ; factor *= factor) {
      lower = upper;
      upper = Math.min(capacity, upper * factor);
      if (upper === Infinity) return Infinity;
      if (derivative(upper) <= 0) break;
    }
  } else {
    for (let factor = 4; ; factor *= factor) {
      upper = lower;
      lower /= factor;
      if (lower === 0 || derivative(lower) > 0) break;
    }
    if (lower === 0) return 0;
  }

  let x = Math.sqrt(lower) * Math.sqrt(upper);
  // In a bracket this wide the geometric middle is a double of its own.
  for (let pass = 0; upper - lower > 8 * Number.EPSILON * upper; pass++) {
    const height = derivative(x);
    if (height === 0) return x;
    if (height > 0) lower = x;
    else upper = x;
    const steepness =
      valuationFamily.secondDerivative(valuation, x) -
      costFamily.secondDerivative(cost, x) -
      curvature;
    const newton = x - height / steepness;
    const isInside = newton > lower && newton < upper;
    if (isInside && Math.abs(newton - x) <= 1e-15 * x) return newton;
    // A slow crawl from one side of a wide bracket is a sign of a poor local slope.
    x = isInside && pass % 8 !== 7 ? newton : Math.sqrt(lower) * Math.sqrt(upper);
  }
  return 0.5 * (lower + upper);
}
