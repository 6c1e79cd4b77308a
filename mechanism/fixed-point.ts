/** One, with 18 decimals: the contract's UD60x18 unit. */
export const UNIT = 10n ** 18n;

const DECIMALS = 18;

/**
 * A decimal string as a number with `decimals` decimals, exactly: no float in between.
 * `parseFixed("0.1")` is 10¹⁷.
 *
 * @param text digits with at most one point, as in `12`, `0.5` or `-3.25`; no exponent
 * @param decimals 18 for UD60x18, the token's own for base units
 * @throws RangeError if the text is no such number or has more decimals than fit
 */
export function parseFixed(text: string, decimals: number = DECIMALS): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) {
    throw new RangeError(`"${text}" is not a decimal number; write it as in 12, 0.5 or -3.25`);
  }
  const [, sign = "", whole = "0", given = ""] = match;
  const fraction = given.replace(/0+$/, "");
  if (fraction.length > decimals) {
    throw new RangeError(`"${text}" has more than ${decimals} decimals; round it first`);
  }
  const magnitude = BigInt(whole + fraction.padEnd(decimals, "0"));
  return sign === "-" ? -magnitude : magnitude;
}

/**
 * A number with `decimals` decimals as the shortest decimal string, exactly: the inverse of
 * `parseFixed`. `formatFixed(10n ** 17n)` is `"0.1"`.
 */
export function formatFixed(value: bigint, decimals: number = DECIMALS): string {
  const magnitude = value < 0n ? -value : value;
  const digits = magnitude.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/**
 * A float as fixed point, towards zero. The value taken is the shortest decimal that names the
 * float (what `String` prints), so 0.1 becomes 10¹⁷ and not the 0.1000000000000000055… it is in
 * binary; digits past the last decimal are dropped.
 *
 * @throws RangeError if the value is not finite
 */
export function fixedFromNumber(value: number, decimals: number = DECIMALS): bigint {
  if (!Number.isFinite(value)) {
    throw new RangeError(`${value} has no fixed-point form; it must be a finite number`);
  }
  const [mantissa = "0", exponent = "0"] = Math.abs(value).toString().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const digits = BigInt(whole + fraction);
  const shift = decimals + Number(exponent) - fraction.length;
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  return value < 0 ? -magnitude : magnitude;
}

/** Fixed point as the nearest float. */
export function numberFromFixed(value: bigint, decimals: number = DECIMALS): number {
  return Number(formatFixed(value, decimals));
}

/** numerator / denominator rounded up, both not negative. */
export function divUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}

/** ⌊√value⌋ for value ≥ 0, as PRB Math's `sqrt`. */
export function sqrtDown(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const better = (guess + value / guess) >> 1n;
    if (better >= guess) return guess;
    guess = better;
  }
}

/** |a − b|. */
export function difference(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}
