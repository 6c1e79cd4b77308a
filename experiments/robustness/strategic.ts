import type { Fees } from "../../mechanism/agent.ts";
import { payoff } from "../../mechanism/best-response.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { efficiency } from "../../mechanism/metrics.ts";
import { proportionalGame } from "../../mechanism/proportional-game.ts";
import { equilibriaAtZero, strategicEquilibrium } from "../../mechanism/strategic.ts";
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
    const isSlack = truth.state === "slack";
    Object.assign(numbers, {
      [`${size}/slack`]: Number(isSlack),
      [`${size}/atZero`]: 100 * Number(!isSlack && clearing.price === 0),
      [`${size}/clearingLoss`]: lossOf(efficiencyOf(clearing.allocations), optimum),
      [`${size}/proportionalLoss`]: lossOf(efficiencyOf(proportional.allocations), optimum),
      [`${size}/told`]: 100 * (takers.reduce((sum, s) => sum + s, 0) / Math.max(1, takers.length)),
      [`${size}/priceLoss`]: lossOf(clearing.price, truth.price),
      [`${size}/gain`]: -lossOf(worthToAll(clearing), worthToAll(truth)),
      [`${size}/aloneGain`]: -lossOf(worthTo(0, alone), worthTo(0, truth)),
      [`${size}/priceApart`]: Math.abs(cleared.price - clearing.price),
    });
    if (size === 2) {
      const [first, second] = [agents[0]!, agents[1]!];
      const losses = [clearing, ...equilibriaAtZero([first, second], capacity, fees)].map(
        ({ allocations }) => lossOf(efficiencyOf(allocations), optimum),
      );
      numbers["2/leastLoss"] = Math.min(...losses);
      numbers["2/mostLoss"] = Math.max(...losses);
    }
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
          { key: "leastLoss", title: "at the best equilibrium", decimals: 3 },
          { key: "mostLoss", title: "at the worst", decimals: 3 },
          { key: "atZero", title: "draws with the price talked down to 0, %", decimals: 1 },
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
            [
              ...["clearingLoss", "atZero", "proportionalLoss", "told", "priceLoss", "gain"],
              ...["aloneGain", ...(size === 2 ? ["leastLoss", "mostLoss"] : [])],
            ].map((column) => [column, of(size, column)]),
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
      "Where the price is talked down to 0 with capacity still scarce the Nash equilibrium is not unique: any split of capacity is one at which each agent's V' − C' − τ lies between 0 and λx. The one taken has the same slope added to every agent's residual supply. For n = 2 the table has the best and the worst of all, found by trying 999 splits of capacity; from n = 3 on there are others too, not searched.",
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
  const withinBound = (lost: number, where = ""): Pick<Claim, "holds" | "evidence"> => ({
    holds: lost <= 100 * (1 - BOUND),
    evidence: `most lost in any draw of any size: ${fixed(lost, 2)} %${where}`,
  });
  const atTwo = sizes.includes(2) ? Math.max(...of(2, "mostLoss")) : 0;
  const picked = worst("clearingLoss");
  return [
    {
      claim: "The proportional game never loses more than 25 %.",
      source: "Johari and Tsitsiklis 2004",
      ...withinBound(worst("proportionalLoss")),
    },
    {
      claim: "Nor does the clearing game, of which no theorem says so.",
      source: "ours",
      ...withinBound(
        Math.max(picked, atTwo),
        `, at the worst equilibrium for n = 2; ${fixed(picked, 2)} % at the ones taken`,
      ),
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
