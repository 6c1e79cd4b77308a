import type { EChartsCoreOption } from "echarts/core";

import { formatGiven } from "../../scripts/output/format.ts";
import { grid, textOf, tooltipOf } from "./look.ts";
import type { Theme, Colour } from "./theme.ts";

/** One line over the rounds; null where there is nothing to show. */
export type Line = {
  name: string;
  colour: Colour;
  values: readonly (number | null)[];
  dashed?: boolean;
  /** A single point that is not final yet, at the round after the last. */
  hollow?: boolean;
};

export type RoundsPlot = {
  /** The rounds' numbers. */
  rounds: number[];
  lines: Line[];
  /** What the left axis counts. */
  unit: string;
  logarithmic?: boolean;
  /** The axis ends here instead of where the values do. */
  max?: number;
  format: (value: number) => string;
};

// More rounds than this are a line without a mark at each.
const MARKED = 60;

/** Lines over the rounds of an epoch, with whole numbers below. */
export function roundsOption(plot: RoundsPlot, theme: Theme): EChartsCoreOption {
  const { rounds, lines, unit, logarithmic = false, max, format } = plot;
  const text = textOf(theme);
  const step = roundStep(rounds.length);
  return {
    grid,
    tooltip: {
      ...tooltipOf(theme),
      trigger: "axis",
      valueFormatter: (value: unknown) => (typeof value === "number" ? format(value) : "–"),
    },
    xAxis: {
      type: "category",
      data: rounds.map(String),
      boundaryGap: rounds.length < 3,
      name: "round",
      nameLocation: "middle",
      nameGap: 24,
      nameTextStyle: text,
      axisLabel: { ...text, interval: (index: number) => rounds[index]! % step === 0 },
      axisLine: { lineStyle: { color: theme.line } },
      axisTick: { show: false },
    },
    yAxis: {
      type: logarithmic ? "log" : "value",
      name: unit,
      nameTextStyle: { ...text, align: "left" },
      axisLabel: { ...text, formatter: formatGiven, hideOverlap: true },
      splitLine: { lineStyle: { color: theme.grid } },
      splitNumber: 4,
      scale: false,
      ...(logarithmic ? {} : { min: 0 }),
      ...(max === undefined ? {} : { max, interval: max / 4 }),
    },
    series: lines.map(({ name, colour, values, dashed = false, hollow = false }) => ({
      type: "line",
      name,
      data: values,
      ...symbolOf({ dashed, hollow }, rounds.length),
      color: theme[colour],
      lineStyle: { width: 2, type: dashed ? "dashed" : "solid" },
    })),
  };
}

/** How a line's points are marked: a level, which has none, by a dash where there is no line to be seen. */
function symbolOf({ dashed, hollow }: { dashed: boolean; hollow: boolean }, count: number) {
  if (dashed) return { showSymbol: count === 1, symbol: "rect", symbolSize: [48, 2] };
  return hollow
    ? { showSymbol: true, symbol: "emptyCircle", symbolSize: 9 }
    : { showSymbol: count <= MARKED, symbol: "circle", symbolSize: 5 };
}

/** So many rounds between two marks that there are at most ten of them. */
function roundStep(count: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(10, count) / 10));
  return [1, 2, 5, 10].map((factor) => factor * size).find((step) => count / step <= 10)!;
}
