import { openEndpoint } from "../../agents/chain/endpoint.ts";
import { NodeFault } from "../../agents/chain/faults.ts";
import { followHeads, type Heads } from "../../agents/chain/head.ts";
import { FleetProvider } from "../../agents/chain/provider.ts";
import { createTransport, type Transport } from "../../agents/chain/transport.ts";
import { ChainError } from "../../agents/errors.ts";

// Milliseconds. Until the first a node may be slow, or fail a few times, without anybody hearing of it.
const PATIENCE = 2_000;
const TIMEOUT = 20_000;
// How long a chain may be shorter than it was before that is believed.
const ROLLBACK_AFTER = 5_000;

/** A node, and the chain it is on. */
export type Node = {
  /** Its address. */
  rpc: string;
  chainId: bigint;
  transport: Transport;
  heads: Heads;
  provider: FleetProvider;
  close: () => void;
};

/**
 * @param rpc an http, https, ws or wss address
 * @throws ChainError if nobody answers there
 */
export async function openNode(rpc: string): Promise<Node> {
  const endpoint = openEndpoint(rpc);
  try {
    const chainId = BigInt((await endpoint.request("eth_chainId", [], TIMEOUT)) as string);
    const transport = createTransport({
      endpoints: [endpoint],
      chainId,
      timeout: TIMEOUT,
      patience: PATIENCE,
    });
    const heads = followHeads({ transport, rollbackAfter: ROLLBACK_AFTER });
    const provider = new FleetProvider(transport, heads, chainId);
    return { rpc, chainId, transport, heads, provider, close: transport.close };
  } catch (error) {
    endpoint.close();
    if (!(error instanceof NodeFault)) throw error;
    throw new ChainError(`No node answers at ${new URL(rpc).host}: ${error.message}.`);
  }
}
