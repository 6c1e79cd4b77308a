import type { Estimate } from "../harness/samples.ts";

const formats = new Map<number, Intl.NumberFormat>();

/** A number with as many decimals as asked for and a real minus sign. */
export function fixed(value: number, decimals: number): string {
  let format = formats.get(decimals);
  if (format === undefined) {
    format = new Intl.NumberFormat("en-US", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      signDisplay: "negative",
    });
    formats.set(decimals, format);
  }
  return format.format(value).replace("-", "−");
}

/** The same with a plus where it is above zero. */
export function signed(value: number, decimals: number): string {
  return `${value > 0 ? "+" : ""}${fixed(value, decimals)}`;
}

/** Three significant digits or so: for sentences. */
export function shortNumber(value: number, isSigned = false): string {
  const size = Math.abs(value);
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size === 0 ? 2 : 4;
  const text = fixed(value, decimals);
  return isSigned && value > 0 && !/^[0.]+$/.test(text) ? `+${text}` : text;
}

/** `+0.12 (95 % CI +0.10 to +0.14)`. */
export function withInterval({ mean, ci95: [low, high] }: Estimate, isSigned = false): string {
  const [a, b, c] = [mean, low, high].map((value) => shortNumber(value, isSigned));
  return `${a} (95 % CI ${b} to ${c})`;
}

/** A mean, its deviation and its confidence interval, for two lines of a cell. */
export function measured(
  { mean, sd, ci95: [low, high] }: Estimate,
  decimals: number,
): [string, string] {
  const more = decimals + 1;
  return [
    `${fixed(mean, more)} ± ${fixed(sd, decimals)}`,
    `${fixed(low, more)} to ${fixed(high, more)}`,
  ];
}
