import { fixed } from "../tables/format.ts";
import { rangeOf, shareOf } from "./bubbles.ts";
import { marksOnCanvas, type Mark, type Shape } from "./custom.ts";
import type { Box, Turn } from "./drawing.ts";
import { FONT } from "./panels.ts";
import { scaleColour, type Theme } from "./theme.ts";

/** A surface over two quantities, and a line over it. */
export type SurfaceData = {
  x: readonly number[];
  y: readonly number[];
  /** Heights: `z[i][j]` at `x[i]`, `y[j]`. */
  z: readonly (readonly number[])[];
  /** Points on or near the surface, in order. */
  path?: readonly (readonly [x: number, y: number, z: number])[];
};

/** What the three axes show, x first. */
export type SurfaceAxes = readonly [SurfaceAxis, SurfaceAxis, SurfaceAxis];
export type SurfaceAxis = { name: string; decimals: number; ticks: readonly number[] };

type Point = readonly [number, number, number];
type Pixel = [x: number, y: number];

/** Height of the box beside its sides. */
const TALL = 0.75;

/**
 * A surface in parallel projection, drawn from back to front: ECharts itself has no third dimension, and
 * its extension that has needs WebGL, which neither paper nor a page without script knows.
 */
export function surfaceSeries(
  data: SurfaceData,
  axes: SurfaceAxes,
  view: { area: Box; turn: Turn; theme: Theme },
): object {
  const { theme } = view;
  const ranges = [rangeOf(data.x), rangeOf(data.y), heightsOf(data, axes)] as const;
  const { pixel, depth } = projection(ranges, view);
  const marks = [
    ...frame(ranges, axes, { pixel, depth, theme }),
    ...tiles(data, axes, theme)
      .toSorted((a, b) => depth(a.middle) - depth(b.middle))
      .map(({ corners, colour, tip }): Mark => ({
        tip,
        draw: {
          type: "polygon",
          shape: { points: corners.map(pixel) },
          style: { fill: colour, stroke: theme.card, lineWidth: 0.6 },
        },
      })),
    ...(data.path === undefined ? [] : [pathMark(data.path.map(pixel), theme)]),
  ];
  return marksOnCanvas(marks);
}

/** The range of heights: that of the surface, widened to the axis' ticks. */
function heightsOf({ z }: SurfaceData, [, , axis]: SurfaceAxes): [number, number] {
  return rangeOf([...z.flat(), ...axis.ticks]);
}

type Projection = {
  pixel: (point: Point) => Pixel;
  /** Greater is nearer to the eye. */
  depth: (point: Point) => number;
};

function projection(
  ranges: readonly (readonly [number, number])[],
  { area, turn: { around, above } }: { area: Box; turn: Turn },
): Projection {
  const [turned, tipped] = [around, above].map((degrees) => (degrees * Math.PI) / 180);
  const [sin, cos] = [Math.sin(turned!), Math.cos(turned!)];
  // A unit is half a side; the box fits however it is turned.
  const unit = Math.min(area.width / (2 * Math.SQRT2 + 0.7), area.height / 2.8);
  const centre = [area.left + area.width / 2, area.top + area.height / 2] as const;
  const turnedPoint = (point: Point): [across: number, away: number, up: number] => {
    const [u, v, w] = point.map((value, at) => 2 * shareOf(value, ranges[at]!) - 1);
    return [u! * cos - v! * sin, u! * sin + v! * cos, w! * TALL];
  };
  return {
    pixel: (point) => {
      const [across, away, up] = turnedPoint(point);
      return [
        centre[0] + unit * across,
        centre[1] - unit * (up * Math.cos(tipped!) - away * Math.sin(tipped!)),
      ];
    },
    depth: (point) => {
      const [, away, up] = turnedPoint(point);
      return away * Math.cos(tipped!) + up * Math.sin(tipped!);
    },
  };
}

function tiles(
  { x, y, z }: SurfaceData,
  axes: SurfaceAxes,
  theme: Theme,
): { corners: Point[]; middle: Point; colour: string; tip: string }[] {
  const heights = rangeOf(z.flat());
  return x.slice(1).flatMap((_, i) =>
    y.slice(1).map((__, j) => {
      const corners = (
        [
          [i, j],
          [i + 1, j],
          [i + 1, j + 1],
          [i, j + 1],
        ] as const
      ).map(([a, b]): Point => [x[a]!, y[b]!, z[a]![b]!]);
      const middle = [0, 1, 2].map(
        (at) => corners.reduce((sum, corner) => sum + corner[at]!, 0) / 4,
      ) as unknown as Point;
      return {
        corners,
        middle,
        colour: scaleColour(shareOf(middle[2], heights), theme),
        tip: axes
          .map(({ name, decimals }, at) => `${name}: ${fixed(middle[at]!, decimals + 1)}`)
          .join("\n"),
      };
    }),
  );
}

