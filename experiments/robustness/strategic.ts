import type { Fees } from "../../mechanism/agent.ts";
import { payoff } from "../../mechanism/best-response.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { efficiency } from "../../mechanism/metrics.ts";
import { proportionalGame } from "../../mechanism/proportional-game.ts";
import { strategicEquilibrium } from "../../mechanism/strategic.ts";
import type { Curve, CurvesData } from "../drawings/curves.ts";
import { clear, type EngineName } from "../engines/engine.ts";
import type { Draw, Experiment, Result, Run } from "../experiment.ts";
import { clearSign, columnOf, estimate, type Samples } from "../harness/samples.ts";
import type { Claim } from "../tables/claim.ts";
import { fixed, shortNumber, withInterval } from "../tables/format.ts";
import { concludeMeasured } from "../tables/measured-table.ts";
import { paperAgents, paperFees } from "../tables/population.ts";
import { scaled } from "./epoch-scenarios.ts";

type Parameters = { sizes: readonly number[]; capacityPerAgent: number; fees: Fees };

/** Johari and Tsitsiklis, 2004, Theorem 3: at least this share of the greatest efficiency. */
const BOUND = 0.75;

/** Price-anticipating agents: what they cost, in our game and in the one of the 25 % bound. */
export const strategic: Experiment<Parameters> = {
  name: "strategic",
  module: import.meta.url,
  title: "Price-anticipating agents",
  replications: { full: 200, quick: 4 },
  engines: ["float", "twin"],
  weight: 100,
  prepare: () => ({
    sizes: [2, 3, 5, 10, 20, 50, 100],
    capacityPerAgent: 1,
    fees: { ...paperFees, executionFee: 0 },
  }),
  replicate,
  conclude,
};

async function replicate(
  { sizes, capacityPerAgent, fees }: Parameters,
  draw: Draw,
  engine: EngineName,
): Promise<Record<string, number>> {
  const numbers: Record<string, number> = {};
  for (const size of sizes) {
    const agents = paperAgents(size, draw);
    const capacity = size * capacityPerAgent;
    const truth = solveEquilibrium(agents, capacity, fees);
    const clearing = strategicEquilibrium(agents, capacity, fees);
    const proportional = proportionalGame(agents, capacity, fees);
    const alone = strategicEquilibrium(agents, capacity, fees, (index) => index === 0);
    const told = scaled(agents, (index) => clearing.reports[index]!);
    const cleared = await clear(engine, told, { fees, capacity });

    const efficiencyOf = (allocations: Float64Array): number =>
      efficiency(agents, allocations, fees);
    const worthTo = (index: number, { price, allocations }: Outcome): number =>
      payoff(agents[index]!, fees, price, allocations[index]!);
    const worthToAll = (outcome: Outcome): number =>
      agents.reduce((sum, _, index) => sum + worthTo(index, outcome), 0);
    const optimum = efficiencyOf(truth.allocations);
    const takers = clearing.reports.filter((_, index) => clearing.allocations[index]! > 0);
    Object.assign(numbers, {
      [`${size}/slack`]: Number(truth.state === "slack"),
      [`${size}/clearingLoss`]: lossOf(efficiencyOf(clearing.allocations), optimum),
      [`${size}/proportionalLoss`]: lossOf(efficiencyOf(proportional.allocations), optimum),
      [`${size}/told`]: 100 * (takers.reduce((sum, s) => sum + s, 0) / Math.max(1, takers.length)),
      [`${size}/priceLoss`]: lossOf(clearing.price, truth.price),
      [`${size}/gain`]: -lossOf(worthToAll(clearing), worthToAll(truth)),
      [`${size}/aloneGain`]: -lossOf(worthTo(0, alone), worthTo(0, truth)),
      [`${size}/priceApart`]: Math.abs(cleared.price - clearing.price),
    });
  }
  return numbers;
}

type Outcome = { price: number; allocations: Float64Array };

/** How much is lost of `whole`, in %; of nothing, nothing. */
function lossOf(left: number, whole: number): number {
  return whole > 0 ? 100 * (1 - left / whole) : 0;
}

