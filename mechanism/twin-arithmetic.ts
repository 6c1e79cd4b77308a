import { difference, divUp, sqrtDown, UNIT } from "./fixed-point.ts";
import type { StopReason, StepRule } from "./price-update.ts";

// The contract's libraries in BigInt, rounding and all, under the contract's own names. Quantities,
// prices and fees have 18 decimals; money is in base units of the payment token.

/** A side of the bracket that no round has shown yet. */
export const UNSEEN = 2n ** 80n - 1n;

/** The highest price there is. */
export const MAX_PRICE = UNSEEN - 1n;

/** The contract's `StepRule`, in its order. */
export const STEP_RULES = ["Constant", "InverseSqrt", "RobbinsMonro", "Secant"] as const;

/** The contract's `Reason`, in its order. */
export const REASONS = ["None", "Converged", "Rationed", "RoundLimit"] as const;

/** What a demand is charged: τ, g and φ. */
export type TwinFees = { unitFee: bigint; executionFee: bigint; progressiveFee: bigint };

/** How rounds are closed: ε_p, ε_x, ε_d, η₀, t₀ and the rest. */
export type TwinRules = {
  primalTolerance: bigint;
  movementTolerance: bigint;
  dualTolerance: bigint;
  initialStep: bigint;
  maxStep: bigint;
  stepOffset: bigint;
  roundLength: bigint;
  maxRounds: bigint;
  rule: StepRule["rule"];
};

/** The bracket; a side that is `UNSEEN` has not been seen. */
export type TwinBracket = { lower: bigint; upper: bigint; previousDemand: bigint };

/** One closed round: t, μᵗ, Ŝ, Σ|xᵗ − xᵗ⁻¹| and m. */
export type TwinRound = {
  index: bigint;
  price: bigint;
  demand: bigint;
  movement: bigint;
  capacity: bigint;
};

/** `Charges.chargeUp`: τx + ½φx² + g·1{x>0} in token base units, rounded up. */
export function chargeUp(fees: TwinFees, demand: bigint, divisor: bigint): bigint {
  if (demand === 0n) return 0n;
  const progressive = divUp(fees.progressiveFee * demand * demand, 2n * UNIT);
  return divUp(fees.unitFee * demand + fees.executionFee * UNIT + progressive, divisor);
}

/** `Charges.paymentUp`: μx in token base units, rounded up. */
export function paymentUp(price: bigint, quantity: bigint, divisor: bigint): bigint {
  return divUp(price * quantity, divisor);
}

const MANTISSA_BITS = 26n;
const MANTISSA_MASK = (1n << MANTISSA_BITS) - 1n;

/** `LockedPrice.packDown`: 26 bits of mantissa, 6 of exponent, rounded down. */
export function packPriceDown(price: bigint): bigint {
  if (price <= MANTISSA_MASK) return price;
  const exponent = BigInt(price.toString(2).length) - MANTISSA_BITS;
  return (exponent << MANTISSA_BITS) | (price >> exponent);
}

/** `LockedPrice.unpack`. */
export function unpackPrice(packed: bigint): bigint {
  return (packed & MANTISSA_MASK) << (packed >> MANTISSA_BITS);
}

/** The largest mantissa that `Digits` packs. */
export const MAX_MANTISSA = 2n ** 27n - 1n;

/** `Digits.pack` without the packing: whether a parameter has few enough digits to be stored. */
export function fitsDigits(value: bigint): boolean {
  return fitDigitsDown(value) === value;
}

/**
 * The largest number not above `value` that the contract can store as a parameter marked *: at
 * most eight significant digits, the mantissa at most 134,217,727. For a caller who computed the
 * parameter; nothing in the contract rounds.
 */
export function fitDigitsDown(value: bigint): bigint {
  let scale = 1n;
  while (value / scale > MAX_MANTISSA) scale *= 10n;
  return (value / scale) * scale;
}

