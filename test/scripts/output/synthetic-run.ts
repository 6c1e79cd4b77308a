// Runs for the tests of what is shown and written, made by the mechanism itself without a chain.

import { runRounds } from "../../../mechanism/dynamics.ts";
import { solveEquilibrium } from "../../../mechanism/equilibrium.ts";
import {
  efficiency,
  feesCollected,
  gini,
  participation,
  providerRevenue,
  utilisation,
} from "../../../mechanism/metrics.ts";
import { drawAgents } from "../../../mechanism/random.ts";
import type { AllocationRow, RunRecord, Summary } from "../../../scripts/record.ts";

/** What a test may choose; the rest is the paper's. */
export type SyntheticMarket = {
  name?: string;
  n: number;
  capacity?: number;
  gamma?: number;
  rule?: "Constant" | "InverseSqrt" | "Secant";
  maxRounds?: number;
  noise?: number;
  seed?: number;
};

/** Everything a run leaves behind. */
export type SyntheticRun = { summary: Summary; run: RunRecord; allocations: AllocationRow[] };

const UNIT = 1_000_000;
const FEES = { unitFee: 0.5, executionFee: 1, progressiveFee: 0 };

/** A run of the paper's distribution; the same arguments give the same run. */
export function syntheticRun({
  name = "default",
  n,
  capacity = 2.5 * n,
  gamma = 0,
  rule = "Secant",
  maxRounds = 200,
  noise = 0,
  seed = 7,
}: SyntheticMarket): SyntheticRun {
  const agents = drawAgents(n, seed);
  const slope = agents.reduce(
    (sum, { valuation, cost }) => sum + valuation.alpha / (cost.beta + FEES.unitFee) ** 2,
    0,
  );
  const epoch = runRounds(
    agents,
    {
      fees: FEES,
      initialPrice: 0,
      rules: {
        capacity,
        stepRule: { rule, initialStep: (rule === "Secant" ? 1 : 1.6) / slope },
        maxStep: 1e6,
        primalTolerance: 1e-3 * capacity,
        dualTolerance: 1e-3,
        movementTolerance: 0.01 * capacity,
        maxRounds,
      },
    },
    { proximalWeight: gamma, noise, recordDemands: true },
  );
  const exact = solveEquilibrium(agents, capacity, FEES);
  const optimalEfficiency = efficiency(agents, exact.allocations, FEES);
  const allocations = Array.from(epoch.allocations);
  const gasOf = (count: number, mean: number) => ({
    count,
    mean,
    max: Math.round(mean * 1.3),
    total: count * mean,
  });
  const gas = {
    deploy: 4_812_345,
    join: n * 96_120,
    submit: gasOf(n * epoch.rounds.length, 36_412),
    close: gasOf(epoch.rounds.length, 41_208),
    trim: gasOf(0, 0),
    settle: gasOf(n, 17_930),
  };
  const fees = feesCollected(allocations, FEES);
  const revenue = providerRevenue(allocations, epoch.price);
  const allocated = allocations.reduce((sum, x) => sum + x, 0);
  return {
    summary: {
      market: name,
      seed,
      n,
      others: 0,
      capacity,
      ...FEES,
      policy: "Refunding",
      rule,
      samples: 1,
      gamma,
      strategy: "truthful",
      reason: epoch.stop,
      rounds: epoch.rounds.length,
      price: epoch.price,
      equilibriumPrice: exact.price,
      demand: epoch.total,
      allocated,
      utilisation: utilisation(allocations, capacity),
      efficiency: efficiency(agents, allocations, FEES),
      optimalEfficiency,
      gini: gini(allocations),
      participation: participation(allocations),
      fees,
      revenue,
      gas: {
        ...gas,
        total: gas.deploy + gas.join + gas.submit.total + gas.close.total + gas.settle.total,
      },
      token: { symbol: "TOK", decimals: 6, address: `0x${"5".repeat(40)}` },
      contract: `0x${"c".repeat(40)}`,
      chainId: 31_337,
      exact: {
        capacity: exactly(capacity),
        price: exactly(epoch.price),
        demand: exactly(epoch.total),
        allocated: exactly(allocated),
        fees: exactly(fees),
        revenue: exactly(revenue),
      },
    },
    run: {
      market: name,
      capacity,
      equilibriumPrice: exact.price,
      optimalEfficiency,
      agents: agents.map((agent) => agent.id),
      rounds: epoch.rounds.map((round, index) => {
        const demands = Array.from(round.demands ?? []);
        const nextPrice = epoch.rounds[index + 1]?.price ?? round.price + round.residuals.dual;
        return {
          epoch: 0,
          round: round.round,
          price: round.price,
          nextPrice,
          demand: round.total,
          movement: round.residuals.movement,
          primalResidual: round.residuals.primal,
          dualResidual: round.residuals.dual,
          demands,
          answered: n,
          members: n,
          efficiency: efficiency(agents, demands, FEES),
          gini: gini(demands),
          participation: participation(demands),
          gas: { submit: n * 36_412, close: 41_208 },
          exact: {
            price: exactly(round.price),
            nextPrice: exactly(nextPrice),
            demand: exactly(round.total),
            movement: exactly(round.residuals.movement),
            demands: demands.map(exactly),
          },
        };
      }),
    },
    allocations: agents.map((agent, index) => {
      const allocation = allocations[index] ?? 0;
      const payment = providerRevenue([allocation], epoch.price);
      const charge = feesCollected([allocation], FEES);
      return {
        id: agent.id,
        address: `0x${(index + 1).toString(16).padStart(40, "0")}`,
        demand: exactly(epoch.demands[index] ?? 0),
        allocation: exactly(allocation),
        charge: exactly(charge),
        payment: exactly(payment),
        deposited: "100",
        balance: exactly(100 - payment - charge),
      };
    }),
  };
}

/** A decimal string of six decimals. */
function exactly(value: number): string {
  return String(Math.round(value * UNIT) / UNIT);
}
