import { createRequire } from "node:module";

import { Resvg } from "@resvg/resvg-js";

const { resolve } = createRequire(import.meta.url);
const fonts = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) =>
  resolve(`dejavu-fonts-ttf/ttf/${file}`),
);

/** Pixels of the image for a pixel of the drawing: sharp in print. */
const ZOOM = 2;

/** An SVG as PNG on white. Its text is set in the font that comes with us, whatever the system has. */
export function pngOf(svg: string): Buffer {
  return new Resvg(svg, {
    background: "#ffffff",
    fitTo: { mode: "zoom", value: ZOOM },
    font: { fontFiles: fonts, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" },
  })
    .render()
    .asPng();
}
