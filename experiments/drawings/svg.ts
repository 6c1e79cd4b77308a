import { setPlatformAPI } from "echarts/core";

import { init } from "./charts.ts";
import { draw, type Picture } from "./drawings.ts";
import { light } from "./theme.ts";

/** Width of a drawing on paper, in pixels. */
export const STILL_WIDTH = 960;

// Nothing measures text here, so room is left for the widest of the fonts that may show it, DejaVu Sans.
setPlatformAPI({
  measureText: (text, font = "12px") => ({
    width: text.length * Number.parseFloat(/[\d.]+px/.exec(font)?.[0] ?? "12") * 0.62,
  }),
});

/** A drawing that stands still: SVG for light pages and paper, without script or style sheet. */
export function drawSvg(picture: Picture): string {
  const { option, height } = draw(picture, { width: STILL_WIDTH, theme: light });
  const chart = init(null, null, { renderer: "svg", ssr: true, width: STILL_WIDTH, height });
  try {
    chart.setOption(option);
    return withoutStyles(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

/**
 * The same SVG with the page's own colours, light and dark: each colour of the theme becomes the custom
 * property of its name.
 */
export function inPageColours(svg: string): string {
  const names = new Map(Object.entries(light).map(([name, colour]) => [colour, name]));
  return svg.replace(/"(#[0-9a-f]{6})"/g, (whole, colour: string) => {
    const name = names.get(colour);
    return name === undefined ? whole : `"var(--${name})"`;
  });
}

/** Style attributes as attributes of their own: the report's policy lets no style through in markup. */
function withoutStyles(svg: string): string {
  return svg
    .replace(/<style[^>]*>.*?<\/style>/gs, "")
    .replace(/ class="[^"]*"/g, "")
    .replace(/ style="([^"]*)"/g, (_, style: string) =>
      style
        .split(";")
        .map((one) => one.split(":").map((part) => part.trim()))
        .filter(([name, value]) => name && value && name !== "white-space")
        .map(([name, value]) => ` ${name}="${value}"`)
        .join(""),
    );
}
