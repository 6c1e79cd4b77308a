import type { Fees } from "../../mechanism/agent.ts";
import { proportional, socialOptimum } from "../../mechanism/baselines.ts";
import { payoff, surplus } from "../../mechanism/best-response.ts";
import { sweepFee } from "../../mechanism/fee-sweep.ts";
import {
  efficiency,
  feesCollected,
  gini,
  priceOfFairness,
  providerRevenue,
  utilisation,
} from "../../mechanism/metrics.ts";
import type { Curve, CurvesData } from "../drawings/curves.ts";
import type { Draw, Experiment, Result, Run } from "../experiment.ts";
import { columnOf, estimate, type Samples } from "../harness/samples.ts";
import { concludeMeasured, type MeasuredRow } from "../tables/measured-table.ts";
import { paperAgents, paperCapacity, paperFees } from "../tables/population.ts";
import { claimsOf } from "./frontier-claims.ts";
import { levers, measures, settingKey, type Measure } from "./levers.ts";

type Parameters = { agents: number; capacity: number; fees: Fees };

/** What efficiency each of the three fees gives up for equality. */
export const frontier: Experiment<Parameters> = {
  name: "frontier",
  module: import.meta.url,
  title: "Efficiency against equality: the levers φ, τ and g",
  replications: { full: 500, quick: 20 },
  engines: ["float"],
  weight: 8,
  prepare: () => ({ agents: 50, capacity: paperCapacity, fees: paperFees }),
  replicate,
  conclude,
};

function replicate(
  { agents: count, capacity, fees }: Parameters,
  draw: Draw,
): Record<string, number> {
  const agents = paperAgents(count, draw);
  const shared = proportional(agents, capacity, fees);
  const sharedEfficiency = efficiency(agents, shared, fees);
  const most = socialOptimum(agents, capacity, fees).efficiency;
  const numbers: Record<string, number> = {};
  const record = (key: string, allocations: Float64Array, charged: Fees, price: number): void => {
    const worth = agents.reduce((sum, agent, at) => sum + surplus(agent, allocations[at]!), 0);
    const reached = efficiency(agents, allocations, charged);
    const rebate =
      (providerRevenue(allocations, price) + feesCollected(allocations, charged)) / count;
    const payoffs = agents.map(
      (agent, at) => payoff(agent, charged, price, allocations[at]!) + rebate,
    );
    const found: Record<Measure, number> = {
      efficiency: reached / count,
      overProportional: 100 * (reached / sharedEfficiency - 1),
      worth: worth / count,
      gini: gini(allocations),
      giniOverProportional: 100 * (gini(allocations) / gini(shared) - 1),
      priceOfFairness: priceOfFairness(most, reached),
      payoffGini: gini(payoffs),
      used: 100 * utilisation(allocations, capacity),
      takers: (100 * allocations.filter((x) => x > 0).length) / count,
    };
    for (const measure of measures) numbers[`${key}/${measure}`] = found[measure];
  };
  record("proportional", shared, fees, 0);
  for (const lever of levers) {
    for (const point of sweepFee(agents, capacity, fees, lever.fee, lever.settings)) {
      const { allocations, price } = point.equilibrium;
      record(settingKey(lever, point.setting), allocations, point.fees, price);
    }
  }
  return numbers;
}

function conclude(samples: Samples, { agents, capacity, fees }: Parameters, run: Run): Result {
  const of = (key: string, measure: Measure): Float64Array =>
    columnOf(samples, `${key}/${measure}`);
  const rowOf = (key: string, title: string): MeasuredRow => ({
    key,
    title,
    values: Object.fromEntries(measures.map((measure) => [measure, of(key, measure)])),
  });
  return concludeMeasured({
    name: frontier.name,
    title: frontier.title,
    run,
    text: [
      `Table 3's agents, n = ${agents}, m = ${capacity}, τ = ${fees.unitFee}, g = ${fees.executionFee}, φ = 0; one fee at a time is set to something else, and the exact equilibrium taken. The point of reference is proportional allocation under the fees as they are.`,
      "Eq. (8) counts τ and g as spent and φ as a transfer, as the price is. So that this does not decide the comparison, V − C stands beside it: there every charge is a transfer. The price of fairness is eq. (10), against the social optimum under the fees as they are. Payoff Gini: all that agents pay, to provider and treasury, is shared out equally among them.",
    ],
    tables: [
      {
        key: "levers",
        title: "What turning up one fee does",
        label: "setting",
        columns: [
          { key: "efficiency", title: "efficiency per agent, eq. (8)", decimals: 2 },
          { key: "overProportional", title: "against proportional, %", decimals: 1 },
          { key: "worth", title: "V − C per agent", decimals: 2 },
          { key: "gini", title: "Gini, eq. (9)", decimals: 3 },
          { key: "giniOverProportional", title: "against proportional, %", decimals: 1 },
          { key: "priceOfFairness", title: "price of fairness, eq. (10)", decimals: 3 },
          { key: "payoffGini", title: "payoff Gini, revenue shared out", decimals: 3 },
          { key: "used", title: "capacity used, %", decimals: 1 },
          { key: "takers", title: "takers, %", decimals: 1 },
        ],
        rows: [
          rowOf("proportional", "proportional allocation"),
          ...levers.flatMap((lever) =>
            lever.settings.map((setting) =>
              rowOf(settingKey(lever, setting), `${lever.symbol} = ${setting}`),
            ),
          ),
        ],
      },
    ],
    figure: {
      kind: "figure",
      name: frontier.name,
      caption:
        "What equality costs: efficiency against the Gini index as one fee is turned from its least setting to its greatest; to the upper left is better. Left by eq. (8), which counts τ and g as spent; right with all charges as transfers.",
      picture: { drawing: "curves", data: { panels: panelsOf(of) } },
    },
    claims: claimsOf(of),
    notes: [
      "Below 1 the price of fairness says that the fee is lower than in the optimum it is held against: eq. (8) counts it as spent.",
      "What lowers inequality besides φ is to charge no execution fee at all: g keeps those out who take little.",
      "What φ makes equal are allocations. Payoffs with all revenue shared out are about as equal at every φ.",
      "A large φ leaves capacity unused, and the Gini index hardly falls further: agents then differ by what they are worth, no more by how much there is.",
    ],
  });
}

const heights = [
  { measure: "efficiency", title: "Efficiency, eq. (8)", name: "efficiency, tokens an agent" },
  { measure: "worth", title: "V − C", name: "V − C, tokens an agent" },
] as const;

/** Means: one point a setting, the Gini index to the right. */
function panelsOf(of: (key: string, measure: Measure) => Float64Array): CurvesData["panels"] {
  return heights.map(({ measure, title, name }) => {
    const pointOf = (key: string, label: string): Curve["points"][number] => ({
      x: estimate(of(key, "gini")).mean,
      y: estimate(of(key, measure)).mean,
      label,
    });
    return {
      title,
      x: { name: "Gini index", decimals: 2 },
      y: { name, decimals: 1 },
      curves: [
        ...levers.map((lever) => ({
          name: lever.symbol,
          points: lever.settings.map((setting) =>
            pointOf(settingKey(lever, setting), `${lever.symbol} = ${setting}`),
          ),
        })),
        { name: "proportional", points: [pointOf("proportional", "proportional allocation")] },
      ],
    };
  });
}