function conclude(samples: Samples, { sizes, fees }: Parameters, run: Run): Result {
  const of = (size: number, column: string): Float64Array => columnOf(samples, `${size}/${column}`);
  const slack = sizes.filter((size) => of(size, "slack").some((one) => one === 1));
  const apart = Math.max(...sizes.flatMap((size) => [...of(size, "priceApart")]));
  return concludeMeasured({
    name: strategic.name,
    title: strategic.title,
    run,
    text: [
      `Table 3's agents, one unit of capacity for each, τ = ${fees.unitFee}, g = 0: with an execution fee neither game need have an equilibrium, and the bound does not apply.`,
      "The clearing game is ours. Demand is reported at posted prices, so what an agent plays is a schedule; each picks one number s once and answers every price as if its valuation were sV. At the Nash equilibrium V' − C' − τ = μ + λx, where λ is what one unit more does to the price: 1 over the slope of all others' schedules.",
      "The proportional game is the one Johari and Tsitsiklis' bound is about: agents bid payments w, the price is Σw/m, everybody gets w over the price. At its equilibrium efficiency is at least 75 % of the greatest. Both are scalar-parameterised demand schedules: w/μ there, the family's own here. The bound says nothing about ours.",
    ],
    tables: [
      {
        key: "sizes",
        title:
          "What anticipating the price costs and brings as n grows, in % of what truthful agents reach",
        label: "n",
        columns: [
          { key: "clearingLoss", title: "efficiency lost, clearing game", decimals: 3 },
          {
            key: "proportionalLoss",
            title: "efficiency lost, proportional game (bound: 25)",
            decimals: 3,
          },
          { key: "told", title: "s told by takers, %", decimals: 1 },
          { key: "priceLoss", title: "price talked down by", decimals: 1 },
          { key: "gain", title: "agents' gain, all anticipate", decimals: 2 },
          { key: "aloneGain", title: "an agent's gain, it alone does", decimals: 3 },
        ],
        rows: sizes.map((size) => ({
          key: String(size),
          title: String(size),
          values: Object.fromEntries(
            ["clearingLoss", "proportionalLoss", "told", "priceLoss", "gain", "aloneGain"].map(
              (column) => [column, of(size, column)],
            ),
          ),
        })),
      },
    ],
    figure: {
      kind: "figure",
      name: strategic.name,
      caption:
        "Left: efficiency lost to agents who anticipate the price, both axes logarithmic; the bound of 25 % is that of the proportional game. Right: what one agent gains if it alone does.",
      picture: { drawing: "curves", data: { panels: panelsOf(sizes, of) } },
    },
    claims: claimsOf(sizes, of),
    notes: [
      `Bots that run on what the agents tell settle, by Algorithm 1, at most ${shortNumber(apart)} tokens from the equilibrium's price.`,
      slack.length === 0
        ? "Capacity binds in every draw."
        : `Capacity is slack in some draws at n = ${slack.join(", ")}: nobody has a price to move there, and nothing is lost.`,
      "What agents gain the provider loses: it is a transfer, and efficiency counts only what moves to where it is worth less.",
    ],
  });
}

/** Means by the number of agents. */
function panelsOf(
  sizes: readonly number[],
  of: (size: number, column: string) => Float64Array,
): CurvesData["panels"] {
  const curve = (name: string, column: string): Curve => ({
    name,
    points: sizes.map((size) => ({
      x: size,
      y: estimate(of(size, column)).mean,
      label: `${name}, n = ${size}`,
    })),
  });
  const x = { name: "agents n", decimals: 0, isLogarithmic: true };
  return [
    {
      title: "Efficiency lost",
      x,
      y: { name: "% of the optimum", decimals: 3, isLogarithmic: true },
      curves: [
        curve("clearing game", "clearingLoss"),
        curve("proportional game", "proportionalLoss"),
        {
          name: "bound",
          points: sizes.map((size) => ({ x: size, y: 100 * (1 - BOUND), label: "bound" })),
        },
      ],
    },
    {
      title: "What one agent gains alone",
      x,
      y: { name: "% of its truthful payoff", decimals: 3, isLogarithmic: true },
      curves: [curve("clearing game", "aloneGain")],
    },
  ];
}

function claimsOf(
  sizes: readonly number[],
  of: (size: number, column: string) => Float64Array,
): Claim[] {
  const worst = (column: string): number =>
    Math.max(...sizes.flatMap((size) => [...of(size, column)]));
  const [smallest, largest] = [sizes[0]!, sizes.at(-1)!];
  const means = sizes.map((size) => estimate(of(size, "clearingLoss")).mean);
  const withinBound = (column: string): Pick<Claim, "holds" | "evidence"> => ({
    holds: worst(column) <= 100 * (1 - BOUND),
    evidence: `most lost in any draw of any size: ${fixed(worst(column), 2)} %`,
  });
  return [
    {
      claim: "The proportional game never loses more than 25 %.",
      source: "Johari and Tsitsiklis 2004",
      ...withinBound("proportionalLoss"),
    },
    {
      claim: "Nor does the clearing game, of which no theorem says so.",
      source: "ours",
      ...withinBound("clearingLoss"),
    },
    {
      claim:
        "Allocations are 'incentive-compatible': an agent gains nothing by anticipating the price.",
      source: "Table 9",
      holds: sizes.every((size) => clearSign(estimate(of(size, "aloneGain"))) <= 0),
      evidence: sizes
        .map((size) => `n = ${size}: ${withInterval(estimate(of(size, "aloneGain")), true)} %`)
        .join("; "),
    },
    {
      claim: `The loss falls with every step from n = ${smallest} to ${largest}.`,
      source: "ours",
      holds: means.every((mean, at) => at === 0 || mean < means[at - 1]!),
      evidence: sizes.map((size, at) => `n = ${size}: ${means[at]!.toPrecision(2)} %`).join("; "),
    },
  ];
}
