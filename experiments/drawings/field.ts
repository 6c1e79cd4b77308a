import { rangeOf, shareOf } from "./bubbles.ts";
import { arrow, marksInPlot } from "./custom.ts";
import { scaleColour, type Theme } from "./theme.ts";

/** A quantity on a grid: `values[i][j]` at `x[i]`, `y[j]`, evenly spaced. */
export type Field = {
  x: readonly number[];
  y: readonly number[];
  values: readonly (readonly number[])[];
};

/** A coloured cell around each point of a grid. */
export function cellSeries(
  { x, y, values }: Field,
  {
    index,
    range,
    opacity = 1,
    tip,
    theme,
  }: {
    index: number;
    theme: Theme;
    range: readonly [number, number];
    opacity?: number;
    tip: (i: number, j: number) => string;
  },
): object {
  const [dx, dy] = [(x[1]! - x[0]!) / 2, (y[1]! - y[0]!) / 2];
  return marksInPlot(
    x.flatMap((u, i) =>
      y.map((v, j) => {
        const corners = [
          [u - dx, v - dy],
          [u + dx, v + dy],
        ] as const;
        return {
          reach: corners,
          tip: tip(i, j),
          draw: (place: (point: readonly [number, number]) => [number, number]) => {
            const [[x1, y1], [x2, y2]] = [place(corners[0]), place(corners[1])];
            const colour = scaleColour(shareOf(values[i]![j]!, range), theme);
            return {
              type: "rect" as const,
              // A little wider than itself, or the seams show.
              shape: { x: x1, y: y2, width: x2 - x1 + 0.6, height: y1 - y2 + 0.6 },
              style: { fill: colour, opacity },
            };
          },
        };
      }),
    ),
    { index },
  );
}

/** The slope of a field at each point, by differences: over the two neighbours, or one at the rim. */
export function gradientOf({ x, y, values }: Field): [number, number][][] {
  const slope = (at: readonly number[], from: readonly number[], place: number): number => {
    const [a, b] = [Math.max(0, place - 1), Math.min(at.length - 1, place + 1)];
    return (from[b]! - from[a]!) / (at[b]! - at[a]!);
  };
  return x.map((_, i) =>
    y.map((__, j): [number, number] => [
      slope(
        x,
        values.map((column) => column[j]!),
        i,
      ),
      slope(y, values[i]!, j),
    ]),
  );
}

/**
 * Arrows uphill. Each axis counts by its whole range, so that an arrow shows which of the two moves the
 * quantity more over what it may be; the longest is as long as a cell.
 */
export function gradientSeries(
  field: Field,
  { index, theme }: { index: number; theme: Theme },
): object {
  const { x, y } = field;
  const [spanX, spanY] = [x, y].map((values) => values.at(-1)! - values[0]!);
  const [cellX, cellY] = [spanX! / (x.length - 1), spanY! / (y.length - 1)];
  const scaled = gradientOf(field).map((column) =>
    column.map(([a, b]) => [a * spanX!, b * spanY!] as const),
  );
  const longest = rangeOf(scaled.flat().map(([a, b]) => Math.hypot(a, b)))[1] || 1;
  return marksInPlot(
    x.flatMap((u, i) =>
      y.map((v, j) => {
        const [a, b] = scaled[i]![j]!;
        const half = [(0.5 * a * cellX) / longest, (0.5 * b * cellY) / longest] as const;
        return {
          reach: [[u, v]] as const,
          draw: (place: (point: readonly [number, number]) => [number, number]) =>
            arrow(place([u - half[0], v - half[1]]), place([u + half[0], v + half[1]]), theme.ink),
        };
      }),
    ),
    { index },
  );
}
