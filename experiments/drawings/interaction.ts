import { fixed } from "../tables/format.ts";

/** What ECharts hands to the tooltip of an axis: one for each series at that place. */
type Shown = {
  seriesType: string;
  seriesName: string;
  axisIndex: number;
  value: readonly [number, number];
};

/** Above so many lines a tooltip tells where they lie and no more. */
const MOST_LINES = 6;

/**
 * A tooltip of all lines at one place of a horizontal axis.
 *
 * @param place what that axis counts: `round`
 * @param decimals by the line's name and the panel's number
 */
export function tooltipByX(
  place: string,
  decimals: (line: string, panel: number) => number,
): object {
  return {
    trigger: "axis",
    formatter: (all: readonly Shown[]) => {
      const lines = all.filter(({ seriesType }) => seriesType === "line");
      const [first] = lines;
      if (first === undefined) return "";
      const head = `${place} ${first.value[0]}`;
      const show = ({ seriesName, axisIndex, value }: Shown): string =>
        fixed(value[1], decimals(seriesName, axisIndex));
      if (lines.length > MOST_LINES) {
        const sorted = lines.toSorted((a, b) => a.value[1] - b.value[1]);
        return `${head}\n${lines.length} lines: ${show(sorted[0]!)} to ${show(sorted.at(-1)!)}`;
      }
      return [head, ...lines.map((line) => `${line.seriesName}: ${show(line)}`)].join("\n");
    },
  };
}

/** Zoom along these horizontal axes: Ctrl and the wheel, or two fingers. The page still scrolls. */
export function zoomAcross(axes: readonly number[]): object[] {
  return axes.map((xAxisIndex) => ({
    type: "inside",
    xAxisIndex,
    filterMode: "none",
    zoomOnMouseWheel: "ctrl",
    moveOnMouseWheel: false,
    preventDefaultMouseMove: false,
  }));
}
