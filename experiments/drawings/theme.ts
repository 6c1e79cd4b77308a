/**
 * The colours of a drawing, named like the custom properties of the report's style sheet, after Okabe
 * and Ito (2008): told apart with any colour vision. A drawing must not need them: lines differ in
 * dashes or marks too.
 */
export type Theme = Record<
  | "page"
  | "card"
  | "ink"
  | "soft"
  | "line"
  | "grid"
  | "blue"
  | "orange"
  | "green"
  | "red"
  | "purple"
  | "sky",
  string
>;

/** For paper and light screens: the values of `scripts/output/report-style.ts`. */
export const light: Theme = {
  page: "#fbfbfa",
  card: "#ffffff",
  ink: "#1d232b",
  soft: "#5a6472",
  line: "#b9c0c8",
  grid: "#e6e9ec",
  blue: "#0072b2",
  orange: "#c98500",
  green: "#00845f",
  red: "#d55e00",
  purple: "#b0588c",
  sky: "#56b4e9",
};

/** For dark screens. */
export const dark: Theme = {
  page: "#14181d",
  card: "#1b2027",
  ink: "#e8ebee",
  soft: "#a3adb8",
  line: "#55606c",
  grid: "#2c333c",
  blue: "#5ab8f0",
  orange: "#f0b429",
  green: "#2fc79a",
  red: "#ff8a3d",
  purple: "#e29cc3",
  sky: "#6fb1dc",
};

/** Viridis (van der Walt and Smith, 2015), dark to light: it keeps its order in grey. */
const viridis: readonly string[] = [
  "#440154",
  "#46327e",
  "#365c8d",
  "#277f8e",
  "#1fa187",
  "#4ac16d",
  "#a0da39",
  "#fde725",
];

/**
 * The colour of a share of some range, from 0 for the least to 1 for the greatest. The end that the
 * page's own colour would swallow is left out: pale on light pages, dark on dark ones.
 */
export function scaleColour(share: number, theme: Theme): string {
  const [from, to] = theme.card < theme.ink ? [0.22, 1] : [0, 0.93];
  const inRange = from + (to - from) * Math.min(1, Math.max(0, share));
  const place = inRange * (viridis.length - 1);
  const below = Math.min(viridis.length - 2, Math.floor(place));
  const [low, high] = [viridis[below]!, viridis[below + 1]!].map((colour) =>
    [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)),
  );
  const mixed = low!.map((channel, at) =>
    Math.round(channel + (high![at]! - channel) * (place - below)),
  );
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
