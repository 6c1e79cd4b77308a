// A plot of lines over rounds as an inline SVG. Its colours are the page's CSS variables, so that it follows the page
// from light to dark and to paper.

import { LineChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

import { escapeHtml } from "./html.ts";
import { decimalsOf, roundTicks, type Scale } from "./scale.ts";

use([LineChart, GridComponent, SVGRenderer]);

/** Names of the page's colours. */
export type Colour = "blue" | "orange" | "green" | "red" | "purple" | "sky" | "ink" | "soft";

/** One line: a value for each round, null where there is none. */
export type Line = {
  values: (number | null)[];
  colour: Colour;
  /** Default solid. */
  dash?: "dashed" | "dotted";
  /** Default 2, less where the rounds are many. */
  width?: number;
  opacity?: number;
  /** Fill from the line down to the axis. */
  area?: boolean;
  /** A dot on every round, while there are few enough of them. */
  dots?: boolean;
  /** Which axis it is read on; default the left one. */
  axis?: "left" | "right";
};

/** An axis of values: its name with the unit, and its ticks. */
export type ValueAxis = { name: string; scale: Scale; format?: (value: number) => string };

/** All of a plot. The rounds number the values of each line. */
export type LinePlot = {
  /** Distinguishes the plots of a page. */
  id: string;
  /** What a screen reader says. */
  description: string;
  rounds: number[];
  roundName: string;
  left: ValueAxis;
  right?: ValueAxis;
  lines: Line[];
};

const WIDTH = 460;
const HEIGHT = 300;
const MAX_DOTS = 40;
const FONT = 12;

/** The plot as one `<svg>` element without styles, scripts or references to the outside. */
export function renderLinePlot(plot: LinePlot): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height: HEIGHT });
  try {
    chart.setOption(optionsOf(plot));
    return bare(chart.renderToSVGString(), plot);
  } finally {
    // Undisposed it keeps the process alive.
    chart.dispose();
  }
}

function optionsOf({ rounds, roundName, left, right, lines }: LinePlot): EChartsCoreOption {
  const first = rounds[0] ?? 0;
  const last = rounds.at(-1) ?? first;
  const ticks = roundTicks(first, last);
  const margin = first === last ? 1 : 0;
  return {
    animation: false,
    textStyle: { fontSize: FONT },
    grid: { left: 54, right: right ? 54 : 16, top: 36, bottom: 44 },
    xAxis: {
      type: "value",
      min: first - margin,
      max: last + margin,
      name: roundName,
      nameLocation: "middle",
      nameGap: 28,
      nameTextStyle: { color: "var(--soft)", fontSize: FONT },
      axisLine: { onZero: false, lineStyle: { color: "var(--line)" } },
      axisTick: { customValues: ticks, lineStyle: { color: "var(--line)" } },
      axisLabel: { customValues: ticks, color: "var(--soft)", fontSize: FONT, showMaxLabel: true },
      splitLine: { show: false },
    },
    yAxis: [valueAxis(left, "left"), ...(right ? [valueAxis(right, "right")] : [])],
    series: lines.map((line) => ({
      type: "line",
      silent: true,
      yAxisIndex: line.axis === "right" ? 1 : 0,
      data: line.values.map((value, index) => [rounds[index], value]),
      showSymbol: (line.dots === true && rounds.length <= MAX_DOTS) || rounds.length === 1,
      symbol: "circle",
      symbolSize: 5,
      clip: false,
      itemStyle: { color: `var(--${line.colour})`, borderWidth: 0 },
      lineStyle: {
        color: `var(--${line.colour})`,
        width: line.width ?? (rounds.length > 4 * MAX_DOTS ? 1.25 : 2),
        type: line.dash ?? "solid",
        opacity: line.opacity ?? 1,
        join: "round",
      },
      ...(line.area ? { areaStyle: { color: `var(--${line.colour})`, opacity: 0.1 } } : {}),
    })),
  };
}

function valueAxis({ name, scale, format }: ValueAxis, position: "left" | "right"): object {
  const decimals = decimalsOf(scale);
  const digits = new Intl.NumberFormat("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    notation: Math.max(Math.abs(scale.min), Math.abs(scale.max)) >= 1e6 ? "compact" : "standard",
  });
  return {
    type: "value",
    position,
    min: scale.min,
    max: scale.max,
    interval: scale.step,
    name,
    nameLocation: "end",
    nameGap: 14,
    nameTextStyle: {
      color: "var(--soft)",
      fontSize: FONT,
      align: position,
      padding: position === "left" ? [0, 0, 0, -48] : [0, -48, 0, 0],
    },
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: {
      color: "var(--soft)",
      fontSize: FONT,
      formatter: (value: number) => (format ? format(value) : digits.format(value + 0)),
    },
    splitLine: { show: position === "left", lineStyle: { color: "var(--grid)" } },
  };
}

/** Without what the policy of the page forbids, what only an interactive chart needs, and idle decimals. */
function bare(svg: string, { id, description }: LinePlot): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>/g, "")
    .replace(/\s(?:style|class|pointer-events|ecmeta_[a-z_]+)="[^"]*"/g, "")
    .replace(/\sd="[^"]*"/g, (path) =>
      path.replace(/\d+\.\d+/g, (digits) => String(round(Number(digits)))),
    )
    .replace(/<path[^>]*fill="none"\s*(?:><\/path>|\/>)/g, (path) =>
      path.includes("stroke=") ? path : "",
    )
    .replace(/zr\d+-/g, `${id}-`)
    .replace(
      /^<svg[^>]*>/,
      `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(description)}">`,
    );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
