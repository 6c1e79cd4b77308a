import { fixed } from "../tables/format.ts";
import { bubbleItems, rangeOf, sizeNote } from "./bubbles.ts";
import { colourBar } from "./colour-bar.ts";
import type { Canvas, Drawn, Turn } from "./drawing.ts";
import { cellSeries, gradientSeries } from "./field.ts";
import { baseOption, layOut, panelGrid, panelNote, panelTitle, valueAxis } from "./panels.ts";
import { surfaceSeries } from "./surface.ts";

/** Means over all draws on a grid of fees: `[i][j]` at `unitFees[i]`, `executionFees[j]`. */
export type SensitivityData = {
  /** τ, in tokens a unit. */
  unitFees: number[];
  /** g, in tokens. */
  executionFees: number[];
  /** Tokens an agent. */
  efficiency: number[][];
  /** 1 − Gini. */
  fairness: number[][];
  /** Of a hundred agents. */
  participation: number[][];
  /** ∂Eff/∂τ, in units an agent. */
  slope: number[][];
};

const VIEW: Turn = { around: 35, above: 30 };

/** Figure 6: efficiency, fairness and participation by both fees. */
export function drawSensitivity(data: SensitivityData, canvas: Canvas): Drawn {
  const { unitFees, executionFees, efficiency, fairness, participation, slope } = data;
  const { theme, width, turn = VIEW } = canvas;
  const { panels, height } = layOut(width, 4, {
    height: 390,
    extra: [undefined, undefined, { top: 14 }, undefined],
  });
  const [tau, execution] = ["unit fee τ, tokens a unit", "execution fee g, tokens"];
  const at = (i: number, j: number): string =>
    `τ = ${fixed(unitFees[i]!, 1)}, g = ${fixed(executionFees[j]!, 1)}`;
  const points = unitFees.flatMap((_, i) =>
    executionFees.map((__, j) => ({
      x: fairness[i]![j]!,
      y: efficiency[i]![j]!,
      size: participation[i]![j]!,
      colour: participation[i]![j]!,
      name: at(i, j),
    })),
  );
  const ranges = {
    fairness: rangeOf(fairness.flat()),
    participation: rangeOf(participation.flat()),
    slope: rangeOf(slope.flat()),
  };
  const { plot, cell } = panels[0]!;
  const area = { ...cell, top: plot.top - 30, height: plot.height + 70 };
  const feeAxes = (index: number) => {
    const [dx, dy] = [unitFees[1]! / 2, executionFees[1]! / 2];
    return {
      x: valueAxis(tau, theme, {
        index,
        gap: 28,
        decimals: 1,
        min: -dx,
        max: unitFees.at(-1)! + dx,
        labelsAt: [0, 0.5, 1, 1.5, 2],
        splitLine: { show: false },
      }),
      y: valueAxis(execution, theme, {
        index,
        decimals: 0,
        min: -dy,
        max: executionFees.at(-1)! + dy,
        labelsAt: [0, 1, 2, 3, 4, 5],
        splitLine: { show: false },
      }),
    };
  };
  const plots = panels.slice(1);
  const [fieldAxes, heatAxes] = [feeAxes(0), feeAxes(2)];
  return {
    height,
    turns: { area, from: VIEW },
    option: {
      ...baseOption(canvas),
      title: [
        panelTitle(panels[0]!, "Efficiency by both fees", theme),
        panelNote(panels[0]!, "tokens an agent", theme),
        panelTitle(panels[1]!, "Gradient of fairness: arrows to more of it", theme),
        panelTitle(panels[2]!, "Efficiency against fairness, all fees", theme),
        panelNote(panels[2]!, sizeNote("participation too", ranges.participation, " %"), theme, 1),
        panelTitle(panels[3]!, "Sensitivity of efficiency, ∂Eff/∂τ", theme),
      ],
      grid: plots.map(panelGrid),
      xAxis: [
        fieldAxes.x,
        valueAxis("fairness, 1 − Gini", theme, { index: 1, gap: 28, decimals: 2 }),
        heatAxes.x,
      ],
      yAxis: [
        fieldAxes.y,
        valueAxis("efficiency, tokens an agent", theme, { index: 1 }),
        heatAxes.y,
      ],
      series: [
        surfaceSeries(
          { x: unitFees, y: executionFees, z: efficiency },
          [
            { name: "τ", decimals: 1, ticks: [0, 0.5, 1, 1.5, 2] },
            { name: "g", decimals: 0, ticks: [0, 1, 2, 3, 4, 5] },
            { name: "efficiency", decimals: 0, ticks: [0, 3, 6, 9, 12] },
          ],
          { area, turn, theme },
        ),
        colourBar(
          panels[1]!,
          { name: "colour: fairness", range: ranges.fairness, decimals: 2 },
          theme,
        ),
        cellSeries(
          { x: unitFees, y: executionFees, values: fairness },
          {
            index: 0,
            theme,
            range: ranges.fairness,
            opacity: 0.55,
            tip: (i, j) => `${at(i, j)}\nfairness ${fixed(fairness[i]![j]!, 3)}`,
          },
        ),
        gradientSeries({ x: unitFees, y: executionFees, values: fairness }, { index: 0, theme }),
        colourBar(
          panels[2]!,
          { name: "colour: participation, %", range: ranges.participation, decimals: 0 },
          theme,
        ),
        {
          type: "scatter",
          xAxisIndex: 1,
          yAxisIndex: 1,
          data: bubbleItems(
            points,
            { size: ranges.participation, colour: ranges.participation },
            theme,
          ),
          tooltip: {
            formatter: ({ dataIndex }: { dataIndex: number }) => {
              const { name, x, y, size } = points[dataIndex]!;
              return `${name}\nefficiency ${fixed(y, 2)}\nfairness ${fixed(x, 3)}\nparticipation ${fixed(size, 1)} %`;
            },
          },
        },
        colourBar(
          panels[3]!,
          { name: "colour: units an agent", range: ranges.slope, decimals: 1 },
          theme,
        ),
        cellSeries(
          { x: unitFees, y: executionFees, values: slope },
          {
            index: 2,
            theme,
            range: ranges.slope,
            tip: (i, j) => {
              const elasticity = (slope[i]![j]! * unitFees[i]!) / efficiency[i]![j]!;
              return `${at(i, j)}\n∂Eff/∂τ = ${fixed(slope[i]![j]!, 2)}\nelasticity ${fixed(elasticity, 2)}`;
            },
          },
        ),
      ],
    },
  };
}
