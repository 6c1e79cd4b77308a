import type { FeeElasticity } from "../../mechanism/elasticity.ts";
import {
  formatGiven,
  formatIndex,
  formatNumber,
  formatShare,
} from "../../scripts/output/format.ts";
import type { Frontier } from "./frontier.ts";
import type { Outcome } from "./outcome.ts";
import type { Family } from "./setting.ts";

/** The families of valuations, with their formulas. */
export const families: Record<Family, string> = {
  log: "log, α·ln(1 + x)",
  isoelastic: "isoelastic, αx^(1−ρ)/(1−ρ)",
  saturating: "saturating, α(1 − e^(−x/κ))",
  quadratic: "quadratic, αx − ½κx²",
};

/** A figure with its unit, and what there is to say about it. */
export type Tile = { title: string; value: string; note: string };

const states: Record<Outcome["state"], string> = {
  cleared: "demand meets capacity",
  slack: "capacity is left over, so it is free",
  rationed: "with g, no price clears exactly: the lowest that keeps to capacity",
};

/** What comes of a setting, as tiles. */
export function tilesOf(outcome: Outcome, capacity: number): Tile[] {
  return [
    {
      title: "Price μ*",
      value: formatNumber(outcome.price),
      note: `tokens a unit; ${states[outcome.state]}`,
    },
    {
      title: "Efficiency",
      value: formatNumber(outcome.efficiency),
      note: "tokens an agent, eq. (8)",
    },
    { title: "Gini index", value: formatIndex(outcome.gini), note: "0 all alike, 1 one has all" },
    {
      title: "Participation",
      value: formatShare(outcome.participation),
      note: "of agents get some",
    },
    {
      title: "Utilisation",
      value: formatShare(outcome.utilisation),
      note: `${formatNumber(outcome.allocated)} of ${formatGiven(capacity)} units`,
    },
    {
      title: "Revenue",
      value: formatNumber(outcome.revenue),
      note: "tokens to the provider, for the price",
    },
    {
      title: "Fees",
      value: formatNumber(outcome.fees),
      note: "tokens to the treasury, for τ, φ and g",
    },
  ];
}

/** The same in one sentence, for who does not see the tiles move. */
export const spoken = (outcome: Outcome): string =>
  `Price ${formatNumber(outcome.price)} tokens a unit, ${states[outcome.state]}. Efficiency ${formatNumber(outcome.efficiency)} tokens an agent, ` +
  `Gini index ${formatIndex(outcome.gini)}, ${formatShare(outcome.participation)} of agents take part, ${formatShare(outcome.utilisation)} of capacity is used.`;

const symbols = { unitFee: "τ", progressiveFee: "φ" } as const;

/** Where a fee begins to bite, and where it stands now. */
export function warningText(frontier: Frontier, fee: keyof typeof symbols): string {
  const symbol = symbols[fee];
  const { warning, elasticities } = frontier[fee];
  const now = frontier.here[fee];
  if (warning === null) return `${symbol}: no rise of it costs efficiency here.`;
  const { most, from } = warning;
  const most_ = `Efficiency answers most at ${symbol} = ${formatGiven(most.fee)}, where 1 % more takes ${loss(most)}`;
  const ends = most === elasticities.at(-1) ? ", the end of the chart" : "";
  if (from === null) return `${most_}${ends}.`;
  const where =
    now >= from.fee
      ? `You are past ${symbol} = ${formatGiven(from.fee)}`
      : `From ${symbol} = ${formatGiven(from.fee)} on`;
  return `${where}: 1 % more takes more than 1 % of efficiency. ${most_}${ends}.`;
}

const loss = ({ elasticity }: FeeElasticity): string => `${formatNumber(-elasticity)} %`;

/** Whether a setting of both fees does better than this one in efficiency and no worse in equality. */
export function betterText({ here, better }: Frontier): string {
  if (better === null)
    return "No setting of τ and φ that was tried is more efficient and no less equal.";
  const gain =
    here.efficiency > 0 ? ` (${formatShare(better.efficiency / here.efficiency - 1)} more)` : "";
  return (
    `τ = ${formatGiven(better.unitFee)} and φ = ${formatGiven(better.progressiveFee)} would be no less equal, Gini index ${formatIndex(better.gini)}, ` +
    `and reach ${formatNumber(better.efficiency)} tokens an agent${gain}; eq. (8) counts τ and g as spent.`
  );
}
