import { fixed } from "../tables/format.ts";
import type { Box, Canvas, Option } from "./drawing.ts";
import type { Theme } from "./theme.ts";

/** Found on every system, or replaced by what stands in for it. */
export const FONT = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', Arial, sans-serif";

/** A panel of a figure: all of it, and the rectangle its axes span. */
export type Panel = { cell: Box; plot: Box };

const GAP = 18;
/** A panel narrower than this is hard to read, in pixels. */
const NARROWEST = 290;
/** Room around a plot: title and legend above, names and numbers of the axes. */
const room = { left: 60, right: 22, top: 62, bottom: 50 };

/**
 * Panels from left to right and from top to bottom; one below the other where the canvas is narrow.
 *
 * @param extra room that single panels want besides, in pixels
 * @returns the panels, and the height of all of them
 */
export function layOut(
  width: number,
  count: number,
  {
    columns = 2,
    height = 320,
    extra = [],
  }: {
    columns?: number;
    height?: number;
    extra?: readonly (Partial<typeof room> | undefined)[];
  } = {},
): { panels: Panel[]; height: number } {
  const across = Math.max(1, Math.min(columns, Math.floor((width + GAP) / (NARROWEST + GAP))));
  const cellWidth = (width - GAP * (across - 1)) / across;
  const panels = Array.from({ length: count }, (_, index): Panel => {
    const cell = {
      left: (index % across) * (cellWidth + GAP),
      top: Math.floor(index / across) * (height + GAP),
      width: cellWidth,
      height,
    };
    const { left = 0, right = 0, top = 0, bottom = 0 } = extra[index] ?? {};
    return {
      cell,
      plot: {
        left: cell.left + room.left + left,
        top: cell.top + room.top + top,
        width: cellWidth - room.left - room.right - left - right,
        height: height - room.top - room.bottom - top - bottom,
      },
    };
  });
  const down = Math.ceil(count / across);
  return { panels, height: down * height + (down - 1) * GAP };
}

/** What every figure has: no animation, its font, tooltips drawn by the chart itself. */
export function baseOption({ theme }: Canvas): Option & { tooltip: object } {
  return {
    // The page's policy allows no style in markup, which is what tooltips of HTML are made of.
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: theme.card,
      borderColor: theme.line,
      textStyle: { color: theme.ink, fontSize: 12 },
    },
    animation: false,
    textStyle: { fontFamily: FONT, color: theme.ink },
    backgroundColor: "transparent",
  };
}

/** A panel's title, over its plot. */
export function panelTitle({ cell }: Panel, text: string, theme: Theme): object {
  return {
    text,
    left: cell.left + 4,
    top: cell.top + 2,
    padding: 0,
    textStyle: {
      color: theme.ink,
      fontFamily: FONT,
      fontSize: 13.5,
      fontWeight: 600,
      width: cell.width - 8,
      overflow: "break",
      lineHeight: 17,
    },
  };
}

/** A line of small print below a panel's title; the first row is the legend's. */
export function panelNote({ cell }: Panel, text: string, theme: Theme, row = 0): object {
  return {
    text,
    left: cell.left + 4,
    top: cell.top + 22 + 17 * row,
    padding: 0,
    textStyle: {
      color: theme.soft,
      fontFamily: FONT,
      fontSize: 11.5,
      fontWeight: "normal",
      width: cell.width - 8,
      overflow: "break",
    },
  };
}

/** A panel's legend, below its title. */
export function panelLegend(
  { cell }: Panel,
  names: readonly string[],
  theme: Theme,
  row = 0,
): object {
  return {
    data: names,
    left: cell.left + 4,
    top: cell.top + 24 + 17 * row,
    width: cell.width - 8,
    padding: 0,
    itemGap: 12,
    itemWidth: 22,
    itemHeight: 9,
    textStyle: { color: theme.ink, fontFamily: FONT, fontSize: 11.5 },
    inactiveColor: theme.line,
    inactiveBorderColor: theme.line,
  };
}

/** A panel's plot as ECharts' grid. */
export function panelGrid({ plot }: Panel): object {
  return { ...plot, containLabel: false, outerBoundsMode: "none" };
}

/** What an axis may be told besides its name. */
type AxisExtra = {
  index: number;
  decimals?: number;
  min?: number | "dataMin";
  max?: number | "dataMax";
  interval?: number;
  gap?: number;
  /** How wide a name may be before it goes on below, in pixels. */
  wrapAt?: number;
  /** Where numbers stand; ECharts' choice if left out. */
  labelsAt?: readonly number[];
  /** How a number is written; with its decimals if left out. */
  formatter?: (value: number) => string;
  [other: string]: unknown;
};

/** An axis of numbers, upright unless its gap says otherwise. Its name says what it shows and in what unit. */
export function valueAxis(
  name: string,
  theme: Theme,
  { index, decimals = 0, gap = 42, labelsAt, formatter, ...extra }: AxisExtra,
): object {
  return {
    ...axisStyle(name, theme, gap),
    type: "value",
    gridIndex: index,
    scale: true,
    splitLine: { lineStyle: { color: theme.grid } },
    ...extra,
    axisLabel: {
      ...labelStyle(theme),
      formatter: formatter ?? ((value: number) => fixed(value, decimals)),
      ...(labelsAt === undefined ? {} : { customValues: labelsAt }),
    },
  };
}

/** Ticks and numbers of an axis at these places only. */
export function ticksAt(values: readonly number[]): object {
  return { axisTick: { customValues: values }, labelsAt: values };
}

/** An axis of names. */
export function categoryAxis(
  name: string,
  categories: readonly string[],
  theme: Theme,
  { index, gap = 30, wrapAt, ...extra }: AxisExtra,
): object {
  return {
    ...axisStyle(name, theme, gap),
    type: "category",
    gridIndex: index,
    data: categories,
    axisTick: { show: false },
    axisLabel: {
      ...labelStyle(theme),
      interval: 0,
      ...(wrapAt === undefined ? {} : { width: wrapAt, overflow: "break", lineHeight: 14 }),
    },
    ...extra,
  };
}

function axisStyle(name: string, theme: Theme, gap: number): object {
  return {
    name,
    nameLocation: "middle",
    nameGap: gap,
    nameTextStyle: { color: theme.soft, fontFamily: FONT, fontSize: 12 },
    nameMoveOverlap: false,
    axisLine: { show: true, onZero: false, lineStyle: { color: theme.line } },
    axisTick: { lineStyle: { color: theme.line } },
  };
}

function labelStyle(theme: Theme): object {
  return { color: theme.soft, fontFamily: FONT, fontSize: 11.5, hideOverlap: true };
}
