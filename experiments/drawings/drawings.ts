import { drawConvergence } from "./convergence.ts";
import type { Canvas, Drawing, Drawn } from "./drawing.ts";

/** Every drawing there is. To add one, write its file and list it here. */
const drawings = {
  convergence: drawConvergence,
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
