import { formatFixed } from "../mechanism/fixed-point.ts";
import { MAX_MANTISSA } from "../mechanism/twin-arithmetic.ts";

/** ±mantissa·10^exponent, exactly; the mantissa has no trailing zeros. Zero is 0·10⁰. */
export type Decimal = { mantissa: bigint; exponent: number };

/** Decimals of the contract's quantities and prices (UD60x18). */
const DECIMALS = 18;

const LONGEST_WRITTEN = 100;

/**
 * A number exactly as a person wrote it: a JSON number (by its shortest decimal) or a string in
 * the same notation, as in `12`, `0.5`, `-3.25` or `1e-3`.
 *
 * @returns undefined for anything else: other types, NaN, infinities, hexadecimal
 */
export function readDecimal(given: unknown): Decimal | undefined {
  if (typeof given !== "number" && typeof given !== "string") return undefined;
  const text = String(given);
  if (text.length > LONGEST_WRITTEN) return undefined;
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", power = "0"] = match;
  const digits = (whole + fraction).replace(/0+$/, "");
  const magnitude = BigInt(digits === "" ? "0" : digits);
  if (magnitude === 0n) return { mantissa: 0n, exponent: 0 };
  return {
    mantissa: sign === "-" ? -magnitude : magnitude,
    exponent: Number(power) - fraction.length + (whole + fraction).length - digits.length,
  };
}

/** Whether the number has no digit after the 18th decimal. */
export function fitsDecimals(decimal: Decimal, decimals: number = DECIMALS): boolean {
  return decimal.exponent >= -decimals;
}

/** The number with 18 decimals, for one that fits them; undefined if it is 10⁴⁰ or more. */
export function fixedFromDecimal({ mantissa, exponent }: Decimal): bigint | undefined {
  if (exponent > 40) return undefined;
  return mantissa * 10n ** BigInt(exponent + DECIMALS);
}

/** Whether the contract can store the number in 32 bits: see `contracts/libraries/Digits.sol`. */
export function fitsDigits({ mantissa }: Decimal): boolean {
  return mantissa <= MAX_MANTISSA;
}

/** A positive value with 18 decimals rounded to eight significant digits, to the nearest. */
export function roundToDigits(value: bigint): bigint {
  const excess = value.toString().length - 8;
  if (excess <= 0) return value;
  const unit = 10n ** BigInt(excess);
  return ((value + unit / 2n) / unit) * unit;
}

/** A bound with 18 decimals as a person reads it: one decimal, and `…` where there are more. */
export function shownBound(value: bigint): string {
  const text = formatFixed(value);
  const [whole = "", fraction = ""] = text.split(".");
  return fraction.length > 1 ? `${whole}.${fraction.slice(0, 1)}…` : text;
}
