import { fixed } from "../tables/format.ts";
import { bubbleItems, rangeOf, sizeNote } from "./bubbles.ts";
import { colourBar } from "./colour-bar.ts";
import type { Canvas, Drawn } from "./drawing.ts";
import {
  baseOption,
  layOut,
  panelGrid,
  panelLegend,
  panelNote,
  panelTitle,
  ticksAt,
  valueAxis,
} from "./panels.ts";

/** Means over all draws of one rule in markets of one size. */
export type SizePoint = {
  /** Tokens an agent. */
  efficiency: number;
  /** 1 − Gini. */
  fairness: number;
  /** Of a hundred agents. */
  participation: number;
};

export type ScalingData = {
  sizes: number[];
  rules: { name: string; points: SizePoint[] }[];
};

const symbols = ["circle", "rect", "triangle", "diamond"];

/** Figure 5: fairness and efficiency of each rule by the number of agents. */
export function drawScaling({ sizes, rules }: ScalingData, canvas: Canvas): Drawn {
  const { theme, width } = canvas;
  const { panels, height } = layOut(width, 2, {
    height: 420,
    extra: [{ top: 48 }, { top: 48 }],
  });
  const points = rules.flatMap((rule) => rule.points);
  const ranges = {
    size: rangeOf(points.map(({ participation }) => participation)),
    colour: rangeOf(points.map(({ efficiency }) => efficiency)),
  };
  const colours = [theme.soft, theme.orange, theme.purple, theme.blue];
  /** Rules side by side at each size, so that none hides another. */
  const besides = (rule: number, place: number): number =>
    place + 0.16 * (rule - (rules.length - 1) / 2);
  const tip = ({ seriesName, dataIndex }: { seriesName: string; dataIndex: number }): string => {
    const point = rules.find(({ name }) => name === seriesName)!.points[dataIndex]!;
    return `${seriesName}, n = ${sizes[dataIndex]!}\nfairness ${fixed(point.fairness, 3)}\nefficiency ${fixed(point.efficiency, 2)}\nparticipation ${fixed(point.participation, 1)} %`;
  };
  const line = (index: number, measure: "fairness" | "efficiency") =>
    rules.map(({ name, points: own }, at) => ({
      type: "line",
      name,
      xAxisIndex: index,
      yAxisIndex: index,
      symbol: symbols[at % symbols.length],
      symbolSize: 8,
      showSymbol: measure === "efficiency",
      lineStyle: {
        color: colours[at % colours.length],
        width: 2,
        type: [[2, 3], [7, 3], [7, 3, 2, 3], "solid"][at % 4],
      },
      itemStyle: { color: colours[at % colours.length] },
      data: own.map((point, place) => [besides(at, place), point[measure]]),
      tooltip: { formatter: tip },
    }));
  return {
    height,
    option: {
      ...baseOption(canvas),
      title: [
        panelTitle(panels[0]!, "Fairness by number of agents", theme),
        panelTitle(panels[1]!, "Efficiency by number of agents", theme),
        panelNote(panels[0]!, sizeNote("participation", ranges.size, " %"), theme, 1),
      ],
      legend: panels.map((panel, at) =>
        panelLegend(
          panel,
          rules.map(({ name }) => name),
          theme,
          at === 0 ? 2 : 0,
        ),
      ),
      grid: panels.map(panelGrid),
      xAxis: panels.map((_, index) =>
        valueAxis("agents n", theme, {
          index,
          gap: 28,
          min: -0.5,
          max: sizes.length - 0.5,
          ...ticksAt(sizes.map((_size, place) => place)),
          formatter: (place) => String(sizes[place]),
          splitLine: { show: false },
        }),
      ),
      yAxis: [
        valueAxis("fairness, 1 − Gini", theme, { index: 0, decimals: 2 }),
        valueAxis("efficiency, tokens an agent", theme, { index: 1, decimals: 1 }),
      ],
      series: [
        colourBar(
          panels[0]!,
          { name: "colour: efficiency", range: ranges.colour, decimals: 1 },
          theme,
        ),
        ...line(0, "fairness"),
        ...line(1, "efficiency"),
        ...rules.map(({ name, points: own }, at) => ({
          type: "scatter",
          name,
          symbol: symbols[at % symbols.length],
          data: bubbleItems(
            own.map(({ fairness, efficiency, participation }, place) => ({
              x: besides(at, place),
              y: fairness,
              size: participation,
              colour: efficiency,
            })),
            ranges,
            theme,
          ),
          tooltip: { formatter: tip },
        })),
      ],
    },
  };
}
