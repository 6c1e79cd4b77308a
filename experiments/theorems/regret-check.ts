import type { Agent } from "../../mechanism/agent.ts";
import { respond } from "../../mechanism/best-response.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { dynamicRegret, efficiency } from "../../mechanism/metrics.ts";
import { closeRound, openingState } from "../../mechanism/price-update.ts";
import { lipschitzOf, type Economy } from "./economy.ts";
import type { Outcome } from "./statement.ts";

/** Regret that grows by more than this over four times the rounds grows faster than √T, which makes 2. */
export const SQUARE_ROOT = 2.1;

const SHORT = 400;
const LONG = 4 * SHORT;

/** What the market is in one round: its economy, xₜ* and its efficiency in tokens. */
type Phase = { economy: Economy; best: number };

/**
 * Corollary 4.13: Regret(T) = O(√T) with η_t = η₀/√(t+1), η₀ = 1/L. A round serves xᵢ·min(1, m/Σx): what is
 * handed out beyond m would count as a gain. Size: Regret(1600)/Regret(400), 2 at a rate of √T and 4 at
 * that of T; it fails above 2.1.
 *
 * @param economies of the rounds, again and again; one for a market that does not move
 */
export function hasSublinearRegret(economies: readonly Economy[]): Outcome {
  const phases = economies.map((economy): Phase => {
    const { agents, capacity, fees } = economy;
    const { allocations } = solveEquilibrium(agents, capacity, fees);
    return { economy, best: efficiency(agents, allocations, fees) };
  });
  const initialStep = 1 / Math.max(...economies.map(lipschitzOf));
  const optimal = new Float64Array(LONG);
  const achieved = new Float64Array(LONG);
  let state = openingState(0);
  for (let round = 0; round < LONG; round++) {
    const { economy, best } = phases[round % phases.length]!;
    const { agents, capacity, fees } = economy;
    const demands = agents.map((agent) => respond(agent, fees, state.price, 0, 0, capacity));
    const total = demands.reduce((sum, x) => sum + x, 0);
    const share = Math.min(1, capacity / total);
    optimal[round] = best;
    achieved[round] = efficiency(
      agents,
      demands.map((x) => x * share),
      fees,
    );
    state = closeRound(state, total, Infinity, {
      capacity,
      stepRule: { rule: "InverseSqrt", initialStep },
      maxStep: Infinity,
      primalTolerance: 0,
      dualTolerance: 0,
      movementTolerance: 0,
      maxRounds: Infinity,
    }).next;
  }
  const short = dynamicRegret(optimal.subarray(0, SHORT), achieved.subarray(0, SHORT));
  const size = dynamicRegret(optimal, achieved) / short;
  return { failed: !(size <= SQUARE_ROOT), size };
}

/** The market with every α swinging by a quarter to either side, once in 40 rounds. */
export function drifting(economy: Economy): Economy[] {
  return Array.from({ length: 40 }, (_, phase) => {
    const scale = 1 + 0.25 * Math.sin((2 * Math.PI * phase) / 40);
    const agents = economy.agents.map((agent): Agent => {
      const { valuation } = agent;
      return { ...agent, valuation: { ...valuation, alpha: valuation.alpha * scale } };
    });
    return { ...economy, agents };
  });
}
