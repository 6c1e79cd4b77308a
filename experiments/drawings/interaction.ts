import { fixed } from "../tables/format.ts";

/** What ECharts hands to the tooltip of an axis: one for each series at that place. */
type Shown = { seriesName: string; marker: unknown; value: readonly number[] };

/** Above so many lines a tooltip tells where they lie and no more. */
const MOST_LINES = 6;

/**
 * A tooltip of all values at one place of the horizontal axis.
 *
 * @param place what that axis counts: `round`
 * @param decimals by the series' name
 */
export function tooltipByX(place: string, decimals: (series: string) => number): object {
  return {
    show: true,
    trigger: "axis",
    formatter: (shown: readonly Shown[]) => {
      const [first] = shown;
      if (first === undefined) return "";
      const head = `${place} ${first.value[0]!}`;
      if (shown.length > MOST_LINES) {
        const values = shown.map(({ value }) => value[1]!);
        const show = (value: number): string => fixed(value, decimals(first.seriesName));
        return `${head}\n${shown.length} lines: ${show(Math.min(...values))} to ${show(Math.max(...values))}`;
      }
      const lines = shown.map(({ seriesName, value }) => {
        const numbers = value.slice(1).map((number) => fixed(number, decimals(seriesName)));
        return `${seriesName}: ${numbers.join(" to ")}`;
      });
      return [head, ...lines].join("\n");
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
