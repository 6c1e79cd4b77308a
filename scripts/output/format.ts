// Numbers and words as a person reads them, the same in the terminal, in the report and on the page.

const LOCALE = "en-US";
const WHOLE = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const FIVE_DIGITS = new Intl.NumberFormat(LOCALE, {
  minimumSignificantDigits: 5,
  maximumSignificantDigits: 5,
});
const SEVEN_DIGITS = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 7 });
const TEN_DIGITS = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 10 });
const EXACT = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 18 });
const TWO_DIGITS = new Intl.NumberFormat(LOCALE, {
  minimumSignificantDigits: 2,
  maximumSignificantDigits: 2,
});
const ONE_DECIMAL = new Intl.NumberFormat(LOCALE, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const THREE_DECIMALS = new Intl.NumberFormat(LOCALE, {
  minimumFractionDigits: 3,
  maximumFractionDigits: 3,
  // What is 0 but for rounding is not told as below it.
  signDisplay: "negative",
});

/** What stands where a number is missing. */
const MISSING = "–";

/**
 * A price, quantity or amount: five significant digits, or all digits of the whole part where that
 * has more. A whole number shows no decimals, so `50` is exact and `50.000` is rounded.
 */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return MISSING;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return WHOLE.format(value);
  if (size >= 1e15 || size < 1e-4) return scientific(value, 3);
  return size >= 10_000 ? WHOLE.format(value) : FIVE_DIGITS.format(value);
}

/** A value that was given, not computed: as it was given, up to ten digits. */
export function formatGiven(value: number): string {
  if (!Number.isFinite(value)) return MISSING;
  const size = Math.abs(value);
  return size !== 0 && (size >= 1e15 || size < 1e-6) ? String(value) : TEN_DIGITS.format(value);
}

/** Money and quantities as they are asked for and signed: every digit that was given. */
export function formatExact(value: number): string {
  return Number.isFinite(value) ? EXACT.format(`${value}`) : MISSING;
}

/** Money and quantities that come of something: seven significant digits, none of them padded. */
export function formatAmount(value: number): string {
  return Number.isFinite(value) ? SEVEN_DIGITS.format(value) : MISSING;
}

/** An index between 0 and 1: three decimals. */
export function formatIndex(value: number): string {
  return Number.isFinite(value) ? THREE_DECIMALS.format(value) : MISSING;
}

/** A residual or another small remainder: two significant digits. */
export function formatSmall(value: number): string {
  if (!Number.isFinite(value)) return MISSING;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-3) return scientific(value, 1);
  return size >= 100 ? WHOLE.format(value) : TWO_DIGITS.format(value);
}

/** A count: agents, rounds, gas. */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? WHOLE.format(value) : MISSING;
}

/** A share of 1 in percent with one decimal, which does not say `100.0 %` or `0.0 %` if it is not. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return MISSING;
  if (share === 0 || share === 1) return `${WHOLE.format(100 * share)} %`;
  const text = ONE_DECIMAL.format(100 * share);
  if (text === "100.0") return share < 1 ? "> 99.9 %" : "100.0 %";
  if (text === "0.0") return "< 0.1 %";
  return `${text} %`;
}

/** How a value lies to a reference it should equal: `0.02 % below`, `equal`. */
export function formatDeviation(value: number, reference: number): string {
  const deviation = (value - reference) / Math.abs(reference);
  if (!Number.isFinite(deviation)) return value === reference ? "equal" : MISSING;
  if (Math.abs(deviation) < 5e-8) return "equal";
  const percent = 100 * Math.abs(deviation);
  const digits = percent < 1e-3 ? "< 0.001" : formatSmall(percent);
  return `${digits} % ${deviation < 0 ? "below" : "above"}`;
}

/** `1 round`, `7 rounds`, `20 agents`. */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

// What a terminal takes as a command, by ECMA-48: CSI and OSC sequences, and the short ones.
const TERMINAL_CODES =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-_]/g;

/** Foreign text made safe to print on one line: no control characters, no text-direction marks. */
export function printable(text: string): string {
  return text
    .replace(TERMINAL_CODES, "")
    .replace(/\p{Cc}+/gu, " ")
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .trim();
}

/** The text cut to `length` characters, with an ellipsis where something was cut. */
export function shortened(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}

/** The payment token's symbol as it fits beside a number. */
export function symbolOf(token: { symbol: string }): string {
  return shortened(printable(token.symbol), 10) || "tokens";
}

function scientific(value: number, fractionDigits: number): string {
  return value.toExponential(fractionDigits).replace("e+", "e");
}
