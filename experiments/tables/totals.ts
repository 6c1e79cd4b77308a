import type { Agent } from "../../mechanism/agent.ts";
import { gini } from "../../mechanism/metrics.ts";
import { costFamilyOf } from "../../mechanism/costs/families.ts";
import { valuationFamilyOf } from "../../mechanism/valuations/families.ts";
import { columnOf, type Samples } from "../harness/samples.ts";

/**
 * An allocation as the sums from which every definition below is computed, so that a definition
 * can be tried without drawing anew.
 */
export type Totals = {
  /** ΣV(x), in tokens. */
  value: number;
  /** ΣC(x), in tokens. */
  cost: number;
  /** Σx, in units. */
  units: number;
  /** Agents with x > 0. */
  takers: number;
  /** Gini index over all agents, eq. (9). */
  gini: number;
  /** The same over those with x > 0. */
  takersGini: number;
};

export const totalNames = [
  "value",
  "cost",
  "units",
  "takers",
  "gini",
  "takersGini",
] as const satisfies readonly (keyof Totals)[];

/** The terms that go with the sums: n, m, τ and g. */
export type Setting = { agents: number; capacity: number; unitFee: number; executionFee: number };

/** @param allocations in units, in the agents' order */
export function totalsOf(agents: readonly Agent[], allocations: Float64Array): Totals {
  const totals: Totals = { value: 0, cost: 0, units: 0, takers: 0, gini: 0, takersGini: 0 };
  agents.forEach(({ valuation, cost }, index) => {
    const x = allocations[index]!;
    if (!(x > 0)) return;
    totals.value += valuationFamilyOf(valuation).value(valuation, x);
    totals.cost += costFamilyOf(cost).value(cost, x);
    totals.units += x;
    totals.takers += 1;
  });
  totals.gini = gini(allocations);
  totals.takersGini = gini(allocations.filter((x) => x > 0));
  return totals;
}

/** The sums as numbers of a replication: `<prefix>/value` and so on. */
export function totalColumns(prefix: string, totals: Totals): Record<string, number> {
  return Object.fromEntries(totalNames.map((name) => [`${prefix}/${name}`, totals[name]]));
}

/** The sums of every replication, from the columns that `totalColumns` named. */
export function totalsIn(samples: Samples, prefix: string): Totals[] {
  const columns = totalNames.map((name) => columnOf(samples, `${prefix}/${name}`));
  return samples.rows.map((_, at) => {
    const [value, cost, units, takers, gini, takersGini] = columns.map((column) => column[at]!);
    return {
      value: value!,
      cost: cost!,
      units: units!,
      takers: takers!,
      gini: gini!,
      takersGini: takersGini!,
    };
  });
}

/** Whether samples have the sums of that name. */
export function hasTotals({ columns }: Samples, prefix: string): boolean {
  return columns.includes(`${prefix}/${totalNames[0]}`);
}

/** A way to turn sums into a figure of a table. */
export type Definition = { name: string; of: (totals: Totals, setting: Setting) => number };

/** τΣx + g·‖x‖₀: what eq. (8) takes for fees, in tokens. */
const feesOf = ({ units, takers }: Totals, { unitFee, executionFee }: Setting): number =>
  unitFee * units + executionFee * takers;

const spentOf = (totals: Totals, setting: Setting): number => totals.cost + feesOf(totals, setting);

/** Eq. (8), in tokens. */
const surplusOf = (totals: Totals, setting: Setting): number =>
  totals.value - spentOf(totals, setting);

/** Of nothing there is no share: 0 where nobody takes anything. */
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** What 'efficiency' may mean; the first is what the project takes it for. */
export const efficiencies = [
  { name: "Eff / n", of: (x, at) => ratio(surplusOf(x, at), at.agents) },
  { name: "Eff / m", of: (x, at) => ratio(surplusOf(x, at), at.capacity) },
  { name: "Eff / Σx", of: (x, at) => ratio(surplusOf(x, at), x.units) },
  { name: "Eff per taker", of: (x, at) => ratio(surplusOf(x, at), x.takers) },
  { name: "Eff / (C + fees)", of: (x, at) => ratio(surplusOf(x, at), spentOf(x, at)) },
  { name: "V / (C + fees)", of: (x, at) => ratio(x.value, spentOf(x, at)) },
] as const satisfies readonly Definition[];

/** What 'average cost' may mean. */
export const costs = [
  { name: "C / n", of: (x, at) => ratio(x.cost, at.agents) },
  { name: "C / m", of: (x, at) => ratio(x.cost, at.capacity) },
  { name: "C / Σx", of: (x) => ratio(x.cost, x.units) },
  { name: "C per taker", of: (x) => ratio(x.cost, x.takers) },
  { name: "(C + fees) / n", of: (x, at) => ratio(spentOf(x, at), at.agents) },
  { name: "(C + fees) / V", of: (x, at) => ratio(spentOf(x, at), x.value) },
  { name: "fees / n", of: (x, at) => ratio(feesOf(x, at), at.agents) },
] as const satisfies readonly Definition[];

/** The Gini index, over whom. */
export const ginis = [
  { name: "over all agents", of: (x) => x.gini },
  { name: "over takers", of: (x) => x.takersGini },
] as const satisfies readonly Definition[];

/** 1 − Gini. */
export const fairnesses = [
  { name: "over all agents", of: (x) => 1 - x.gini },
  { name: "over takers", of: (x) => 1 - x.takersGini },
] as const satisfies readonly Definition[];

export const participations = [
  { name: "takers / n, %", of: (x, at) => 100 * ratio(x.takers, at.agents) },
] as const satisfies readonly Definition[];
