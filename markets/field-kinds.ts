import { z } from "zod";

import { formatFixed } from "../mechanism/fixed-point.ts";
import {
  fitsDecimals,
  fitsDigits,
  fixedFromDecimal,
  readDecimal,
  roundToDigits,
  shownBound,
} from "./decimal.ts";
import { either } from "./input-error.ts";

/** What a field may hold: how it is checked, and the same said in words. */
export type Kind<Value> = { schema: z.ZodType<Value>; allowed: string };

/** A value, or what was allowed instead. */
type Reading<Value> = { value: Value } | { allowed: string };

/** A kind from a reader of anything; what the reader asks for becomes the issue's message. */
export function kind<Value>(
  allowed: string,
  read: (given: unknown) => Reading<Value>,
): Kind<Value> {
  const schema = z.unknown().transform((given, context): Value => {
    const reading = read(given);
    if ("value" in reading) return reading.value;
    context.issues.push({ code: "custom", message: reading.allowed, input: given });
    return z.NEVER;
  });
  return { schema, allowed };
}

/**
 * A number within bounds that have 18 decimals, both inclusive. JSON numbers and decimal strings
 * mean the same. More than 18 decimals are refused, as is a string with more digits than a
 * number carries: nothing is rounded on the way to the contract.
 *
 * @param range `digits` asks for what the contract packs: at most eight significant digits
 */
export function decimal(range: { min: bigint; max: bigint; digits?: boolean }): Kind<number> {
  const { min, max, digits = false } = range;
  const from = min === 1n ? "above 0" : `from ${shownBound(min)}`;
  const allowed = `a number ${from} up to ${shownBound(max)}`;
  return kind(allowed, (given) => {
    const written = readDecimal(given);
    if (written === undefined || written.mantissa < 0n) return { allowed };
    if (!fitsDecimals(written)) return { allowed: "at most 18 decimals" };
    const fixed = fixedFromDecimal(written);
    if (fixed === undefined || fixed < min || fixed > max) return { allowed };
    if (digits && !fitsDigits(written)) {
      const near = roundToDigits(fixed);
      const example = near > max ? "" : `, as in ${formatFixed(near)}`;
      return { allowed: `at most eight significant digits${example}` };
    }
    // Adding zero makes a written -0 the zero it is.
    const value = Number(given) + 0;
    const carried = readDecimal(value);
    if (carried?.mantissa !== written.mantissa || carried.exponent !== written.exponent) {
      return { allowed: "at most 15 significant digits" };
    }
    return { value };
  });
}

/** A whole number within inclusive bounds. */
export function wholeNumber(min: number, max: number): Kind<number> {
  const allowed = `a whole number from ${min} to ${max}`;
  return kind(allowed, (given) => {
    const written = readDecimal(given);
    const value = Number(given) + 0;
    const fits = written !== undefined && written.exponent >= 0 && value >= min && value <= max;
    return fits ? { value } : { allowed };
  });
}

/** One of some names, in upper or lower case. */
export function oneOf<const Name extends string>(names: readonly Name[]): Kind<Name> {
  const allowed = either(names);
  return kind(allowed, (given) => {
    const wanted = typeof given === "string" ? given.toLowerCase() : undefined;
    const value = names.find((name) => name.toLowerCase() === wanted);
    return value === undefined ? { allowed } : { value };
  });
}

/** The word, or what the other kind allows. */
export function orWord<const Word extends string, Value>(
  word: Word,
  other: Kind<Value>,
): Kind<Word | Value> {
  const allowed = `"${word}" or ${other.allowed}`;
  return kind<Word | Value>(allowed, (given) => {
    if (typeof given === "string" && given.toLowerCase() === word) return { value: word };
    const result = other.schema.safeParse(given);
    if (result.success) return { value: result.data };
    const asked = result.error.issues[0]?.message ?? other.allowed;
    return { allowed: asked === other.allowed ? allowed : asked };
  });
}

/** Text that matches a pattern, which `allowed` puts in words. */
export function text(pattern: RegExp, allowed: string): Kind<string> {
  return kind(allowed, (given) =>
    typeof given === "string" && pattern.test(given) ? { value: given } : { allowed },
  );
}
