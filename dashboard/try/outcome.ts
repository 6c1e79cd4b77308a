import { solveEquilibrium, type Equilibrium } from "../../mechanism/equilibrium.ts";
import {
  efficiency,
  feesCollected,
  gini,
  participation,
  providerRevenue,
  utilisation,
} from "../../mechanism/metrics.ts";
import { agentsOf, feesOf, type Setting } from "./setting.ts";

/** What comes of a setting when every agent answers the right price at once. */
export type Outcome = {
  state: Equilibrium["state"];
  /** μ*, tokens a unit. */
  price: number;
  /** Σa, units. */
  allocated: number;
  /** Eq. (8), tokens an agent. */
  efficiency: number;
  /** Eq. (9), over all agents. */
  gini: number;
  /** The share of agents that get anything. */
  participation: number;
  /** Σa/m. */
  utilisation: number;
  /** The provider's, tokens. */
  revenue: number;
  /** The treasury's, tokens. */
  fees: number;
  /** The share of agents that get least, and what share of all they get; from 0 to 1. */
  lorenz: [agents: number, units: number][];
};

const LORENZ_STEPS = 50;

/** The exact equilibrium of a setting, measured. */
export function outcomeOf(setting: Setting): Outcome {
  const agents = agentsOf(setting);
  const fees = feesOf(setting);
  const { capacity } = setting;
  const { price, state, allocations } = solveEquilibrium(agents, capacity, fees);
  const used = utilisation(allocations, capacity);
  return {
    state,
    price,
    allocated: used * capacity,
    efficiency: efficiency(agents, allocations, fees) / agents.length,
    gini: gini(allocations),
    participation: participation(allocations),
    utilisation: used,
    revenue: providerRevenue(allocations, price),
    fees: feesCollected(allocations, fees),
    lorenz: lorenzOf(allocations),
  };
}

/** The Lorenz curve, at each agent or at even steps where there are many; the diagonal where nothing is allocated. */
export function lorenzOf(allocations: Float64Array): [number, number][] {
  const sorted = allocations.toSorted();
  const total = sorted.reduce((sum, x) => sum + x, 0);
  const steps = Math.min(LORENZ_STEPS, sorted.length);
  const curve: [number, number][] = [[0, 0]];
  let units = 0;
  let taken = 0;
  for (let step = 1; step <= steps; step++) {
    const upTo = Math.round((step * sorted.length) / steps);
    while (taken < upTo) units += sorted[taken++]!;
    const share = taken / sorted.length;
    curve.push([share, total === 0 ? share : units / total]);
  }
  return curve;
}
