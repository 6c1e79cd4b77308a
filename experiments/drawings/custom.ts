// ECharts draws what it has no series for from shapes that a custom series returns.

/** A shape as ECharts' `graphic` describes it: polygon, polyline, line, circle, rect or text. */
export type Shape = {
  type: "polygon" | "polyline" | "line" | "circle" | "rect" | "text" | "group";
  shape?: object;
  style?: object;
  children?: readonly Shape[];
  silent?: boolean;
};

/** What is drawn of one item, and what its tooltip says; none if it says nothing. */
export type Mark = { draw: Shape; tip?: string };

/** Pixels of a point in a plot. */
export type Place = (point: readonly [x: number, y: number]) => [number, number];

/** Shapes at pixels of the canvas, drawn in order. */
export function marksOnCanvas(marks: readonly Mark[], name?: string): object {
  return {
    ...common(
      marks.map(({ tip }) => tip),
      name,
    ),
    coordinateSystem: "none",
    data: marks.map((_, at) => [at]),
    renderItem: ({ dataIndex }: { dataIndex: number }) => marks[dataIndex]!.draw,
  };
}

/**
 * Shapes in a plot with two axes of numbers.
 *
 * @param items each with the points that must be in the plot when axes find their range
 */
export function marksInPlot(
  items: readonly {
    reach: readonly (readonly [number, number])[];
    draw: (place: Place) => Shape;
    tip?: string;
  }[],
  { index, name, item }: { index: number; name?: string; item?: object },
): object {
  return {
    ...common(
      items.map(({ tip }) => tip),
      name,
    ),
    xAxisIndex: index,
    yAxisIndex: index,
    clip: true,
    // What the legend shows.
    ...(item === undefined ? {} : { itemStyle: item }),
    encode: { x: [0, 2], y: [1, 3] },
    data: items.map(({ reach }) => {
      const [xs, ys] = [reach.map(([x]) => x), reach.map(([, y]) => y)];
      return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    }),
    renderItem: ({ dataIndex }: { dataIndex: number }, { coord }: { coord: Place }) =>
      items[dataIndex]!.draw(coord),
  };
}

function common(tips: readonly (string | undefined)[], name: string | undefined): object {
  return {
    type: "custom",
    ...(name === undefined ? {} : { name }),
    silent: tips.every((tip) => tip === undefined),
    tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => tips[dataIndex] ?? "" },
  };
}

/** The area between two lines over the same places: where most draws lie. */
export function bandSeries(
  { x, low, high }: { x: readonly number[]; low: readonly number[]; high: readonly number[] },
  { index, name, colour }: { index: number; name: string; colour: string },
): object {
  const upper = x.map((at, place) => [at, high[place]!] as const);
  const lower = x.map((at, place) => [at, low[place]!] as const);
  const outline = [...upper, ...lower.reverse()];
  return marksInPlot(
    [
      {
        reach: outline,
        draw: (place) => ({
          type: "polygon",
          shape: { points: outline.map(place) },
          style: { fill: colour, opacity: 0.22 },
        }),
      },
    ],
    { index, name, item: { color: colour, opacity: 0.4 } },
  );
}

/** An arrow between two pixels, with a head of six pixels or half its length. */
export function arrow(from: readonly number[], to: readonly number[], colour: string): Shape {
  const [dx, dy] = [to[0]! - from[0]!, to[1]! - from[1]!];
  const length = Math.hypot(dx, dy);
  const style = { stroke: colour, fill: colour, lineWidth: 1.5 };
  if (length === 0) return { type: "circle", shape: { cx: from[0], cy: from[1], r: 1 }, style };
  const head = Math.min(6, length / 2) / length;
  const [bx, by] = [to[0]! - head * dx, to[1]! - head * dy];
  const [wx, wy] = [-0.5 * head * dy, 0.5 * head * dx];
  return {
    type: "group",
    children: [
      { type: "line", shape: { x1: from[0], y1: from[1], x2: bx, y2: by }, style },
      {
        type: "polygon",
        shape: {
          points: [
            [to[0], to[1]],
            [bx + wx, by + wy],
            [bx - wx, by - wy],
          ],
        },
        style: { fill: colour },
      },
    ],
  };
}
