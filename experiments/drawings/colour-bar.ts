import { fixed } from "../tables/format.ts";
import { marksOnCanvas, type Shape } from "./custom.ts";
import { FONT, type Panel } from "./panels.ts";
import { scaleColour, type Theme } from "./theme.ts";

/** What colours in a panel mean, in the row of its legend: a name, the least, the scale, the greatest. */
export function colourBar(
  { cell }: Panel,
  {
    name,
    range: [least, greatest],
    decimals,
  }: { name: string; range: readonly number[]; decimals: number },
  theme: Theme,
  row = 0,
): object {
  const top = cell.top + 24 + 17 * row;
  const text = (words: string, x: number, align: "left" | "right"): Shape => ({
    type: "text",
    style: {
      text: words,
      x,
      y: top + 5,
      fill: theme.ink,
      fontSize: 11.5,
      fontFamily: FONT,
      textAlign: align,
      textVerticalAlign: "middle",
    },
  });
  const [numbers, width] = [46, 90];
  const right = cell.left + cell.width - 8;
  const bar = right - numbers - width;
  return marksOnCanvas([
    {
      draw: {
        type: "group",
        children: [
          text(name, cell.left + 4, "left"),
          text(fixed(least!, decimals), bar - 6, "right"),
          {
            type: "rect",
            shape: { x: bar, y: top, width, height: 10 },
            style: {
              fill: {
                type: "linear",
                x: 0,
                y: 0,
                x2: 1,
                y2: 0,
                colorStops: Array.from({ length: 9 }, (_, at) => ({
                  offset: at / 8,
                  color: scaleColour(at / 8, theme),
                })),
              },
              stroke: theme.line,
            },
          },
          text(fixed(greatest!, decimals), bar + width + 6, "left"),
        ],
      },
    },
  ]);
}
