import type { Fees } from "../../mechanism/agent.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import type { ByRound, ConvergenceData } from "../drawings/convergence.ts";
import type { Draw, Experiment, Result, Run } from "../experiment.ts";
import { quantile } from "../harness/distribution.ts";
import { clearSign, columnOf, pairedDifference, type Samples } from "../harness/samples.ts";
import { claimOfSign, type Claim } from "../tables/claim.ts";
import { paperAgents, paperCapacity, paperFees } from "../tables/population.ts";
import { lipschitzOf } from "../theorems/economy.ts";
import { claimOfDraws, concludeFigure } from "./figure.ts";
import { runAlgorithm, type Round } from "./rounds.ts";

type Parameters = {
  agents: number;
  capacity: number;
  fees: Fees;
  proximalWeight: number;
  /** η over 1/L: Theorem 4.8 allows less than 2. */
  step: number;
  rounds: number;
};

/** What is followed round by round. */
const traces = ["price", "total", "efficiency", "gini"] as const;

/** Figure 2: rounds of Algorithm 1. */
export const figure2: Experiment<Parameters> = {
  name: "figure2",
  module: import.meta.url,
  title: "Figure 2: convergence of price, demand, allocations, efficiency and fairness",
  replications: { full: 1000, quick: 60 },
  engines: ["float"],
  weight: 1,
  // Half of Table 3's capacity, still in its range: with all of it the price is zero in most draws.
  prepare: () => ({
    agents: 20,
    capacity: paperCapacity / 2,
    fees: paperFees,
    proximalWeight: 2,
    step: 1.9,
    rounds: 51,
  }),
  replicate,
  conclude,
};

function replicate(parameters: Parameters, draw: Draw): Record<string, number> {
  const { agents: count, capacity, fees } = parameters;
  const agents = paperAgents(count, draw);
  const shown = roundsOf(parameters, draw);
  const [last, before] = [shown.at(-1)!, shown.at(-2)!];
  const numbers: Record<string, number> = {
    equilibriumPrice: solveEquilibrium(agents, capacity, fees).price,
    fullCapacityPrice: solveEquilibrium(agents, paperCapacity, fees).price,
    movement: last.demands.reduce((sum, x, at) => sum + Math.abs(x - before.demands[at]!), 0),
  };
  for (const trace of traces) {
    shown.forEach((round, at) => (numbers[`${trace}/${at}`] = round[trace]));
  }
  return numbers;
}

function roundsOf(parameters: Parameters, draw: Draw): Round[] {
  const { agents: count, capacity, fees, proximalWeight, step, rounds } = parameters;
  const agents = paperAgents(count, draw);
  const algorithm = {
    capacity,
    proximalWeight,
    rounds,
    step: step / lipschitzOf({ agents, capacity, fees }),
  };
  return runAlgorithm(agents, fees, algorithm).shown;
}

function conclude(samples: Samples, parameters: Parameters, run: Run): Result {
  const { agents, capacity, proximalWeight, step } = parameters;
  const data = dataOf(samples, parameters, run);
  return concludeFigure({
    name: figure2.name,
    title: figure2.title,
    run,
    caption:
      `${agents} agents of Table 3, m = ${capacity}, τ = 0.5, g = 1; Algorithm 1 from price 0 and demand 0 with γ = ${proximalWeight} and a constant η = ${step}/L. ` +
      `Lines: the market of draw 0; bands: the middle 90 % of ${run.replications} draws. Efficiency is that of the demands, cut to capacity where they exceed it.`,
    picture: { drawing: "convergence", data },
    claims: claimsOf(samples, parameters),
    notes: notesOf(samples, parameters),
    csv: [
      ["round", "what", "draw0", "quantile05", "quantile95"],
      ...(["price", "demand", "efficiency", "gini"] as const).flatMap((what) =>
        data[what].first.map((value, round) => [
          ...[round, what, value, data[what].low[round]!, data[what].high[round]!],
        ]),
      ),
      ...data.demands.flatMap((values, agent) =>
        values.map((value, round) => [round, `demand of agent ${agent}`, value, null, null]),
      ),
    ],
  });
}

