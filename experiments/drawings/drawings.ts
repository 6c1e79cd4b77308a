import { drawBars } from "./bars.ts";
import { drawBoxes } from "./boxes.ts";
import { drawConvergence } from "./convergence.ts";
import { drawCurves } from "./curves.ts";
import { drawScaling } from "./scaling.ts";
import { drawSensitivity } from "./sensitivity.ts";
import { drawShock } from "./shock.ts";
import { drawUnitFee } from "./unit-fee.ts";
import type { Canvas, Drawing, Drawn } from "./drawing.ts";

/** Every drawing there is. To add one, write its file and list it here. */
const drawings = {
  convergence: drawConvergence,
  unitFee: drawUnitFee,
  boxes: drawBoxes,
  scaling: drawScaling,
  sensitivity: drawSensitivity,
  shock: drawShock,
  bars: drawBars,
  curves: drawCurves,
} as const;

/** Which drawing, and its data: plain data, so that it can travel to the page. */
export type Picture = {
  [Name in keyof typeof drawings]: {
    drawing: Name;
    data: Parameters<(typeof drawings)[Name]>[0];
  };
}[keyof typeof drawings];

export function draw({ drawing, data }: Picture, canvas: Canvas): Drawn {
  return (drawings[drawing] as Drawing<typeof data>)(data, canvas);
}
