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

/** Lines over the rounds of an epoch, with whole numbers below. */
export function roundsOption(plot: RoundsPlot, theme: Theme): EChartsCoreOption {
  const { rounds, lines, unit, logarithmic = false, max, format } = plot;
  const text = textOf(theme);
  const few = rounds.length <= 60;
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
      showSymbol: hollow || (few && !dashed),
      symbol: hollow ? "emptyCircle" : "circle",
      symbolSize: hollow ? 9 : 5,
      color: theme[colour],
      lineStyle: { width: 2, type: dashed ? "dashed" : "solid" },
    })),
  };
}

/** So many rounds between two marks that there are at most ten of them. */
function roundStep(count: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(10, count) / 10));
  return [1, 2, 5, 10].map((factor) => factor * size).find((step) => count / step <= 10)!;
}
