import type { Agent, Fees } from "../../mechanism/agent.ts";
import {
  elasticities,
  warningOf,
  type FeeElasticity,
  type Warning,
} from "../../mechanism/elasticity.ts";
import { solveEquilibrium, totalDemand } from "../../mechanism/equilibrium.ts";
import { sweepFee, undominated, type SweepPoint } from "../../mechanism/fee-sweep.ts";
import { efficiency, gini } from "../../mechanism/metrics.ts";
import { agentsOf, feesOf, type Setting } from "./setting.ts";

/** Two fees and what they come to. */
export type FrontierPoint = {
  unitFee: number;
  progressiveFee: number;
  /** Eq. (9). */
  gini: number;
  /** Eq. (8), tokens an agent. */
  efficiency: number;
};

/** One fee swept from nothing up, the others as they are set. */
export type Sweep = {
  points: FrontierPoint[];
  elasticities: FeeElasticity[];
  warning: Warning | null;
};

/** What efficiency the two fees give up for equality, and what else takes many passes over the agents. */
export type Frontier = {
  /** Total demand in units at prices from 0 to past the market's, tokens a unit. */
  demand: [price: number, units: number][];
  here: FrontierPoint;
  unitFee: Sweep;
  progressiveFee: Sweep;
  /** Of both fees together: settings that none tried is better than in both, from equal to efficient. */
  best: FrontierPoint[];
  /** The best setting tried with a Gini index no higher than here's, if it is more efficient. */
  better: FrontierPoint | null;
};

type Swept = "unitFee" | "progressiveFee";

const CURVE_STEPS = 40;
const GRID_STEPS = 10;
/** How far the demand curve goes where the market's price is low, tokens a unit. */
const LEAST_PRICE = 2;
/** How far a sweep goes at least: tokens a unit, tokens a unit squared. */
const reach: Record<Swept, number> = { unitFee: 5, progressiveFee: 1 };

/**
 * The frontier of a setting, some 200 equilibria. Pauses between sweeps, so that who asked for another setting need not
 * wait for this one.
 */
export function* frontierInSteps(setting: Setting): Generator<undefined, Frontier> {
  const agents = agentsOf(setting);
  const fees = feesOf(setting);
  const settingsOf = (fee: Swept, count: number): number[] => {
    const top = Math.max(reach[fee], 2 * fees[fee]);
    return Array.from({ length: count + 1 }, (_, index) => (top * index) / count);
  };
  const solve = (from: Fees, fee: Swept, settings: readonly number[]): FrontierPoint[] =>
    sweepFee(agents, setting.capacity, from, fee, settings).map((point) => pointOf(agents, point));

  const { price } = solveEquilibrium(agents, setting.capacity, fees);
  const demand: Frontier["demand"] = [];
  for (let step = 0; step <= CURVE_STEPS; step++) {
    const at = (Math.max(2 * price, LEAST_PRICE) * step) / CURVE_STEPS;
    demand.push([at, totalDemand(agents, setting.capacity, fees, at)]);
    yield;
  }
  const [here] = solve(fees, "unitFee", [fees.unitFee]) as [FrontierPoint];
  const sweeps = {} as Record<Swept, Sweep>;
  for (const fee of ["unitFee", "progressiveFee"] as const) {
    const points: FrontierPoint[] = [];
    for (const at of settingsOf(fee, CURVE_STEPS)) {
      points.push(...solve(fees, fee, [at]));
      yield;
    }
    const changes = elasticities(
      points.map((point) => ({ fee: point[fee], efficiency: point.efficiency })),
    );
    sweeps[fee] = { points, elasticities: changes, warning: warningOf(changes) };
  }
  const tried = [here, ...sweeps.unitFee.points, ...sweeps.progressiveFee.points];
  for (const unitFee of settingsOf("unitFee", GRID_STEPS)) {
    for (const progressiveFee of settingsOf("progressiveFee", GRID_STEPS)) {
      tried.push(...solve({ ...fees, unitFee }, "progressiveFee", [progressiveFee]));
      yield;
    }
  }
  const best = undominated(
    tried,
    (point) => point.efficiency,
    (point) => point.gini,
  );
  const rival = best.findLast((point) => point.gini <= here.gini)!;
  return {
    demand,
    here,
    ...sweeps,
    best,
    better: rival.efficiency > here.efficiency ? rival : null,
  };
}

/** `frontierInSteps` without a pause. */
export function frontierOf(setting: Setting): Frontier {
  const steps = frontierInSteps(setting);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

function pointOf(agents: readonly Agent[], { fees, equilibrium }: SweepPoint): FrontierPoint {
  const { unitFee, progressiveFee }: Fees = fees;
  const { allocations } = equilibrium;
  return {
    unitFee,
    progressiveFee,
    gini: gini(allocations),
    efficiency: efficiency(agents, allocations, fees) / agents.length,
  };
}
