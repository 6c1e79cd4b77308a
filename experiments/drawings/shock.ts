import { fixed } from "../tables/format.ts";
import { rangeOf, shareOf } from "./bubbles.ts";
import { colourBar } from "./colour-bar.ts";
import { arrow, marksInPlot } from "./custom.ts";
import type { Canvas, Drawn, Turn } from "./drawing.ts";
import {
  baseOption,
  categoryAxis,
  layOut,
  panelGrid,
  panelNote,
  panelTitle,
  valueAxis,
  type Panel,
} from "./panels.ts";
import { rippleSeries, type State } from "./ripples.ts";
import { surfaceSeries } from "./surface.ts";
import { scaleColour, type Theme } from "./theme.ts";
import { waterfallSeries, type WaterfallBar } from "./waterfall.ts";

export type ShockData = {
  /** The round in which the fee is another. */
  shock: number;
  /** τ before and after, in tokens a unit. */
  from: number;
  to: number;
  /** Rounds shown, and means over all draws in each. */
  rounds: number[];
  states: State[];
  /** Mean efficiency by round of the shocks to each of these fees: `[round][fee]`. */
  fees: number[];
  surface: number[][];
  /** Mean efficiency at rest, by fee. */
  rest: number[];
  /** Mean fairness: before, then what each phase adds, then after. */
  waterfall: WaterfallBar[];
  /** From the shock on, less the state at rest: of all draws' mean, and of single draws. */
  ripple: State[];
  ripples: State[][];
};

const VIEW: Turn = { around: 40, above: 28 };

/** Figure 7: what a jump of the unit fee does, and how long. */
export function drawShock(data: ShockData, canvas: Canvas): Drawn {
  const { theme, width, turn = VIEW } = canvas;
  const { panels, height } = layOut(width, 4, {
    height: 390,
    extra: [undefined, undefined, undefined, { left: 8 }],
  });
  const { plot, cell } = panels[0]!;
  const area = { ...cell, top: plot.top - 30, height: plot.height + 70 };
  const { rounds, fees, surface, states } = data;
  const range = rangeOf(rounds);
  const whole = (low: number, high: number): number[] =>
    Array.from({ length: high - low + 1 }, (_, at) => low + at);
  const [least, greatest] = rangeOf(surface.flat());
  return {
    height,
    turns: { area, from: VIEW },
    option: {
      ...baseOption(canvas),
      title: [
        panelTitle(panels[0]!, "Efficiency after a jump to each τ; line: the jump shown", theme),
        panelNote(panels[0]!, "tokens an agent", theme),
        panelTitle(panels[1]!, "Phase portrait: unit fee and efficiency", theme),
        panelTitle(panels[2]!, "Fairness, 1 − Gini, through the shock", theme),
        panelNote(panels[2]!, "the axis does not start at 0", theme),
        panelTitle(panels[3]!, "Ripples: efficiency and fairness less their rest", theme),
        panelNote(panels[3]!, "thick: mean of all draws; thin: single draws", theme, 1),
      ],
      grid: panels.slice(1).map((panel) => panelGrid(panel)),
      xAxis: [
        valueAxis("unit fee τ, tokens a unit", theme, {
          index: 0,
          gap: 28,
          decimals: 1,
          min: fees[0]! - 0.25,
          max: fees.at(-1)! + 0.25,
          labelsAt: [0.5, 1, 1.5, 2],
        }),
        categoryAxis(
          "",
          data.waterfall.map(({ name }) => name),
          theme,
          { index: 1, wrapAt: plot.width / data.waterfall.length - 6 },
        ),
        valueAxis("efficiency less its rest, tokens an agent", theme, {
          index: 2,
          gap: 28,
          decimals: 2,
        }),
      ],
      yAxis: [
        valueAxis("efficiency, tokens an agent", theme, { index: 0, decimals: 1 }),
        valueAxis("fairness", theme, { index: 1, decimals: 2 }),
        valueAxis("fairness less its rest", theme, { index: 2, decimals: 2, gap: 58 }),
      ],
      series: [
        surfaceSeries(
          {
            x: rounds,
            y: fees,
            z: surface,
            path: rounds.map((round, at) => [
              round,
              round < data.shock ? data.from : data.to,
              states[at]!.efficiency,
            ]),
          },
          [
            { name: "round t", decimals: 0, ticks: rounds.filter((round) => round % 10 === 0) },
            { name: "τ after", decimals: 1, ticks: [0.5, 1, 1.5, 2] },
            {
              name: "efficiency",
              decimals: 0,
              ticks: whole(Math.floor(least), Math.ceil(greatest)),
            },
          ],
          { area, turn, theme },
        ),
        ...phasePortrait(data, panels[1]!, range, theme),
        waterfallSeries(data.waterfall, { index: 1, theme }),
        ...rippleSeries(data, panels[3]!, { index: 2, theme }),
      ],
    },
  };
}

function phasePortrait(
  { shock, from, to, rounds, states, fees, rest }: ShockData,
  panel: Panel,
  range: readonly [number, number],
  theme: Theme,
): object[] {
  const feeAt = (round: number): number => (round < shock ? from : to);
  return [
    colourBar(panel, { name: "colour: round; line: at rest", range, decimals: 0 }, theme),
    {
      type: "line",
      xAxisIndex: 0,
      yAxisIndex: 0,
      silent: true,
      symbol: "none",
      lineStyle: { color: theme.soft, width: 1.6 },
      data: fees.map((fee, at) => [fee, rest[at]!]),
    },
    marksInPlot(
      rounds.slice(1).map((round, at) => {
        const [a, b] = [states[at]!, states[at + 1]!];
        const ends = [
          [feeAt(rounds[at]!), a.efficiency],
          [feeAt(round), b.efficiency],
        ] as const;
        const colour = scaleColour(shareOf(round, range), theme);
        return {
          reach: ends,
          tip: `round ${round}, τ = ${fixed(feeAt(round), 1)}\nefficiency ${fixed(b.efficiency, 3)}`,
          draw: (place) => {
            const [[x1, y1], [cx, cy]] = [place(ends[0]), place(ends[1])];
            return {
              type: "group",
              children: [
                ...(round === shock ? [arrow([x1, y1], [cx, cy], theme.red)] : []),
                {
                  type: "circle",
                  shape: { cx, cy, r: 5 },
                  style: { fill: colour, stroke: theme.soft, lineWidth: 0.8 },
                },
              ],
            };
          },
        };
      }),
      { index: 0 },
    ),
  ];
}
