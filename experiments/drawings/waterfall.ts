import { fixed, signed } from "../tables/format.ts";
import { marksInPlot } from "./custom.ts";
import { FONT } from "./panels.ts";
import type { Theme } from "./theme.ts";

/** What a waterfall shows in one column: a level, or a change from the column before. */
export type WaterfallBar = { name: string; value: number; isTotal: boolean };

/** Levels and the changes between them, each change where the last ended. Columns stand at 0, 1, 2, … */
export function waterfallSeries(
  waterfall: readonly WaterfallBar[],
  { index, theme }: { index: number; theme: Theme },
): object {
  let level = 0;
  const bars = waterfall.map(({ name, value, isTotal }, at) => {
    const from = isTotal ? undefined : level;
    level = isTotal ? value : level + value;
    return { name, value, isTotal, at, from, to: level };
  });
  const floor = Math.min(...bars.map(({ to }) => to));
  const ceiling = Math.max(...bars.map(({ to }) => to));
  // Only differences count here, so the axis need not reach down to zero.
  const foot = floor - 0.35 * (ceiling - floor);
  return marksInPlot(
    bars.map(({ name, value, isTotal, at, from = foot, to }) => ({
      reach: [
        [at, from],
        [at, to + 0.12 * (ceiling - floor)],
      ] as const,
      tip: `${name}: ${isTotal ? fixed(value, 4) : signed(value, 4)}`,
      draw: (place) => {
        const half = (place([1, 0])[0] - place([0, 0])[0]) * 0.33;
        const [x, y1] = place([at, from]);
        const y2 = place([at, to])[1];
        const top = Math.min(y1, y2);
        const next =
          at + 1 < bars.length
            ? [
                {
                  type: "line" as const,
                  shape: { x1: x + half, y1: y2, x2: x + 3 * half, y2 },
                  style: { stroke: theme.soft, lineDash: [3, 3] },
                },
              ]
            : [];
        return {
          type: "group",
          children: [
            ...next,
            {
              type: "rect",
              shape: {
                x: x - half,
                y: top,
                width: 2 * half,
                height: Math.max(1, Math.abs(y2 - y1)),
              },
              style: {
                fill: isTotal ? theme.line : value < 0 ? theme.orange : theme.blue,
                stroke: theme.ink,
              },
            },
            {
              type: "text",
              style: {
                text: isTotal ? fixed(value, 3) : signed(value, 3),
                x,
                y: top - 5,
                fill: theme.ink,
                fontSize: 12,
                fontFamily: FONT,
                textAlign: "center",
                textVerticalAlign: "bottom",
              },
            },
          ],
        };
      },
    })),
    { index },
  );
}
