import type { BoxStatistics } from "../harness/distribution.ts";
import { fixed } from "../tables/format.ts";
import type { Canvas, Drawn } from "./drawing.ts";
import {
  baseOption,
  categoryAxis,
  layOut,
  panelGrid,
  panelNote,
  panelTitle,
  valueAxis,
} from "./panels.ts";

export type BoxesData = {
  /** Rules, in order; the last stands out. */
  names: string[];
  panels: { title: string; unit: string; decimals: number; boxes: BoxStatistics[] }[];
};

/** Figure 4: how each rule's outcomes are spread between draws, lying so that names have room. */
export function drawBoxes({ names, panels: shown }: BoxesData, canvas: Canvas): Drawn {
  const { theme, width } = canvas;
  const { panels, height } = layOut(width, shown.length, {
    columns: 3,
    height: 300,
    extra: shown.map(() => ({ left: 48, right: -10 })),
  });
  return {
    height,
    option: {
      ...baseOption(canvas),
      title: [
        ...shown.map(({ title }, at) => panelTitle(panels[at]!, title, theme)),
        panelNote(panels[0]!, "box: middle half; line: median", theme),
        panelNote(panels[1]!, "diamond: mean; dots: outliers", theme),
      ],
      grid: panels.map(panelGrid),
      xAxis: shown.map(({ unit, decimals }, index) =>
        valueAxis(unit, theme, {
          index,
          gap: 28,
          decimals: Math.max(0, decimals - 1),
          splitNumber: 4,
        }),
      ),
      yAxis: shown.map((_, index) =>
        categoryAxis("", names, theme, { index, inverse: true, splitLine: { show: false } }),
      ),
      series: shown.flatMap(({ boxes, decimals, title }, index) => {
        const axes = { xAxisIndex: index, yAxisIndex: index };
        const show = (value: number): string => fixed(value, decimals);
        const tip = ({ dataIndex }: { dataIndex: number }): string => {
          const { low, quartile1, median, quartile3, high, mean, outliers } = boxes[dataIndex]!;
          return [
            `${names[dataIndex]!}, ${title.toLowerCase()}`,
            `median ${show(median)}, mean ${show(mean)}`,
            `middle half ${show(quartile1)} to ${show(quartile3)}`,
            `whiskers ${show(low)} to ${show(high)}`,
            `${outliers.length} outliers`,
          ].join("\n");
        };
        return [
          {
            type: "boxplot",
            ...axes,
            boxWidth: [14, 30],
            data: boxes.map(({ low, quartile1, median, quartile3, high }, at) => ({
              value: [low, quartile1, median, quartile3, high],
              itemStyle: {
                color: at === names.length - 1 ? theme.sky : theme.grid,
                borderColor: theme.ink,
                borderWidth: 1.2,
              },
            })),
            tooltip: { formatter: tip },
          },
          {
            type: "scatter",
            ...axes,
            silent: true,
            symbolSize: 3.5,
            itemStyle: { color: theme.soft, opacity: 0.55 },
            data: boxes.flatMap(({ outliers }, at) => outliers.map((value) => [value, at])),
          },
          {
            type: "scatter",
            ...axes,
            silent: true,
            symbol: "diamond",
            symbolSize: 9,
            itemStyle: { color: theme.card, borderColor: theme.ink, borderWidth: 1.2 },
            data: boxes.map(({ mean }, at) => [mean, at]),
          },
        ];
      }),
    },
  };
}