/** `PriceUpdate.observe`: the bracket with what a round adds. */
export function observeFixed(bracket: TwinBracket, round: TwinRound): TwinBracket {
  let { lower, upper } = bracket;
  const { price } = round;
  if (round.demand > round.capacity) {
    if (upper !== UNSEEN && price >= upper) upper = UNSEEN;
    if (lower === UNSEEN || price > lower) lower = price;
  } else {
    if (lower !== UNSEEN && price <= lower) lower = UNSEEN;
    if (upper === UNSEEN || price < upper) upper = price;
  }
  return { lower, upper, previousDemand: round.demand };
}

/** `PriceUpdate.nextPrice`: eq. (24), clipped, and kept inside the bracket under Secant. */
export function nextPriceFixed(
  rules: TwinRules,
  before: TwinBracket,
  seen: TwinBracket,
  round: TwinRound,
): bigint {
  const { step: wanted, isLevel } = stepDown(rules, before, round);
  const step = wanted > rules.maxStep ? rules.maxStep : wanted;
  const isExcess = round.demand > round.capacity;
  let price: bigint;
  if (isExcess) {
    price = round.price + step;
    if (price > MAX_PRICE) price = MAX_PRICE;
  } else {
    price = step < round.price ? round.price - step : 0n;
  }
  if (rules.rule !== "Secant" || round.demand === round.capacity) return price;
  if (seen.lower === UNSEEN || seen.upper === UNSEEN) return price;
  if (seen.upper - seen.lower <= rules.dualTolerance) return seen.upper;
  const middle = (seen.lower + seen.upper) / 2n;
  if (isLevel || price <= seen.lower || price >= seen.upper) return middle;
  const wasExcess = before.previousDemand > round.capacity;
  return isExcess === wasExcess && isExcess === price > middle ? middle : price;
}

/** `PriceUpdate.stepDown`: η_t·|Ŝ − m| before clipping, rounded down, and whether Secant has been shown no slope. */
export function stepDown(
  rules: TwinRules,
  before: TwinBracket,
  round: TwinRound,
): { step: bigint; isLevel: boolean } {
  let isLevel = false;
  if (rules.rule === "Secant" && round.index !== 0n) {
    const step = secantDown(rules.maxStep, before, round);
    if (step !== undefined) return { step, isLevel };
    isLevel = true;
  }
  const constantStep = rules.initialStep * difference(round.demand, round.capacity);
  if (rules.rule === "InverseSqrt") {
    return { step: constantStep / sqrtDown((round.index + 1n) * UNIT * UNIT), isLevel };
  }
  if (rules.rule === "RobbinsMonro") {
    const down = (round.index + rules.stepOffset) * UNIT;
    return { step: (constantStep * rules.stepOffset) / down, isLevel };
  }
  return { step: constantStep / UNIT, isLevel };
}

/** `PriceUpdate.secantDown`; undefined where the line is level. */
function secantDown(
  maxStep: bigint,
  { lower, upper, previousDemand }: TwinBracket,
  { price, demand, capacity }: TwinRound,
): bigint | undefined {
  const previousPrice = previousDemand > capacity ? lower : upper;
  const priceChange = difference(price, previousPrice);
  const demandChange = difference(demand, previousDemand);
  const priceRose = price > previousPrice;
  const demandFell = demand < previousDemand;
  if (priceRose !== demandFell || priceChange === 0n || demandChange === 0n) return undefined;
  const line = (priceChange * difference(demand, capacity)) / demandChange;
  const most = 2n * maxStep;
  return ((line > most ? most : line) * (previousDemand + capacity)) / (2n * capacity);
}

/** `PriceUpdate.stopReason`: undefined where the contract says `None`. */
export function stopReasonFixed(
  rules: TwinRules,
  seen: TwinBracket,
  round: TwinRound,
  next: bigint,
): StopReason | undefined {
  const excess = round.demand > round.capacity;
  if (round.movement <= rules.movementTolerance) {
    const slack = round.price === 0n && !excess;
    const cleared = slack || difference(round.demand, round.capacity) <= rules.primalTolerance;
    if (cleared && difference(next, round.price) <= rules.dualTolerance) return "Converged";
    const isNarrow = seen.lower !== UNSEEN && round.price - seen.lower <= rules.dualTolerance;
    if (!excess && isNarrow) return "Rationed";
  }
  return round.index + 1n >= rules.maxRounds ? "RoundLimit" : undefined;
}
