import type { Theme } from "./theme.ts";

/** What ECharts takes; its own type refuses much that it documents, custom series above all. */
export type Option = Record<string, unknown>;

/** From where a surface is seen, in degrees: `around` turns it, `above` tips it towards the eye. */
export type Turn = { around: number; above: number };

/** What a drawing is made for. */
export type Canvas = {
  /** In pixels; a drawing must be readable from 320 on. */
  width: number;
  theme: Theme;
  /** How the reader has turned the surfaces; undefined for the drawing's own view. */
  turn?: Turn;
};

/** What ECharts is to draw, and how high it is, in pixels. */
export type Drawn = {
  option: Option;
  height: number;
  /** Where a drag turns a surface; nowhere if it has none. */
  turns?: { area: Box; from: Turn };
};

/** A rectangle, in pixels from the upper left corner. */
export type Box = { left: number; top: number; width: number; height: number };

/** A figure: from its data, which travels to the page as JSON, to what is drawn. */
export type Drawing<Data> = (data: Data, canvas: Canvas) => Drawn;
