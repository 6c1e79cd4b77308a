import type { Fees } from "../../mechanism/agent.ts";
import {
  noEnforcement,
  postedPrice,
  proportional,
  socialOptimum,
} from "../../mechanism/baselines.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { clear, type EngineName } from "../engines/engine.ts";
import type { Draw } from "../experiment.ts";
import { drawSize, feesSeen, paperAgents, type Answers } from "./population.ts";
import { totalColumns, totalsOf } from "./totals.ts";
import { unfinished } from "./unfinished.ts";

/** What Table 6 is drawn with. */
export type Table6Parameters = {
  capacity: number;
  fees: Fees;
  flatPrices: Record<Answers, number>;
  /** γ of the reading that takes Algorithm 1 at its word, in tokens a unit squared. */
  proximalWeight: number;
  unfinished: { rounds: number; initialStep: number };
};

/** One market, under every rule and every reading. */
export async function drawTable6(
  parameters: Table6Parameters,
  draw: Draw,
  engine: EngineName,
): Promise<Record<string, number>> {
  const { capacity, fees } = parameters;
  const agents = paperAgents(drawSize(draw), draw);
  const numbers: Record<string, number> = { n: agents.length };
  const record = (prefix: string, allocations: Float64Array): void => {
    Object.assign(numbers, totalColumns(prefix, totalsOf(agents, allocations)));
  };
  record("payoff/optimum", socialOptimum(agents, capacity, fees).allocations);
  // On a chain a replication takes a second, so there only the first reading is run.
  const answered: Answers[] = engine === "chain" ? ["payoff"] : ["payoff", "formula"];
  for (const answers of answered) {
    const seen = feesSeen(fees, answers);
    const exact = solveEquilibrium(agents, capacity, seen);
    const proposed = await clear(engine, agents, { fees: seen, capacity });
    record(`${answers}/none`, noEnforcement(agents, seen));
    record(`${answers}/proportional`, proportional(agents, capacity, seen));
    record(`${answers}/flat`, postedPrice(agents, seen, parameters.flatPrices[answers]));
    record(`${answers}/equilibrium`, exact.allocations);
    record(`${answers}/proposed`, proposed.allocations);
    numbers[`${answers}/rationed`] = exact.state === "rationed" ? 1 : 0;
    numbers[`${answers}/slack`] = exact.state === "slack" ? 1 : 0;
    numbers[`${answers}/rounds`] = proposed.rounds;
    numbers[`${answers}/price`] = exact.price;
    numbers[`${answers}/priceApart`] = Math.abs(proposed.price - exact.price);
    if (answers === "payoff" && engine !== "float") {
      const other = await clear(engine === "chain" ? "twin" : "float", agents, { fees, capacity });
      numbers["apart"] = furthest(proposed.allocations, other.allocations);
    }
  }
  if (engine !== "chain") {
    const { proximalWeight } = parameters;
    const held = await clear(engine, agents, { fees, capacity, proximalWeight });
    record("proximal/proposed", held.allocations);
    numbers["proximal/unsettled"] = held.stop === "RoundLimit" ? 1 : 0;
    numbers["proximal/priceApart"] = Math.abs(held.price - numbers["payoff/price"]!);
    const seen = feesSeen(fees, "formula");
    record("unfinished/proposed", unfinished(agents, capacity, seen, parameters.unfinished));
  }
  return numbers;
}

/** The largest difference between two allocations of the same agents, in units. */
function furthest(first: Float64Array, second: Float64Array): number {
  return first.reduce((most, x, index) => Math.max(most, Math.abs(x - second[index]!)), 0);
}
