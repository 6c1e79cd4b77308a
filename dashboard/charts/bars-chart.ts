import type { EChartsCoreOption } from "echarts/core";

import { formatGiven } from "../../scripts/output/format.ts";
import { grid, textOf, tooltipOf } from "./look.ts";
import type { Colour, Theme } from "./theme.ts";

/** Bars, one an agent. */
export type BarsPlot = {
  names: string[];
  values: number[];
  colour: Colour;
  unit: string;
  format: (value: number) => string;
};

export function barsOption(plot: BarsPlot, theme: Theme): EChartsCoreOption {
  const text = textOf(theme);
  const { names, values, colour, unit, format } = plot;
  return {
    grid,
    tooltip: {
      ...tooltipOf(theme),
      trigger: "axis",
      axisPointer: { type: "shadow" },
      valueFormatter: (value: unknown) => `${format(Number(value))} ${unit}`,
    },
    xAxis: {
      type: "category",
      data: names,
      name: "agents, the largest first",
      nameLocation: "middle",
      nameGap: 10,
      nameTextStyle: text,
      axisLabel: { show: false },
      axisLine: { lineStyle: { color: theme.line } },
      axisTick: { show: false },
    },
    yAxis: {
      type: "value",
      name: unit,
      nameTextStyle: { ...text, align: "left" },
      axisLabel: { ...text, formatter: formatGiven },
      splitLine: { lineStyle: { color: theme.grid } },
      splitNumber: 4,
    },
    series: [
      {
        data: values,
        color: theme[colour],
        // Bars narrower than a few pixels flicker: their outline is drawn instead.
        ...(values.length > 100
          ? { type: "line", step: "middle", symbol: "none", areaStyle: { opacity: 0.6 } }
          : { type: "bar", barCategoryGap: "20%", barMaxWidth: 56 }),
      },
    ],
  };
}
