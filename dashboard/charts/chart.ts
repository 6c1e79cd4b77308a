import type { EChartsCoreOption } from "echarts/core";

import { element, setText } from "../dom.ts";
import { init } from "./echarts.ts";
import { readTheme, type Colour, type Theme } from "./theme.ts";

/** What a chart's lines and bars mean. */
export type Key = {
  label: string;
  colour: Colour;
  mark?: "dashed" | "hollow" | "circle" | "diamond" | "triangle";
};

/** A figure with a title, a chart, a key and a caption. */
export type Chart<Data> = {
  figure: HTMLElement;
  /** Draws with the next frame; asked several times before it, it draws the last. */
  draw: (data: Data) => void;
  close: () => void;
};

export type ChartOptions<Data> = {
  title: string;
  keys: (data: Data) => Key[];
  /** Whether there is nothing to draw yet. */
  isEmpty?: (data: Data) => boolean;
  /** What the chart says, in a sentence: for those who cannot see it, and as its caption. */
  caption: (data: Data) => string;
  option: (data: Data, theme: Theme, width: number) => EChartsCoreOption;
};

const HEIGHT = 240;

export function createChart<Data>(options: ChartOptions<Data>): Chart<Data> {
  const place = element("div", { class: "place-of-chart", "aria-hidden": "true" });
  const keys = element("ul", { class: "keys" });
  const caption = element("figcaption");
  const figure = element(
    "figure",
    { class: "card" },
    element("h2", {}, options.title),
    keys,
    place,
    caption,
  );
  const chart = init(place, null, { renderer: "canvas", width: 1, height: 1 });
  const darkness = matchMedia("(prefers-color-scheme: dark)");
  let data: Data | undefined;

  const paint = (): void => {
    const width = place.clientWidth;
    if (data === undefined || width === 0) return;
    if (chart.getWidth() !== width) chart.resize({ width, height: HEIGHT });
    const isEmpty = options.isEmpty?.(data) === true;
    place.classList.toggle("empty", isEmpty);
    if (isEmpty) chart.clear();
    else
      chart.setOption({ ...base, ...options.option(data, readTheme(), width) }, { notMerge: true });
    showKeys(keys, options.keys(data));
    setText(caption, options.caption(data));
  };
  const schedule = (): void => paintSoon(paint);
  const watcher = new ResizeObserver(schedule);
  watcher.observe(place);
  darkness.addEventListener("change", schedule);
  return {
    figure,
    draw: (next) => {
      data = next;
      schedule();
    },
    close: () => {
      waiting.delete(paint);
      watcher.disconnect();
      darkness.removeEventListener("change", schedule);
      chart.dispose();
    },
  };
}

// Milliseconds of a frame that go to charts: what does not fit is drawn with the next, so that none is missed.
const PIECE = 8;
const waiting = new Set<() => void>();

function paintSoon(paint: () => void): void {
  if (waiting.size === 0) requestAnimationFrame(paintSome);
  waiting.add(paint);
}

function paintSome(): void {
  const end = performance.now() + PIECE;
  for (const paint of waiting) {
    waiting.delete(paint);
    paint();
    if (performance.now() > end) break;
  }
  if (waiting.size > 0) requestAnimationFrame(paintSome);
}

const base: EChartsCoreOption = { animation: false };

function showKeys(list: HTMLElement, keys: Key[]): void {
  const text = JSON.stringify(keys);
  if (list.dataset["keys"] === text) return;
  list.dataset["keys"] = text;
  list.replaceChildren(
    ...keys.map(({ label, colour, mark = "line" }) =>
      element("li", {}, element("span", { class: `swatch ${colour} ${mark}` }), label),
    ),
  );
}
