import { fixed } from "../tables/format.ts";
import { bandSeries } from "./custom.ts";
import type { Canvas, Drawn } from "./drawing.ts";
import { baseOption, layOut, panelGrid, panelLegend, panelTitle, valueAxis } from "./panels.ts";
import { tooltipByX, zoomAcross } from "./interaction.ts";

/** A quantity by round: of one market, and where nine draws of ten lie. */
export type ByRound = { first: number[]; low: number[]; high: number[] };

/** Rounds of Algorithm 1. */
export type ConvergenceData = {
  /** m, in units. */
  capacity: number;
  /** μ* of the market shown, in tokens a unit. */
  equilibriumPrice: number;
  /** μᵗ, in tokens a unit. */
  price: ByRound;
  /** Ŝ, in units. */
  demand: ByRound;
  /** Eq. (8) over n, in tokens an agent. */
  efficiency: ByRound;
  gini: ByRound;
  /** xᵢᵗ of the market shown, in units, an array an agent. */
  demands: number[][];
};

const MARKET = "market of draw 0";
const BAND = "90 % of draws";

/** Figure 2: price, demand, each agent's demand, efficiency and Gini index by round. */
export function drawConvergence(data: ConvergenceData, canvas: Canvas): Drawn {
  const { theme, width } = canvas;
  const base = baseOption(canvas);
  const { panels, height } = layOut(width, 4, { extra: [, , , { right: 38 }] });
  const rounds = data.price.first.map((_, round) => round);
  const last = rounds.length - 1;
  const line = (
    axis: number,
    name: string,
    values: readonly number[],
    colour: string,
    more: object = {},
  ): object => ({
    type: "line",
    name,
    // The fourth panel has two vertical axes.
    xAxisIndex: Math.min(axis, 3),
    yAxisIndex: axis,
    data: values.map((value, round) => [round, value]),
    showSymbol: false,
    lineStyle: { color: colour, width: 2.2 },
    itemStyle: { color: colour },
    ...more,
  });
  const level = (value: number, label: string): object => ({
    markLine: {
      silent: true,
      symbol: "none",
      lineStyle: { color: theme.ink, type: [6, 4], width: 1.2 },
      label: {
        formatter: label,
        position: "insideEndTop",
        color: theme.ink,
        fontSize: 12,
        textBorderColor: theme.card,
        textBorderWidth: 3,
      },
      data: [{ yAxis: value }],
    },
  });
  const band = (index: number, { low, high }: ByRound, colour: string, name = BAND) =>
    bandSeries({ x: rounds, low, high }, { index, name, colour });
  const tints = [theme.blue, theme.orange, theme.green, theme.red, theme.purple, theme.sky];
  const dashes = ["solid", [7, 3], [2, 3], [9, 3, 2, 3]];

  return {
    height,
    option: {
      ...base,
      tooltip: {
        ...base.tooltip,
        ...tooltipByX("round", (line, panel) => (line === "Gini index" ? 3 : [3, 1, 2, 2][panel]!)),
      },
      title: [
        "Shadow price μᵗ",
        "Aggregate demand Ŝ(μᵗ)",
        "Demand xᵢᵗ of each agent",
        "Efficiency and inequality",
      ].map((text, at) => panelTitle(panels[at]!, text, theme)),
      legend: [
        panelLegend(panels[0]!, [MARKET, BAND], theme),
        panelLegend(panels[3]!, ["efficiency", "Gini index"], theme),
      ],
      grid: panels.map(panelGrid),
      xAxis: panels.map((_, index) =>
        valueAxis("round t", theme, {
          index,
          gap: 28,
          min: 0,
          max: last,
          splitLine: { show: false },
        }),
      ),
      yAxis: [
        valueAxis("tokens a unit", theme, { index: 0, decimals: 1, min: 0 }),
        valueAxis("units", theme, { index: 1, min: 0 }),
        valueAxis("units", theme, { index: 2, min: 0 }),
        valueAxis("tokens an agent", theme, { index: 3, decimals: 1 }),
        valueAxis("Gini index", theme, {
          index: 3,
          decimals: 2,
          position: "right",
          splitLine: { show: false },
        }),
      ],
      dataZoom: zoomAcross([0, 1, 2, 3]),
      series: [
        band(0, data.price, theme.blue),
        band(1, data.demand, theme.blue),
        line(0, MARKET, data.price.first, theme.blue, {
          ...level(data.equilibriumPrice, `μ* = ${fixed(data.equilibriumPrice, 3)}`),
        }),
        line(
          1,
          MARKET,
          data.demand.first,
          theme.blue,
          level(data.capacity, `m = ${data.capacity}`),
        ),
        ...data.demands.map((values, agent) =>
          line(2, `agent ${agent}`, values, tints[agent % tints.length]!, {
            lineStyle: {
              color: tints[agent % tints.length]!,
              width: 1.4,
              type: dashes[Math.floor(agent / tints.length) % dashes.length],
            },
          }),
        ),
        line(3, "efficiency", data.efficiency.first, theme.blue),
        line(4, "Gini index", data.gini.first, theme.red, {
          lineStyle: { color: theme.red, width: 2.2, type: [6, 3] },
        }),
      ],
    },
  };
}
