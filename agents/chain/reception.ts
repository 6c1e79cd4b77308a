import { explain } from "../errors.ts";
import { RpcError } from "./faults.ts";
import type { Transport } from "./transport.ts";

/**
 * How a node receives a signed transaction: `taken`, now or before; `underpriced`, for its base fee or for what stands at
 * the same nonce; or its `nonce gone`, as this node sees it.
 */
export type Reception = "taken" | "underpriced" | "nonce gone";

// Every node has its own words. A node that mines on demand tells of the revert although it has taken the transaction.
const RECEPTIONS: [RegExp, Reception][] = [
  [/already ?(?:known|imported|in mempool|exists)|known transaction|same hash|revert/i, "taken"],
  [
    /underpriced|(?:less than|below) (?:block|current) base fee|fee.* too low|too low for the next block|fee ?too ?low|replacement ?not ?allowed|could not replace/i,
    "underpriced",
  ],
  [
    /nonce.*too (?:low|high|far)|nonce has already|invalid nonce|old ?nonce|nonce ?gap/i,
    "nonce gone",
  ],
];

/**
 * Give a node a signed transaction; any number of times, it is the same one.
 *
 * @throws ChainError where the sender cannot pay, or the node's own error where it will never take it
 */
export async function broadcast(transport: Transport, raw: string): Promise<Reception> {
  try {
    await transport.request("eth_sendRawTransaction", [raw]);
    return "taken";
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const found = RECEPTIONS.find(([words]) => words.test(error.message));
    if (found === undefined) throw explain(error);
    return found[1];
  }
}
