/**
 * How a round's excess demand becomes a price step (mechanism.md §3.4); t counts from 0.
 * `initialStep` is η₀ > 0, in tokens a unit per unit of excess demand; `stepOffset` is t₀ > 0, in
 * rounds.
 *
 * - `Constant`: η₀
 * - `InverseSqrt`: η₀/√(t+1)
 * - `RobbinsMonro`: η₀t₀/(t+t₀)
 * - `Secant`: the slope between the last two rounds, times (Ŝ^{t−1} + m)/2m, kept inside the bracket; without a slope
 *   η₀, and half of the bracket once both of its sides are seen
 */
export type StepRule =
  | { rule: "Constant"; initialStep: number }
  | { rule: "InverseSqrt"; initialStep: number }
  | { rule: "RobbinsMonro"; initialStep: number; stepOffset: number }
  | { rule: "Secant"; initialStep: number };

/** How a market moves its price and when it stops. Frozen while an epoch is open. */
export type PriceUpdateParameters = {
  /** m > 0, in units. */
  capacity: number;
  stepRule: StepRule;
  /** The most the price may move in a round, in tokens a unit. */
  maxStep: number;
  /** ε_p, in units: how far total demand may be from capacity. */
  primalTolerance: number;
  /** ε_d, in tokens a unit: how far the next price may be, and the narrowest bracket. */
  dualTolerance: number;
  /** ε_x, in units: how much demands may still move in a round. */
  movementTolerance: number;
  /** The round after which the epoch settles whatever the residuals, counting from 1. */
  maxRounds: number;
};

/** The highest price seen with demand above capacity, the lowest seen without; in tokens. */
export type Bracket = { lower: number | undefined; upper: number | undefined };

/** What is carried from one round to the next. */
export type PriceState = {
  /** t, counting from 0. */
  round: number;
  /** μᵗ, the posted price, in tokens a unit. */
  price: number;
  bracket: Bracket;
  /** Ŝ of round t − 1, in units; means nothing in round 0. */
  previousDemand: number;
};

/** r_p and r_x in units, r_d in tokens a unit (Algorithm 1, line 9; r_x is ours). */
export type Residuals = { primal: number; dual: number; movement: number };

/** Why an epoch stopped (mechanism.md §4). */
export type StopReason = "Converged" | "Rationed" | "RoundLimit";

/** What closing a round decides. */
export type ClosedRound = {
  residuals: Residuals;
  /** μᵗ⁺¹, posted if the epoch goes on. When it stops, it settles at μᵗ all the same. */
  nextPrice: number;
  /** Undefined while the epoch goes on. */
  stop: StopReason | undefined;
  /** The next round's state, to be used if the epoch goes on. */
  next: PriceState;
};

/** The state of round 0 at an initial price μ⁰ ≥ 0, in tokens a unit. */
export function openingState(initialPrice: number): PriceState {
  return {
    round: 0,
    price: initialPrice,
    bracket: { lower: undefined, upper: undefined },
    previousDemand: 0,
  };
}

/**
 * Close a round: eq. (24) with a step rule, a clip and, for Secant, a bracket; then the
 * residuals and the reason to stop, if there is one. The contract does the same in fixed point.
 *
 * @param total Ŝ, the sum of standing demands, in units
 * @param movement r_x = Σ|xᵢᵗ − xᵢᵗ⁻¹|, in units
 */
