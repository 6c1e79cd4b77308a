import type { Agent } from "../../mechanism/agent.ts";
import type { Country } from "./countries.ts";

/** Heads and doses are counted in millions, so that prices are tokens a dose. */
export const MILLION = 1e6;

/**
 * A country to which z doses a head are worth a·z^(1 − ρ)/(1 − ρ) a head, so x doses αx^(1 − ρ)/(1 − ρ) with α = a·Nᵖ, p = ρ:
 * the family whose V'(0) is infinite, as Assumption 3.1 has it. With the same a everywhere the market shares out by heads.
 */
export function agentOf({ code, population }: Country, worth: number, shape: number): Agent {
  return {
    id: code,
    valuation: {
      family: "isoelastic",
      alpha: worth * (population / MILLION) ** shape,
      shape,
    },
    cost: { family: "linear", beta: 0 },
  };
}

/** The a for which each country would have taken what it was allocated, relative to its mean over heads: zᵖ, p = ρ. */
export function impliedWorth(countries: readonly Country[], shape: number): number[] {
  const worth = countries.map(({ doses, population }) => (doses / population) ** shape);
  const heads = countries.map(({ population }) => population);
  const mean = sum(worth.map((a, index) => a * heads[index]!)) / sum(heads);
  return worth.map((a) => a / mean);
}

/** The Gini index over heads rather than countries: ½ΣΣNᵢNⱼ|zᵢ − zⱼ|/(N²z̄). */
export function giniOfHeads(perHead: readonly number[], heads: readonly number[]): number {
  let apart = 0;
  perHead.forEach((z, i) => {
    perHead.forEach((other, j) => (apart += heads[i]! * heads[j]! * Math.abs(z - other)));
  });
  const doses = sum(perHead.map((z, index) => z * heads[index]!));
  return apart / (2 * sum(heads) * doses);
}

/** The sum. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
