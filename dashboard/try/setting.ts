import type { Agent, Fees } from "../../mechanism/agent.ts";
import { drawAgents, type Population } from "../../mechanism/random.ts";

/** The families that valuations are drawn from. */
export type Family = Population["family"];

/** Everything Try can turn: a market, and what its agents are drawn from. */
export type Setting = {
  /** m, units. */
  capacity: number;
  /** τ, tokens a unit. */
  unitFee: number;
  /** φ, tokens a unit squared. */
  progressiveFee: number;
  /** g, tokens. */
  executionFee: number;
  /** n. */
  agents: number;
  seed: number;
  family: Family;
  /** ρ or κ; nothing to the log family. */
  shape: number;
  alphaFrom: number;
  alphaTo: number;
  betaFrom: number;
  betaTo: number;
};

/** What a setting has in numbers. */
export type NumberKey = Exclude<keyof Setting, "family">;

/** `markets/default.json`. */
export const defaultSetting: Setting = {
  capacity: 50,
  unitFee: 0.5,
  progressiveFee: 0,
  executionFee: 1,
  agents: 20,
  seed: 1,
  family: "log",
  shape: 1,
  alphaFrom: 5,
  alphaTo: 20,
  betaFrom: 0.5,
  betaTo: 5,
};

export const feesOf = ({ unitFee, progressiveFee, executionFee }: Setting): Fees => ({
  unitFee,
  progressiveFee,
  executionFee,
});

/** The agents that a run of the setting has. */
export const agentsOf = (setting: Setting): Agent[] =>
  drawAgents(setting.agents, setting.seed, {
    family: setting.family,
    shape: setting.shape,
    alpha: { from: setting.alphaFrom, to: setting.alphaTo },
    beta: { from: setting.betaFrom, to: setting.betaTo },
  });

/** Why a setting makes no market though each of its numbers is allowed, in a sentence; null if it does. */
export function conflictOf({ alphaFrom, alphaTo, betaFrom, betaTo }: Setting): string | null {
  const falling = (name: string, from: number, to: number): string =>
    `${name}: given from ${from} to ${to}, allowed a range that does not fall`;
  if (alphaFrom > alphaTo) return falling("Worth α", alphaFrom, alphaTo);
  if (betaFrom > betaTo) return falling("Cost β", betaFrom, betaTo);
  return null;
}