/** Floor, two back walls, and an axis each along the edges nearest to the reader. */
function frame(
  ranges: readonly (readonly [number, number])[],
  axes: SurfaceAxes,
  { pixel, depth, theme }: Projection & { theme: Theme },
): Mark[] {
  const [xs, ys, zs] = ranges as [[number, number], [number, number], [number, number]];
  const floor = zs[0];
  const corners = xs.flatMap((x) => ys.map((y): Point => [x, y, floor]));
  const near = corners.reduce((a, b) => (depth(b) > depth(a) ? b : a));
  const behind = corners.reduce((a, b) => (depth(b) < depth(a) ? b : a));
  // Upright numbers stand where nothing is to the left of them.
  const leftmost = corners.reduce((a, b) => (pixel(b)[0] < pixel(a)[0] ? b : a));

  const line = (from: Point, to: Point, colour: string): Mark => {
    const [[x1, y1], [x2, y2]] = [pixel(from), pixel(to)];
    return { draw: { type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: colour } } };
  };
  const grid = [
    ...axes[0].ticks.flatMap((x) => [
      line([x, ys[0], floor], [x, ys[1], floor], theme.grid),
      line([x, behind[1], floor], [x, behind[1], zs[1]], theme.grid),
    ]),
    ...axes[1].ticks.flatMap((y) => [
      line([xs[0], y, floor], [xs[1], y, floor], theme.grid),
      line([behind[0], y, floor], [behind[0], y, zs[1]], theme.grid),
    ]),
    ...axes[2].ticks.flatMap((z) => [
      line([xs[0], behind[1], z], [xs[1], behind[1], z], theme.grid),
      line([behind[0], ys[0], z], [behind[0], ys[1], z], theme.grid),
    ]),
  ];
  const centre = pixel([(xs[0] + xs[1]) / 2, (ys[0] + ys[1]) / 2, floor]);
  const words = (
    text: string,
    [x, y]: Pixel,
    fontSize: number,
    align: string,
    vertical: string,
  ): Mark => ({
    draw: {
      type: "text",
      style: {
        text,
        x,
        y,
        fill: theme.soft,
        fontSize,
        fontFamily: FONT,
        textAlign: align,
        textVerticalAlign: vertical,
      },
    },
  });
  /** An axis on the floor: its numbers and its name away from the middle, out of the surface. */
  const lying = (
    axis: SurfaceAxis,
    [low, high]: readonly [number, number],
    at: (value: number) => Point,
  ): Mark[] => {
    const middle = pixel(at((low + high) / 2));
    const away = direction(centre, middle);
    const align = away[0] > 0.3 ? "left" : away[0] < -0.3 ? "right" : "center";
    const beyond = ([x, y]: Pixel, distance: number): Pixel => [
      x + distance * away[0],
      y + distance * away[1],
    ];
    return [
      line(at(low), at(high), theme.line),
      ...axis.ticks.map((tick) =>
        words(fixed(tick, axis.decimals), beyond(pixel(at(tick)), 6), 11, align, "top"),
      ),
      words(axis.name, beyond(middle, 28), 12, align, "top"),
    ];
  };
  const up = (z: number): Point => [leftmost[0], leftmost[1], z];
  const [topX, topY] = pixel(up(zs[1]));
  return [
    ...grid,
    ...lying(axes[0], xs, (x) => [x, near[1], floor]),
    ...lying(axes[1], ys, (y) => [near[0], y, floor]),
    line(up(floor), up(zs[1]), theme.line),
    ...axes[2].ticks.map((tick) => {
      const [x, y] = pixel(up(tick));
      return words(
        fixed(tick, axes[2].decimals),
        [x - 6, y],
        11,
        "right",
        tick === floor ? "bottom" : "middle",
      );
    }),
    words(axes[2].name, [topX - 10, topY - 10], 12, "left", "bottom"),
  ];
}

function direction(from: Pixel, to: Pixel): readonly [number, number] {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy) || 1;
  return [dx / length, dy / length];
}

/** The path over everything, with a rim so that it shows on every colour. */
function pathMark(points: readonly Pixel[], theme: Theme): Mark {
  const stroke = (colour: string, lineWidth: number): Shape => ({
    type: "polyline",
    shape: { points },
    style: { stroke: colour, fill: "none", lineWidth },
  });
  return { draw: { type: "group", children: [stroke(theme.card, 5), stroke(theme.red, 2.6)] } };
}
