import {
  JsonRpcProvider,
  Network,
  toQuantity,
  type JsonRpcError,
  type JsonRpcPayload,
  type JsonRpcResult,
} from "ethers";

import { RpcError } from "./faults.ts";
import type { Heads } from "./head.ts";
import type { Transport } from "./transport.ts";

// Where their block stands among the parameters.
const BLOCK_PARAMETER = new Map([
  ["eth_call", 1],
  ["eth_getBalance", 1],
  ["eth_getCode", 1],
  ["eth_getTransactionCount", 1],
]);

/**
 * An ethers provider over several nodes. What it reads of the chain's state is of the last head that was seen: all that is
 * read between two looks is of one block, whichever node answers, and a node that has not got that block is passed over.
 */
export class FleetProvider extends JsonRpcProvider {
  readonly #transport: Transport;
  readonly #heads: Heads;

  constructor(transport: Transport, heads: Heads, chainId: bigint) {
    const network = Network.from(chainId);
    // The address is never used: `_send` is all that a provider asks a node by.
    super("http://transport.invalid", network, {
      staticNetwork: network,
      batchMaxCount: 1,
      cacheTimeout: -1,
    });
    this.#transport = transport;
    this.#heads = heads;
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    const answers = [payload].flat().map(async ({ id, method, params }) => {
      try {
        return {
          id,
          result: await this.#transport.request(method, this.#pinned(method, params as unknown[])),
        };
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        const { code, message, data } = error;
        return { id, error: { code, message, data } } satisfies JsonRpcError;
      }
    });
    // ethers takes errors too; the type it gives its own method leaves them out.
    return Promise.all(answers) as Promise<JsonRpcResult[]>;
  }

  #pinned(method: string, params: unknown[]): unknown[] {
    const at = BLOCK_PARAMETER.get(method);
    const head = this.#heads.last();
    if (at === undefined || head === undefined || params[at] !== "latest") return params;
    return params.with(at, toQuantity(head.number));
  }
}
