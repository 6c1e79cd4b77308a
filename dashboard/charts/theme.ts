/** The style sheet's colours, for what is drawn on a canvas. */
export type Colour = "blue" | "orange" | "green" | "red" | "purple" | "sky" | "soft";
export type Theme = Record<Colour | "card" | "ink" | "line" | "grid", string>;

const NAMES = [
  ...(["blue", "orange", "green", "red", "purple", "sky", "soft"] as const),
  ...(["card", "ink", "line", "grid"] as const),
];

/** As they are now: light or dark. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  ) as Theme;
}
