import { fixed } from "../tables/format.ts";
import { marksInPlot } from "./custom.ts";
import type { Canvas, Drawn } from "./drawing.ts";
import {
  baseOption,
  categoryAxis,
  layOut,
  panelGrid,
  panelLegend,
  panelTitle,
  valueAxis,
} from "./panels.ts";

/** A mean and the standard deviation between draws. */
export type Bar = { mean: number; sd: number };

export type BarsData = {
  names: string[];
  panels: {
    title: string;
    unit: string;
    ours: Bar[];
    /** What the paper prints. */
    paper: Bar[];
    /** Where a line is drawn across. */
    level?: number;
  }[];
};

const OURS = "ours";
const PAPER = "the paper's";

/** Figures 8 and 9: bars of each rule, ours beside the paper's, with their deviations, lying as in Figure 4. */
export function drawBars({ names, panels: shown }: BarsData, canvas: Canvas): Drawn {
  const { theme, width } = canvas;
  const { panels, height } = layOut(width, shown.length, {
    columns: 3,
    height: 330,
    extra: shown.map(() => ({ left: 48, right: -6 })),
  });
  const colours = { [OURS]: theme.blue, [PAPER]: theme.grid };
  const tip = ({ seriesName, value, name }: { seriesName: string; value: number; name: string }) =>
    `${name}, ${seriesName}: ${fixed(value, 2)}`;
  return {
    height,
    option: {
      ...baseOption(canvas),
      title: shown.map(({ title }, at) => panelTitle(panels[at]!, title, theme)),
      legend: panelLegend(panels[0]!, [OURS, PAPER], theme),
      grid: panels.map(panelGrid),
      xAxis: shown.map(({ unit }, index) =>
        valueAxis(unit, theme, { index, gap: 28, decimals: 1, scale: false, splitNumber: 4 }),
      ),
      yAxis: shown.map((_, index) => categoryAxis("", names, theme, { index, inverse: true })),
      series: shown.flatMap(({ ours, paper, level }, index) => [
        ...([OURS, PAPER] as const).map((name) => ({
          type: "bar",
          name,
          xAxisIndex: index,
          yAxisIndex: index,
          barGap: "10%",
          barCategoryGap: "30%",
          itemStyle: { color: colours[name], borderColor: theme.ink, borderWidth: 1 },
          data: (name === OURS ? ours : paper).map(({ mean }) => mean),
          tooltip: { formatter: tip },
          ...(level === undefined || name === PAPER
            ? {}
            : {
                markLine: {
                  silent: true,
                  symbol: "none",
                  label: { show: false },
                  lineStyle: { color: theme.ink, type: [5, 4] },
                  data: [{ xAxis: level }],
                },
              }),
        })),
        marksInPlot(
          [ours, paper].flatMap((bars, second) =>
            bars.map(({ mean, sd }, at) => ({
              reach: [
                [mean - sd, at],
                [mean + sd, at],
              ] as const,
              draw: (place) => {
                const [top, below] = [place([0, 0])[1], place([0, 1])[1]];
                // Two bars with a gap of a tenth share seven tenths of the room of a name.
                const offset = (second === 0 ? -1 : 1) * (below - top) * 0.7 * (1.1 / 4.2);
                const [low, middle] = place([mean - sd, at]);
                const [high] = place([mean + sd, at]);
                const y = middle + offset;
                const stroke = (x1: number, y1: number, x2: number, y2: number) => ({
                  type: "line" as const,
                  shape: { x1, y1, x2, y2 },
                  style: { stroke: theme.ink, lineWidth: 1.3 },
                });
                return {
                  type: "group",
                  children: [
                    stroke(low, y, high, y),
                    stroke(low, y - 3, low, y + 3),
                    stroke(high, y - 3, high, y + 3),
                  ],
                };
              },
            })),
          ),
          { index },
        ),
      ]),
    },
  };
}
