import { decimal } from "../../../markets/field-kinds.ts";
import { fixedFromNumber, numberFromFixed } from "../../../mechanism/fixed-point.ts";
import { readNumber, type Reading } from "../../try/controls.ts";

const positive = decimal({ min: 1n, max: 2n ** 96n - 1n });

/** An amount of a token as typed, or a sentence that says what is allowed: nothing is rounded on the way to the token. */
export function readAmount(label: string, typed: string, decimals: number): Reading {
  const given = typed.trim();
  const reading = readNumber({ label, kind: positive }, given);
  if ("complaint" in reading) return reading;
  const carried = numberFromFixed(fixedFromNumber(reading.value, decimals), decimals);
  return carried === reading.value
    ? reading
    : { complaint: `${label}: given ${given}, allowed at most ${decimals} decimals` };
}