export function closeRound(
  state: PriceState,
  total: number,
  movement: number,
  parameters: PriceUpdateParameters,
): ClosedRound {
  const { price } = state;
  const { capacity, stepRule, primalTolerance, dualTolerance, movementTolerance } = parameters;
  const bracket = observe(state.bracket, price, total > capacity);

  const step = Math.min(stepSize(state, bracket, total, parameters), parameters.maxStep);
  let nextPrice = total > capacity ? price + step : Math.max(0, price - step);
  if (stepRule.rule === "Secant" && total !== capacity) {
    const isExcess = total > capacity;
    const isSameSide = isExcess === state.previousDemand > capacity;
    nextPrice = keepInside(nextPrice, bracket, dualTolerance, isSameSide, isExcess);
  }

  const residuals: Residuals = {
    primal: price > 0 ? Math.abs(total - capacity) : Math.max(0, total - capacity),
    dual: Math.abs(nextPrice - price),
    movement,
  };
  const still = movement <= movementTolerance;
  let stop: StopReason | undefined;
  if (residuals.primal <= primalTolerance && residuals.dual <= dualTolerance && still) {
    stop = "Converged";
  } else if (
    bracket.lower !== undefined &&
    total <= capacity &&
    price - bracket.lower <= dualTolerance &&
    still
  ) {
    stop = "Rationed";
  } else if (state.round + 1 === parameters.maxRounds) {
    stop = "RoundLimit";
  }
  return {
    residuals,
    nextPrice,
    stop,
    next: { round: state.round + 1, price: nextPrice, bracket, previousDemand: total },
  };
}

/**
 * The bracket after a price has been seen to leave demand above capacity or not
 * (mechanism.md §3.5). An observation that contradicts the far side resets it.
 */
export function observe(bracket: Bracket, price: number, isAbove: boolean): Bracket {
  const { lower, upper } = bracket;
  if (isAbove) {
    return {
      lower: lower === undefined ? price : Math.max(lower, price),
      upper: upper !== undefined && price >= upper ? undefined : upper,
    };
  }
  return {
    lower: lower !== undefined && price <= lower ? undefined : lower,
    upper: upper === undefined ? price : Math.min(upper, price),
  };
}

/** η_t·|Ŝ − m| before the clip, in tokens a unit. */
function stepSize(
  state: PriceState,
  { lower, upper }: Bracket,
  total: number,
  parameters: PriceUpdateParameters,
): number {
  const { round } = state;
  const { capacity, stepRule } = parameters;
  const excess = Math.abs(total - capacity);
  switch (stepRule.rule) {
    case "Constant":
      return stepRule.initialStep * excess;
    case "InverseSqrt":
      return (stepRule.initialStep / Math.sqrt(round + 1)) * excess;
    case "RobbinsMonro":
      return (
        ((stepRule.initialStep * stepRule.stepOffset) / (round + stepRule.stepOffset)) * excess
      );
    case "Secant":
      return (
        secantStep(state, total, capacity) ??
        // A level line leaves a closed bracket to be halved.
        (round > 0 && lower !== undefined && upper !== undefined
          ? 0
          : stepRule.initialStep * excess)
      );
  }
}

/**
 * The mean of two steps: to where a line through the last two demands meets m, and to where one through their inverses
 * meets 1/m. Undefined without a slope.
 */
function secantStep(state: PriceState, total: number, capacity: number): number | undefined {
  if (state.round === 0) return undefined;
  // Secant keeps its price inside the bracket, so the price of the round before is always the
  // side of the bracket its demand put it on. The contract saves a storage slot by it.
  const { bracket, previousDemand } = state;
  const previousPrice = previousDemand > capacity ? bracket.lower : bracket.upper;
  if (previousPrice === undefined) return undefined;
  const priceChange = state.price - previousPrice;
  const demandChange = total - previousDemand;
  const isFalling = (priceChange > 0 && demandChange < 0) || (priceChange < 0 && demandChange > 0);
  if (!isFalling) return undefined;
  const secant = Math.abs(priceChange * (total - capacity)) / Math.abs(demandChange);
  return (secant * (previousDemand + capacity)) / (2 * capacity);
}

/**
 * A Secant price held strictly inside its bracket, or at its upper side once that is narrow; and no further than the
 * middle where the last two demands were on the same side of m, which say little of what lies across it. The bracket is
 * never wider than a step may be, so this needs no clip.
 */
function keepInside(
  price: number,
  { lower, upper }: Bracket,
  dualTolerance: number,
  isSameSide: boolean,
  isExcess: boolean,
): number {
  if (lower === undefined || upper === undefined) return price;
  if (upper - lower <= dualTolerance) return upper;
  const middle = lower + (upper - lower) / 2;
  if (price <= lower || price >= upper) return middle;
  return isSameSide && isExcess === price > middle ? middle : price;
}
