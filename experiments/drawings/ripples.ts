import { signed } from "../tables/format.ts";
import { shareOf } from "./bubbles.ts";
import { colourBar } from "./colour-bar.ts";
import { arrow, marksInPlot } from "./custom.ts";
import type { Panel } from "./panels.ts";
import { scaleColour, type Theme } from "./theme.ts";

/** Efficiency in tokens an agent, fairness as 1 − Gini. */
export type State = { efficiency: number; fairness: number };

/** Round by round towards rest: arrows of single draws, and a thick line of their mean. */
export function rippleSeries(
  { ripple, ripples }: { ripple: readonly State[]; ripples: readonly (readonly State[])[] },
  panel: Panel,
  { index, theme }: { index: number; theme: Theme },
): object[] {
  const range = [0, ripple.length - 1] as const;
  const steps = (path: readonly State[], isMean: boolean) =>
    path.slice(1).map((state, at) => {
      const ends = [path[at]!, state].map(
        ({ efficiency, fairness }) => [efficiency, fairness] as const,
      );
      const colour = scaleColour(shareOf(at, range), theme);
      return {
        reach: ends,
        ...(isMean
          ? {
              tip: `${at + 1} rounds after the shock\nefficiency ${signed(state.efficiency, 3)}\nfairness ${signed(state.fairness, 4)}`,
            }
          : {}),
        draw: (place: (point: readonly [number, number]) => [number, number]) => {
          const [[x1, y1], [x2, y2]] = [place(ends[0]!), place(ends[1]!)];
          return isMean
            ? {
                type: "group" as const,
                children: [
                  {
                    type: "line" as const,
                    shape: { x1, y1, x2, y2 },
                    style: { stroke: theme.card, lineWidth: 8 },
                  },
                  {
                    type: "line" as const,
                    shape: { x1, y1, x2, y2 },
                    style: { stroke: colour, lineWidth: 5 },
                  },
                ],
              }
            : arrow([x1, y1], [x2, y2], colour);
        },
      };
    });
  return [
    colourBar(
      panel,
      { name: "colour: rounds after the shock", range: [...range], decimals: 0 },
      theme,
    ),
    marksInPlot(
      ripples.flatMap((path) => steps(path, false)),
      { index },
    ),
    marksInPlot(steps(ripple, true), { index }),
  ];
}
