import { fixed } from "../tables/format.ts";
import type { Theme } from "./theme.ts";
import { scaleColour } from "./theme.ts";

/** A point whose size and colour say something too. */
export type Bubble = { x: number; y: number; size: number; colour: number };

/** Diameters of the least and the greatest, in pixels. */
const [SMALLEST, LARGEST] = [6, 19];

/** The least and the greatest of some numbers. */
export function rangeOf(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** Where a value lies in a range, from 0 to 1; the middle where the range has no width. */
export function shareOf(value: number, [least, greatest]: readonly [number, number]): number {
  return greatest > least ? (value - least) / (greatest - least) : 0.5;
}

/** Points as ECharts' scatter series takes them. */
export function bubbleItems(
  bubbles: readonly Bubble[],
  ranges: { size: readonly [number, number]; colour: readonly [number, number] },
  theme: Theme,
): object[] {
  return bubbles.map(({ x, y, size, colour }) => ({
    value: [x, y, size, colour],
    symbolSize: SMALLEST + (LARGEST - SMALLEST) * shareOf(size, ranges.size),
    itemStyle: {
      color: scaleColour(shareOf(colour, ranges.colour), theme),
      borderColor: theme.soft,
      borderWidth: 0.8,
      opacity: 0.9,
    },
  }));
}

/** What sizes in a panel mean. */
export function sizeNote(
  name: string,
  [least, greatest]: readonly [number, number],
  unit: string,
): string {
  return `bubble size: ${name}, ${fixed(least, 0)} to ${fixed(greatest, 0)}${unit}`;
}
