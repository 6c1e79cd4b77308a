import type { Agent, Fees } from "../../mechanism/agent.ts";
import { respond } from "../../mechanism/best-response.ts";
import { efficiency, gini } from "../../mechanism/metrics.ts";

/** Algorithm 1 for so many rounds, whatever its residuals, from μ⁰ = 0 and x⁰ = 0. */
export type Algorithm = {
  /** m, in units. */
  capacity: number;
  /** γ, in tokens a unit squared. */
  proximalWeight: number;
  /** η, constant, in tokens a unit squared. */
  step: number;
  rounds: number;
};

/** What a round showed. */
export type Round = {
  /** μᵗ, in tokens a unit. */
  price: number;
  /** Ŝ, in units. */
  total: number;
  /** Eq. (8) over n of the demands, cut to capacity where they exceed it; tokens an agent. */
  efficiency: number;
  /** Of the demands; cutting all alike does not move it. */
  gini: number;
  /** xᵢᵗ⁺¹, in units, in the agents' order. */
  demands: Float64Array;
};

/** Where a run goes on from. */
export type Standing = { price: number; demands: Float64Array };

/** Run the rounds one after the other. The price that follows the last is not answered any more. */
export function runAlgorithm(
  agents: readonly Agent[],
  fees: Fees,
  { capacity, proximalWeight, step, rounds }: Algorithm,
  from: Standing = { price: 0, demands: new Float64Array(agents.length) },
): { shown: Round[]; next: Standing } {
  let { price, demands } = from;
  const shown = Array.from({ length: rounds }, (): Round => {
    demands = Float64Array.from(agents, (agent, index) =>
      respond(agent, fees, price, proximalWeight, demands[index]!, capacity),
    );
    const total = demands.reduce((sum, x) => sum + x, 0);
    const share = total > capacity ? capacity / total : 1;
    const handedOut = demands.map((x) => x * share);
    const round = {
      price,
      total,
      efficiency: efficiency(agents, handedOut, fees) / agents.length,
      gini: gini(demands),
      demands,
    };
    price = Math.max(0, price + step * (total - capacity));
    return round;
  });
  return { shown, next: { price, demands } };
}
