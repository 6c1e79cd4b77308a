import type { Option } from "./drawing.ts";

/** A custom series' drawing surface, as far as it is used here. */
type Place = { coord: (point: [number, number]) => number[] };

/** What a custom series is told of the item it draws. */
type Item = { dataIndexInside: number };

/** The area between two lines over the same places: where most draws lie. */
export function bandSeries(
  { x, low, high }: { x: readonly number[]; low: readonly number[]; high: readonly number[] },
  { index, name, colour }: { index: number; name: string; colour: string },
): NonNullable<Option["series"]> {
  return {
    type: "custom",
    name,
    xAxisIndex: index,
    yAxisIndex: index,
    silent: true,
    clip: true,
    itemStyle: { color: colour, opacity: 0.22 },
    encode: { x: 0, y: [1, 2] },
    data: x.map((at, place) => [at, low[place]!, high[place]!]),
    tooltip: { show: false },
    // One polygon over all items.
    renderItem: ({ dataIndexInside }: Item, { coord }: Place) =>
      dataIndexInside > 0
        ? null
        : {
            type: "polygon",
            shape: {
              points: [
                ...x.map((at, place) => coord([at, high[place]!])),
                ...x.map((at, place) => coord([at, low[place]!])).reverse(),
              ],
            },
            style: { fill: colour, opacity: 0.22 },
          },
  } as unknown as NonNullable<Option["series"]>;
}
