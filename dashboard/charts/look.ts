import type { Theme } from "./theme.ts";

/** How axes are labelled. */
export const textOf = (theme: Theme) => ({ color: theme.soft, fontSize: 12 });

/** The place of the axes in the chart. */
export const grid = { left: 8, right: 12, top: 28, bottom: 22, containLabel: true };

/** How what is pointed at is told: as text on the canvas, since the page's policy forbids style attributes. */
export const tooltipOf = (theme: Theme) => ({
  renderMode: "richText",
  backgroundColor: theme.card,
  borderColor: theme.line,
  textStyle: { color: theme.ink, fontSize: 12 },
  confine: true,
});
