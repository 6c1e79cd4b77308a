import { fixed } from "../tables/format.ts";
import type { Canvas, Drawn } from "./drawing.ts";
import { baseOption, layOut, panelGrid, panelLegend, panelTitle, valueAxis } from "./panels.ts";

/** What an axis shows, with its unit. */
type Axis = { name: string; decimals: number; isLogarithmic?: boolean };

/** A line through its points in their order; one point stands alone. `label` says what is different there. */
export type Curve = { name: string; points: { x: number; y: number; label: string }[] };

export type CurvesData = { panels: { title: string; x: Axis; y: Axis; curves: Curve[] }[] };

const symbols = ["circle", "rect", "triangle", "diamond"];
const dashes = ["solid", [7, 3], [2, 3], [7, 3, 2, 3]];

/** A point that stands alone is a ring on top: what it meets stays to be seen. */
function alone(colour: string): object {
  return {
    z: 3,
    symbolSize: 15,
    lineStyle: { width: 0 },
    itemStyle: { color: "transparent", borderColor: colour, borderWidth: 2.5 },
  };
}

/** Curves in panels, every point marked: what is given up against what is gained, or what shrinks as something grows. */
export function drawCurves({ panels: shown }: CurvesData, canvas: Canvas): Drawn {
  const { theme, width } = canvas;
  const { panels, height } = layOut(width, shown.length, { height: 380 });
  const colours = [theme.blue, theme.orange, theme.green, theme.purple];
  const axis = ({ name, decimals, isLogarithmic = false }: Axis, index: number, gap: number) => ({
    ...valueAxis(name, theme, {
      index,
      decimals,
      gap,
      ...(isLogarithmic ? { formatter: String } : {}),
    }),
    ...(isLogarithmic ? { type: "log" } : {}),
  });
  return {
    height,
    option: {
      ...baseOption(canvas),
      title: shown.map(({ title }, at) => panelTitle(panels[at]!, title, theme)),
      legend: shown.map(({ curves }, at) =>
        panelLegend(
          panels[at]!,
          curves.map(({ name }) => name),
          theme,
        ),
      ),
      grid: panels.map(panelGrid),
      xAxis: shown.map(({ x }, index) => axis(x, index, 28)),
      yAxis: shown.map(({ y }, index) => axis(y, index, 46)),
      series: shown.flatMap(({ x, y, curves }, index) =>
        curves.map(({ name, points }, at) => ({
          type: "line",
          name,
          xAxisIndex: index,
          yAxisIndex: index,
          symbol: symbols[at % symbols.length],
          symbolSize: 9,
          lineStyle: {
            color: colours[at % colours.length],
            width: 2,
            type: dashes[at % dashes.length],
          },
          itemStyle: { color: colours[at % colours.length] },
          ...(points.length === 1 ? alone(colours[at % colours.length]!) : {}),
          data: points.map((point) => [point.x, point.y]),
          tooltip: {
            formatter: ({ dataIndex }: { dataIndex: number }) => {
              const point = points[dataIndex]!;
              return `${point.label}\n${x.name}: ${fixed(point.x, x.decimals)}\n${y.name}: ${fixed(point.y, y.decimals)}`;
            },
          },
        })),
      ),
    },
  };
}
