import type { EChartsCoreOption } from "echarts/core";

import { formatGiven } from "../../scripts/output/format.ts";
import { createChart, type Chart, type Key } from "./chart.ts";
import { grid, textOf, tooltipOf } from "./look.ts";
import type { Colour, Theme } from "./theme.ts";

/** A line through points, or points alone. */
export type Curve = {
  name: string;
  colour: Colour;
  points: [x: number, y: number][];
  /** What a point is called when it is pointed at; else its coordinates. */
  labels?: string[];
  dashed?: boolean;
  /** Points without a line. */
  mark?: "circle" | "diamond" | "triangle";
};

/** `format` tells a point that is pointed at. */
type Axis = { name: string; min?: number; max?: number; format: (value: number) => string };

/** What a chart of curves draws, and what it says in a sentence or two. */
export type Plot = { x: Axis; y: Axis; curves: Curve[]; caption: string };

/** A chart of curves over numbers. */
export const createLinesChart = (title: string): Chart<Plot> =>
  createChart<Plot>({
    title,
    keys: keysOf,
    caption: ({ caption }) => caption,
    option: linesOption,
  });

/** What the curves mean. */
const keysOf = ({ curves }: Plot): Key[] =>
  curves.map(({ name, colour, dashed = false, mark }) => ({
    label: name,
    colour,
    ...(dashed ? { mark: "dashed" } : mark === undefined ? {} : { mark }),
  }));

/** Curves over numbers, both axes to scale. */
function linesOption({ x, y, curves }: Plot, theme: Theme): EChartsCoreOption {
  const text = textOf(theme);
  const axis = ({ name, min, max }: Axis) => ({
    type: "value",
    name,
    nameTextStyle: text,
    axisLabel: { ...text, formatter: formatGiven, hideOverlap: true },
    axisLine: { lineStyle: { color: theme.line } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: theme.grid } },
    splitNumber: 4,
    ...(min === undefined ? { scale: true } : { min }),
    ...(max === undefined ? {} : { max }),
    // Shares: other steps would end in a short one.
    ...(max === 1 ? { interval: 0.25 } : {}),
  });
  const atPoint = (value: unknown): string => {
    const [left, up] = value as [number, number];
    return `${x.name} ${x.format(left)}, ${y.name} ${y.format(up)}`;
  };
  return {
    grid: { ...grid, right: 16 },
    tooltip: {
      ...tooltipOf(theme),
      trigger: "item",
      formatter: ({ seriesIndex = 0, dataIndex = 0, value }: Pointed) => {
        const { name, labels } = curves[seriesIndex]!;
        return `${name}\n${labels?.[dataIndex] ?? atPoint(value)}`;
      },
    },
    xAxis: { ...axis(x), nameLocation: "middle", nameGap: 24, splitLine: { show: false } },
    yAxis: { ...axis(y), nameTextStyle: { ...text, align: "left" } },
    series: curves.map(({ name, colour, points, dashed = false, mark }) => ({
      type: mark === undefined ? "line" : "scatter",
      name,
      data: points,
      color: theme[colour],
      ...(mark === undefined
        ? {
            lineStyle: { width: 2, type: dashed ? "dashed" : "solid" },
            symbol: "circle",
            symbolSize: 5,
            showSymbol: false,
          }
        : {
            symbol: mark,
            symbolSize: 13,
            itemStyle: { borderColor: theme.card, borderWidth: 1.5 },
            z: 5,
          }),
    })),
  };
}

type Pointed = { seriesIndex?: number; dataIndex?: number; value: unknown };
