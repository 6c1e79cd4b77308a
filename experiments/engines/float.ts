import type { Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { runRounds } from "../../mechanism/dynamics.ts";
import { numberFromFixed } from "../../mechanism/fixed-point.ts";
import { parametersOf } from "../../scripts/run/parameters.ts";
import type { Cleared } from "./engine.ts";

/** The rounds in doubles, with the very parameters that the contract would get. */
export function clearByFloat(agents: readonly Agent[], market: Market): Cleared {
  const { rule } = market;
  const initialStep = numberFromFixed(parametersOf(market, agents).initialStep);
  const { stop, price, allocations, rounds } = runRounds(
    agents,
    {
      fees: market,
      initialPrice: market.initialPrice,
      rules: {
        ...market,
        stepRule:
          rule === "RobbinsMonro"
            ? { rule, initialStep, stepOffset: market.stepOffset }
            : { rule, initialStep },
      },
    },
    { proximalWeight: market.bots.gamma },
  );
  return { allocations, price, rounds: rounds.length, stop };
}
