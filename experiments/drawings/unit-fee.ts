import type { Density } from "../harness/distribution.ts";
import { fixed } from "../tables/format.ts";
import { bubbleItems, rangeOf, shareOf, sizeNote, type Bubble } from "./bubbles.ts";
import { colourBar } from "./colour-bar.ts";
import { marksInPlot } from "./custom.ts";
import type { Canvas, Drawn } from "./drawing.ts";
import {
  baseOption,
  layOut,
  panelGrid,
  panelNote,
  panelTitle,
  ticksAt,
  valueAxis,
} from "./panels.ts";
import { scaleColour } from "./theme.ts";

/** A mean over all draws at one unit fee. */
export type FeePoint = {
  /** τ, in tokens a unit. */
  unitFee: number;
  /** Tokens an agent. */
  efficiency: number;
  /** 1 − Gini. */
  fairness: number;
  /** Of a hundred agents. */
  participation: number;
};

/** How efficiency is spread between draws at one unit fee. */
export type Violin = Density & {
  unitFee: number;
  quartile1: number;
  median: number;
  quartile3: number;
};

export type UnitFeeData = {
  means: FeePoint[];
  /** Single draws. */
  draws: Omit<FeePoint, "participation">[];
  violins: Violin[];
};

/** Figure 3: efficiency against fairness as τ rises, and the spread of efficiency. */
export function drawUnitFee({ means, draws, violins }: UnitFeeData, canvas: Canvas): Drawn {
  const { theme, width } = canvas;
  const { panels, height } = layOut(width, 2, { height: 420, extra: [{ top: 16 }, { top: 16 }] });
  const fees = rangeOf(means.map(({ unitFee }) => unitFee));
  const colourOf = (fee: number): string => scaleColour(shareOf(fee, fees), theme);
  const bubbles = means.map(({ unitFee, efficiency, fairness, participation }): Bubble => ({
    x: fairness,
    y: efficiency,
    size: participation,
    colour: unitFee,
  }));
  const sizes = rangeOf(means.map(({ participation }) => participation));
  const step = violins.length > 1 ? violins[1]!.unitFee - violins[0]!.unitFee : 1;
  return {
    height,
    option: {
      ...baseOption(canvas),
      title: [
        panelTitle(panels[0]!, "Efficiency against fairness", theme),
        panelTitle(panels[1]!, "Spread of efficiency between draws", theme),
        panelNote(
          panels[0]!,
          `${sizeNote("participation", sizes, " %")}; dots: single draws`,
          theme,
          1,
        ),
        panelNote(panels[1]!, "width: density; bar: middle half; dot: median", theme),
      ],
      grid: panels.map(panelGrid),
      xAxis: [
        valueAxis("fairness, 1 − Gini", theme, { index: 0, gap: 28, decimals: 2 }),
        valueAxis("unit fee τ, tokens a unit", theme, {
          index: 1,
          gap: 28,
          decimals: 1,
          min: fees[0] - step / 2,
          max: fees[1] + step / 2,
          splitLine: { show: false },
          ...ticksAt(violins.map(({ unitFee }) => unitFee)),
        }),
      ],
      yAxis: [
        valueAxis("efficiency, tokens an agent", theme, { index: 0 }),
        valueAxis("efficiency, tokens an agent", theme, { index: 1 }),
      ],
      series: [
        colourBar(panels[0]!, { name: "colour: τ", range: fees, decimals: 1 }, theme),
        {
          type: "scatter",
          silent: true,
          symbolSize: 4,
          data: draws.map(({ unitFee, efficiency, fairness }) => ({
            value: [fairness, efficiency],
            itemStyle: { color: colourOf(unitFee), opacity: 0.45 },
          })),
        },
        {
          type: "line",
          silent: true,
          showSymbol: false,
          lineStyle: { color: theme.soft, width: 1.2 },
          data: means.map(({ fairness, efficiency }) => [fairness, efficiency]),
        },
        {
          type: "scatter",
          data: bubbleItems(bubbles, { size: sizes, colour: fees }, theme),
          tooltip: {
            formatter: ({
              value: [x, y, size, fee],
            }: {
              value: [number, number, number, number];
            }) =>
              `τ = ${fixed(fee, 2)}\nefficiency ${fixed(y, 2)}\nfairness ${fixed(x, 3)}\nparticipation ${fixed(size, 1)} %`,
          },
        },
        marksInPlot(
          violins.map((violin) => {
            const widest = Math.max(...violin.density);
            const side = (sign: 1 | -1): [number, number][] =>
              violin.at.map((value, at) => [
                violin.unitFee + (sign * 0.44 * step * violin.density[at]!) / widest,
                value,
              ]);
            const outline = [...side(1), ...side(-1).reverse()];
            const { unitFee, quartile1, median, quartile3 } = violin;
            return {
              reach: outline,
              tip: `τ = ${fixed(unitFee, 1)}\nmedian ${fixed(median, 2)}\nmiddle half ${fixed(quartile1, 2)} to ${fixed(quartile3, 2)}`,
              draw: (place) => {
                const [x, middle] = place([unitFee, median]);
                return {
                  type: "group",
                  children: [
                    {
                      type: "polygon",
                      shape: { points: outline.map(place) },
                      style: { fill: colourOf(unitFee), opacity: 0.75, stroke: theme.soft },
                    },
                    {
                      type: "line",
                      shape: {
                        x1: x,
                        y1: place([unitFee, quartile1])[1],
                        x2: x,
                        y2: place([unitFee, quartile3])[1],
                      },
                      style: { stroke: theme.ink, lineWidth: 4 },
                    },
                    {
                      type: "circle",
                      shape: { cx: x, cy: middle, r: 4 },
                      style: { fill: theme.card, stroke: theme.ink, lineWidth: 1.5 },
                    },
                  ],
                };
              },
            };
          }),
          { index: 1 },
        ),
      ],
    },
  };
}
