import type { Agent, Fees } from "../../mechanism/agent.ts";
import type { StopReason } from "../../mechanism/price-update.ts";
import { parseMarket, type Market } from "../../markets/market-file.ts";

/** What can run the mechanism's rounds: doubles, the contract's twin in BigInt, or the contract. */
export const engineNames = ["float", "twin", "chain"] as const;
export type EngineName = (typeof engineNames)[number];

/** The terms of one epoch; everything else is a market file's default. */
export type Terms = {
  fees: Fees;
  /** m, in units. */
  capacity: number;
  /** γ, in tokens a unit squared. Default 0. */
  proximalWeight?: number;
  /** μ⁰, in tokens a unit. Default 0. */
  initialPrice?: number;
};

/** How an epoch ended. */
export type Cleared = {
  /** In units, in the agents' order. */
  allocations: Float64Array;
  /** μ*, in tokens a unit. */
  price: number;
  rounds: number;
  stop: StopReason;
};

/** The market that terms describe, so that every engine runs the same one. */
export function marketOf({ fees, capacity, proximalWeight = 0, initialPrice = 0 }: Terms): Market {
  const market = parseMarket(
    { capacity, ...fees, bots: { gamma: proximalWeight }, agents: { source: "paper", seed: 0 } },
    { file: "experiment" },
  );
  // A price that an epoch has left may have more decimals than anybody writes.
  return { ...market, initialPrice };
}

/**
 * Run the rounds of Algorithm 1 until the market settles, by the engine named. Each is loaded when
 * it is first asked for: only `chain` needs Hardhat.
 *
 * @throws RangeError or ChainError as the engine does
 */
export async function clear(
  engine: EngineName,
  agents: readonly Agent[],
  terms: Terms,
): Promise<Cleared> {
  const market = marketOf(terms);
  switch (engine) {
    case "float":
      return (await import("./float.ts")).clearByFloat(agents, market);
    case "twin":
      return (await import("./twin.ts")).clearByTwin(agents, market);
    case "chain":
      return (await import("./chain.ts")).clearByChain(agents, market);
  }
}
