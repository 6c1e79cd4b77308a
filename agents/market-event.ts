import { EventFragment, getAddress, Interface, toBeHex, type Log, type Result } from "ethers";

import { MARKET_ABI } from "./abi.ts";

/** An event as a node gives it, as far as it is read. */
export type MarketLog = Pick<Log, "topics" | "data" | "transactionHash">;

/** One of the market's events, with its arguments by name. */
export type MarketEvent = { name: string; args: Result };

const abi = new Interface(MARKET_ABI);

// `Interface.parseLog` hashes the signatures of all events again for each log, which takes longer than all else that is
// done with it. So they are hashed once, and decoded as if anonymous: such a one is not asked for its hash.
const known = new Map<string, EventFragment>();
abi.forEachEvent((event) => {
  const { name, inputs, topicHash } = event;
  known.set(topicHash, EventFragment.from({ type: "event", name, inputs, anonymous: true }));
});

/** null for what is not in the interface: the owner's, transfers of ownership. */
export function marketEventOf({
  topics,
  data,
}: Omit<MarketLog, "transactionHash">): MarketEvent | null {
  const event = known.get(topics[0] ?? "");
  if (event === undefined) return null;
  return { name: event.name, args: abi.decodeEventLog(event, data, topics.slice(1)) };
}

/** The demands that an event tells of, 18 decimals: an agent's own, or those that a batch handed in. */
export function demandsOf({ name, args }: MarketEvent): { agent: string; demand: bigint }[] {
  switch (name) {
    case "DemandSubmitted":
      return [{ agent: args["agent"] as string, demand: args["demand"] as bigint }];
    case "DemandsSubmitted":
      return (args["demands"] as bigint[]).map((word) => ({
        agent: getAddress(toBeHex(word >> 96n, 20)),
        demand: BigInt.asUintN(96, word),
      }));
    default:
      return [];
  }
}
