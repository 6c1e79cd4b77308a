/// <reference lib="dom" />
// Runs in the reader's browser: draws each figure again where it stands, so that it can be used.
import { init } from "../../drawings/charts.ts";
import type { Drawn, Turn } from "../../drawings/drawing.ts";
import { draw, type Picture } from "../../drawings/drawings.ts";
import { dark, light } from "../../drawings/theme.ts";

const darkness = matchMedia("(prefers-color-scheme: dark)");

for (const figure of document.querySelectorAll<HTMLElement>("figure.drawing")) {
  const text = figure.querySelector("script")?.textContent;
  if (text) bringToLife(figure, JSON.parse(text) as Picture);
}

function bringToLife(figure: HTMLElement, picture: Picture): void {
  const place = document.createElement("div");
  place.className = "live";
  figure.querySelector(".still")?.after(place);
  figure.classList.add("is-live");
  // Canvas: an SVG that changes sets style attributes, which the page's policy forbids.
  const chart = init(place, null, { renderer: "canvas", width: 1, height: 1 });
  let turn: Turn | undefined;
  let drawn: Drawn | undefined;
  const redraw = (): void => {
    const width = place.clientWidth;
    // Nothing to draw on while the page is printed.
    if (width === 0) return;
    const theme = darkness.matches ? dark : light;
    drawn = draw(picture, turn === undefined ? { width, theme } : { width, theme, turn });
    if (chart.getWidth() !== width || chart.getHeight() !== drawn.height) {
      place.style.height = `${drawn.height}px`;
      chart.resize({ width, height: drawn.height });
    }
    chart.setOption(drawn.option);
  };
  redraw();
  if (drawn?.turns !== undefined) {
    const hint = document.createElement("p");
    hint.className = "hint";
    hint.textContent = "Drag the surface to turn it.";
    place.after(hint);
  }
  new ResizeObserver(redraw).observe(place);
  darkness.addEventListener("change", redraw);

  /** Where the pointer went down, and how the surface stood then. */
  let held: { x: number; y: number; from: Turn } | undefined;
  place.addEventListener("pointerdown", (event) => {
    if (drawn?.turns === undefined) return;
    const { area, from } = drawn.turns;
    const [x, y] = [event.offsetX - area.left, event.offsetY - area.top];
    if (x < 0 || y < 0 || x > area.width || y > area.height) return;
    held = { x: event.clientX, y: event.clientY, from: turn ?? from };
    place.setPointerCapture(event.pointerId);
  });
  place.addEventListener("pointermove", (event) => {
    if (held === undefined) return;
    // Half a degree a pixel, and never under the floor or past the zenith.
    turn = {
      around: held.from.around + (event.clientX - held.x) / 2,
      above: Math.min(85, Math.max(5, held.from.above + (event.clientY - held.y) / 2)),
    };
    redraw();
  });
  for (const end of ["pointerup", "pointercancel"] as const) {
    place.addEventListener(end, () => (held = undefined));
  }
}
