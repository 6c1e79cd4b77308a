import type { Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { runRounds, type Market as Terms } from "../../mechanism/dynamics.ts";
import { numberFromFixed } from "../../mechanism/fixed-point.ts";
import type { StepRule } from "../../mechanism/price-update.ts";
import { parametersOf } from "../../scripts/run/parameters.ts";
import type { Cleared } from "./engine.ts";

/** The rounds in doubles, with the very parameters that the contract would get. */
export function clearByFloat(agents: readonly Agent[], market: Market): Cleared {
  const { stop, price, allocations, rounds } = runRounds(agents, termsOf(agents, market), {
    proximalWeight: market.bots.gamma,
  });
  return { allocations, price, rounds: rounds.length, stop };
}

/** The terms of an epoch as the contract would get them, in doubles. */
export function termsOf(agents: readonly Agent[], market: Market): Terms {
  const { rule } = market;
  const initialStep = numberFromFixed(parametersOf(market, agents).initialStep);
  const stepRule: StepRule =
    rule === "RobbinsMonro"
      ? { rule, initialStep, stepOffset: market.stepOffset }
      : { rule, initialStep };
  return { fees: market, initialPrice: market.initialPrice, rules: { ...market, stepRule } };
}
