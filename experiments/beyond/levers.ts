import type { Fees } from "../../mechanism/agent.ts";

/** A fee, and what it is set to; at the usual settings all three meet. */
export type Lever = {
  fee: keyof Fees;
  symbol: string;
  usual: number;
  settings: readonly number[];
};

/** The usual settings are Table 3's. */
export const levers: readonly Lever[] = [
  { fee: "progressiveFee", symbol: "φ", usual: 0, settings: [0, 0.1, 0.25, 0.5, 1, 2] },
  { fee: "unitFee", symbol: "τ", usual: 0.5, settings: [0, 0.5, 1, 2, 3, 5] },
  { fee: "executionFee", symbol: "g", usual: 1, settings: [0, 1, 2, 4, 6, 9] },
];

/** What is measured at each setting. */
export const measures = [
  "efficiency",
  "overProportional",
  "worth",
  "gini",
  "giniOverProportional",
  "priceOfFairness",
  "payoffGini",
  "used",
  "takers",
] as const;
export type Measure = (typeof measures)[number];

/** Names a setting's columns: `unitFee=2`. */
export const settingKey = ({ fee }: Lever, setting: number): string => `${fee}=${setting}`;
