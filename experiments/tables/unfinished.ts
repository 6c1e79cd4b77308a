import type { Agent, Fees } from "../../mechanism/agent.ts";
import { respond } from "../../mechanism/best-response.ts";

/**
 * Algorithm 1 stopped after a number of rounds, whatever its residuals, with η_t = η₀/(t+1), γ = 0 and
 * μ⁰ = 0: each agent's mean demand over those rounds, in units. Not an equilibrium of anything; it
 * is here because the paper's 'Proposed' row is none either.
 */
export function unfinished(
  agents: readonly Agent[],
  capacity: number,
  fees: Fees,
  { rounds, initialStep }: { rounds: number; initialStep: number },
): Float64Array {
  const means = new Float64Array(agents.length);
  let price = 0;
  for (let round = 0; round < rounds; round++) {
    let total = 0;
    agents.forEach((agent, index) => {
      const demand = respond(agent, fees, price, 0, 0, Infinity);
      total += demand;
      means[index]! += demand / rounds;
    });
    price = Math.max(0, price + (initialStep / (round + 1)) * (total - capacity));
  }
  return means;
}
