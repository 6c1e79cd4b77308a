import type { Change } from "./baseline.ts";
import type { Figure } from "./figure.ts";

const head = ["figure", "measured", "unit", "floor", "peer", "ratio", "±", "target", "met"];

/** Figures as rows of text. */
export function rowsOf(figures: readonly Figure[]): string[][] {
  return figures.map(({ name, measured, unit, floor, peer, ratio, noise, target, met }) => [
    name,
    digits(measured),
    unit,
    digits(floor),
    digits(peer),
    digits(ratio),
    noise === 0 ? "" : `${Math.ceil(100 * noise)} %`,
    target ?? "",
    met === null ? "" : met ? "yes" : "NO",
  ]);
}

/** The table that the command prints. */
export function tableText(figures: readonly Figure[]): string {
  const rows = [head, ...rowsOf(figures)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const isText = [true, false, true, false, false, false, false, false, true];
  const line = (row: string[]): string =>
    row
      .map((cell, at) => (isText[at] ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join("  ")
      .trimEnd();
  return rows.map(line).join("\n");
}

export { head as tableHead };

/** What has moved since the baseline, in sentences. */
export function changeText(changes: readonly Change[]): string {
  const moved = changes.filter(({ verdict }) => verdict !== "same");
  const lines = moved.map(
    ({ name, before, now, band, verdict }) =>
      `${verdict.toUpperCase()} ${name}: ratio ${digits(before)} → ${digits(now)}, more than its noise of ${Math.ceil(100 * band)} %`,
  );
  const rest = `${changes.length - moved.length} of ${changes.length} ratios within their noise of experiments/bench/baseline.json`;
  return [...lines, rest].join("\n");
}

/** Four digits at most, and whole numbers as they are. */
export function digits(value: number | null): string {
  if (value === null) return "";
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return new Intl.NumberFormat("en", { maximumSignificantDigits: 4 }).format(value);
}