function dataOf(samples: Samples, parameters: Parameters, run: Run): ConvergenceData {
  const first = roundsOf(parameters, { seed: run.seed, replication: 0 });
  const byRound = (trace: (typeof traces)[number]): ByRound => {
    const columns = first.map((_, round) => columnOf(samples, `${trace}/${round}`));
    return {
      first: first.map((round) => round[trace]),
      low: columns.map((values) => quantile(values, 0.05)),
      high: columns.map((values) => quantile(values, 0.95)),
    };
  };
  return {
    capacity: parameters.capacity,
    equilibriumPrice: columnOf(samples, "equilibriumPrice")[0]!,
    price: byRound("price"),
    demand: byRound("total"),
    efficiency: byRound("efficiency"),
    gini: byRound("gini"),
    demands: Array.from({ length: parameters.agents }, (_, agent) =>
      first.map(({ demands }) => demands[agent]!),
    ),
  };
}

/** How far the price may still wander over the last ten rounds, and be above its end, relative to it. */
const NEAR = 0.02;

function claimsOf(samples: Samples, { capacity, rounds }: Parameters): Claim[] {
  const last = rounds - 1;
  const column = (trace: (typeof traces)[number], round: number): Float64Array =>
    columnOf(samples, `${trace}/${round}`);
  const scarce = scarceDraws(samples);
  const byRound = Array.from({ length: rounds }, (_, round) => column("price", round));
  const prices = scarce.map((at) => byRound.map((values) => values[at]!));
  const demands = column("total", last);
  const change = (trace: "efficiency" | "gini", of: string) => ({
    of,
    difference: pairedDifference(column(trace, last), column(trace, 0)),
  });
  const where = "of those in which capacity binds";
  return [
    claimOfDraws(
      "The shadow price overshoots before it settles.",
      "5.2",
      prices.map((path) => Math.max(...path) > (1 + NEAR) * path[last]!),
      `highest price more than ${100 * NEAR} % above the last, ${where}`,
    ),
    claimOfDraws(
      "The price settles.",
      "5.2",
      prices.map((path) => {
        const end = path.slice(-10);
        return Math.max(...end) - Math.min(...end) <= NEAR * path[last]!;
      }),
      `price within ${100 * NEAR} % over the last ten of ${rounds} rounds, ${where}`,
    ),
    claimOfDraws(
      "Aggregate demand clears at capacity.",
      "5.2",
      scarce.map((at) => Math.abs(demands[at]! - capacity) <= 0.01 * capacity),
      `demand within 1 % of m after ${rounds} rounds, ${where}`,
    ),
    claimOfDraws(
      "Each agent's allocation becomes stable.",
      "5.2",
      Array.from(columnOf(samples, "movement"), (moved) => moved <= 0.001 * capacity),
      "demands of all agents together move by 0.1 % of m or less in the last round",
    ),
    claimOfSign("Efficiency increases.", "5.2", 1, [
      change("efficiency", "last round less first, tokens an agent"),
    ]),
    claimOfSign("Inequality falls in tandem with it.", "5.2", -1, [
      change("gini", "Gini index, last round less first"),
    ]),
  ];
}

function notesOf(samples: Samples, { capacity, rounds }: Parameters): string[] {
  const rise = pairedDifference(
    columnOf(samples, `gini/${rounds - 1}`),
    columnOf(samples, "gini/0"),
  );
  const count = samples.rows.length;
  const slack = columnOf(samples, "fullCapacityPrice").filter((price) => price === 0).length;
  return [
    `With Table 3's m = ${paperCapacity} the equilibrium price is zero in ${slack} of ${count} draws: nothing overshoots there. Hence m = ${capacity}, the least of Table 3's range, where it is above zero in ${scarceDraws(samples).length}.`,
    ...(clearSign(rise) === 1
      ? [
          "Demands start out alike, for every agent moves from zero by as much as γ lets it; they come apart as each nears what it wants. So the Gini index rises.",
        ]
      : []),
  ];
}

/** The draws in which capacity binds. */
function scarceDraws(samples: Samples): number[] {
  return Array.from(columnOf(samples, "equilibriumPrice")).flatMap((price, at) =>
    price > 0 ? at : [],
  );
}
