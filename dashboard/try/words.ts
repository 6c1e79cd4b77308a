import type { FeeElasticity } from "../../mechanism/elasticity.ts";
import type { Frontier } from "./frontier.ts";
import type { Outcome } from "./outcome.ts";
import type { Family } from "./setting.ts";

const FOUR_DIGITS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });
const SEVEN_DIGITS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 7 });
const SHARE = new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 1 });
const INDEX = new Intl.NumberFormat("en-US", {
  minimumFractionDigits: 3,
  maximumFractionDigits: 3,
});

/** A number as it is shown: four digits. */
export const told = (value: number): string => FOUR_DIGITS.format(value);
/** Money and quantities that somebody may sign for: seven digits. */
export const amount = (value: number): string => SEVEN_DIGITS.format(value);
/** A share of one, in per cent. */
export const share = (value: number): string => SHARE.format(value);
/** An index from 0 to 1. */
export const index = (value: number): string => INDEX.format(value);

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
      value: told(outcome.price),
      note: `tokens a unit; ${states[outcome.state]}`,
    },
    { title: "Efficiency", value: told(outcome.efficiency), note: "tokens an agent, eq. (8)" },
    { title: "Gini index", value: index(outcome.gini), note: "0 all alike, 1 one has all" },
    { title: "Participation", value: share(outcome.participation), note: "of agents get some" },
    {
      title: "Utilisation",
      value: share(outcome.utilisation),
      note: `${told(outcome.allocated)} of ${told(capacity)} units`,
    },
    {
      title: "Revenue",
      value: told(outcome.revenue),
      note: "tokens to the provider, for the price",
    },
    { title: "Fees", value: told(outcome.fees), note: "tokens to the treasury, for τ, φ and g" },
  ];
}

/** The same in one sentence, for who does not see the tiles move. */
export const spoken = (outcome: Outcome): string =>
  `Price ${told(outcome.price)} tokens a unit, ${states[outcome.state]}. Efficiency ${told(outcome.efficiency)} tokens an agent, ` +
  `Gini index ${index(outcome.gini)}, ${share(outcome.participation)} of agents take part, ${share(outcome.utilisation)} of capacity is used.`;

const symbols = { unitFee: "τ", progressiveFee: "φ" } as const;

/** Where a fee begins to bite, and where it stands now. */
export function warningText(frontier: Frontier, fee: keyof typeof symbols): string {
  const symbol = symbols[fee];
  const { warning, elasticities } = frontier[fee];
  const now = frontier.here[fee];
  if (warning === null) return `${symbol}: no rise of it costs efficiency here.`;
  const { most, from } = warning;
  const most_ = `Efficiency answers most at ${symbol} = ${told(most.fee)}, where 1 % more takes ${loss(most)}`;
  const ends = most === elasticities.at(-1) ? ", the end of the chart" : "";
  if (from === null) return `${most_}${ends}.`;
  const where =
    now >= from.fee
      ? `You are past ${symbol} = ${told(from.fee)}`
      : `From ${symbol} = ${told(from.fee)} on`;
  return `${where}: 1 % more takes more than 1 % of efficiency. ${most_}${ends}.`;
}

const loss = ({ elasticity }: FeeElasticity): string => `${told(-elasticity)} %`;

/** Whether a setting of both fees does better than this one in efficiency and no worse in equality. */
export function betterText({ here, better }: Frontier): string {
  if (better === null)
    return "No setting of τ and φ that was tried is more efficient and no less equal.";
  const gain =
    here.efficiency > 0 ? ` (${share(better.efficiency / here.efficiency - 1)} more)` : "";
  return (
    `τ = ${told(better.unitFee)} and φ = ${told(better.progressiveFee)} would be no less equal, Gini index ${index(better.gini)}, ` +
    `and reach ${told(better.efficiency)} tokens an agent${gain}; eq. (8) counts τ and g as spent.`
  );
}
