import type { Fees } from "../../mechanism/agent.ts";
import { createRandom } from "../../mechanism/random.ts";
import type { EngineName } from "../engines/engine.ts";
import type { Draw, Experiment, Result, Run } from "../experiment.ts";
import { streamSeed } from "../harness/seeds.ts";
import { columnOf, type Samples } from "../harness/samples.ts";
import {
  concludeMeasured,
  type MeasuredColumn,
  type MeasuredRow,
} from "../tables/measured-table.ts";
import { paperAgents, paperCapacity, paperFees } from "../tables/population.ts";
import { epochScenarios, type Setting } from "./epoch-scenarios.ts";
import { runEpochs, runWithin, type Course } from "./periods.ts";
import { claimsOf } from "./robustness-claims.ts";
import { roundScenarios } from "./round-scenarios.ts";

type Parameters = {
  agents: number;
  newcomers: number;
  capacity: number;
  fees: Fees;
  calm: number;
  stirred: number;
};

/** Tells the scenarios' streams from the agents'. */
const SCENARIO_STREAM = 5001;

const measures = ["resilience", "possible", "regret", "lateRegret", "rounds", "unsettled"] as const;

/** Fees that move, agents that come and go, demand that drifts, answers that are not true. */
export const robustness: Experiment<Parameters> = {
  name: "robustness",
  module: import.meta.url,
  title: "Robustness: volatile fees, participation, drifting demand, untrue answers",
  replications: { full: 200, quick: 4 },
  engines: ["float", "twin"],
  weight: 25,
  // Half of Table 3's capacity: with all of it the price is zero in most draws, and nothing is at stake.
  prepare: () => ({
    agents: 20,
    newcomers: 5,
    capacity: paperCapacity / 2,
    fees: paperFees,
    calm: 10,
    stirred: 20,
  }),
  replicate,
  conclude,
};

async function replicate(
  { agents: count, newcomers, ...given }: Parameters,
  draw: Draw,
  engine: EngineName,
): Promise<Record<string, number>> {
  const everybody = paperAgents(count + newcomers, draw);
  const settingOf = (scenario: number): Setting => ({
    ...given,
    agents: everybody.slice(0, count),
    newcomers: everybody.slice(count),
    random: createRandom(streamSeed(draw.seed, draw.replication, SCENARIO_STREAM + scenario)),
  });
  const numbers: Record<string, number> = {};
  const record = (key: string, course: Course): void => {
    for (const measure of measures) numbers[`${key}/${measure}`] = course[measure];
  };
  const { capacity, calm, fees } = given;
  for (const [index, { key, periodsOf }] of epochScenarios.entries()) {
    record(key, await runEpochs(periodsOf(settingOf(index)), calm, capacity, engine));
  }
  for (const [index, { key, of }] of roundScenarios.entries()) {
    const { agents, disturbance } = of(settingOf(epochScenarios.length + index));
    const seed = streamSeed(draw.seed, draw.replication, SCENARIO_STREAM - 1);
    const options = { ...disturbance.options, seed };
    record(key, runWithin(agents, { ...disturbance, options }, fees, capacity));
  }
  return numbers;
}

const columns: readonly MeasuredColumn[] = [
  { key: "resilience", title: "R, eq. (11)", decimals: 3 },
  { key: "possible", title: "R of the exact equilibrium", decimals: 3 },
  { key: "regret", title: "regret, eq. (12), % of the equilibrium's efficiency", decimals: 3 },
  { key: "lateRegret", title: "the same, last half", decimals: 3 },
  { key: "rounds", title: "rounds an epoch", decimals: 1 },
  { key: "unsettled", title: "epochs out of rounds, %", decimals: 1 },
];

function conclude(samples: Samples, parameters: Parameters, run: Run): Result {
  const { agents, newcomers, capacity, calm, stirred } = parameters;
  const rowsOf = (scenarios: readonly { key: string; title: string }[]): MeasuredRow[] =>
    scenarios.map(({ key, title }) => ({
      key,
      title,
      values: Object.fromEntries(
        measures.map((measure) => [measure, columnOf(samples, `${key}/${measure}`)]),
      ),
    }));
  return concludeMeasured({
    name: robustness.name,
    title: robustness.title,
    run,
    text: [
      `Table 3's agents, n = ${agents} and ${newcomers} who come later where some do, m = ${capacity}, τ = 0.5, g = 1; Algorithm 1 with γ = 0 and Secant. The paper says that synthetic tests 'probe robustness under fee volatility, participation shocks, and dynamic demand' and prints no numbers of them; these are ours.`,
      `R is efficiency after over efficiency before. It falls where the economy itself gets worse, so beside it stands what the exact equilibrium does. Regret is what is lost against the equilibria of the same moments, of the agents' true valuations; below zero the market did better than them, which g allows.`,
    ],
    tables: [
      {
        key: "epochs",
        title: `Between epochs: ${calm} calm ones, then ${stirred} with it, the price carried over as the contract does`,
        label: "what happens",
        columns,
        rows: rowsOf(epochScenarios),
      },
      {
        key: "rounds",
        title:
          "Within an epoch, always in doubles: each round counted as if it served the standing demands, cut to capacity; R is of the settlement",
        label: "what happens",
        columns,
        rows: rowsOf(roundScenarios),
      },
    ],
    claims: claimsOf((key, measure) => columnOf(samples, `${key}/${measure}`)),
    notes: [
      "An agent who leaves and says so, or comes, is a smaller or larger demand; the price finds its new place in a few rounds. One who dies leaves a demand behind: it is served what its lock affords, and that is lost to the others. One who dies after the first round, at price zero, has locked nothing and gets nothing.",
      "What drifts from epoch to epoch costs nothing that can be told from none: each epoch settles anew, within its tolerances.",
      "Nobody can hold an epoch up for longer than the limit of 60 rounds that these runs have (the contract's default is 500).",
    ],
  });
}
