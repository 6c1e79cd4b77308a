import { FetchRequest, JsonRpcProvider, Network } from "ethers";

import { ChainError } from "./errors.ts";

/**
 * A provider for a node that answers now. ethers alone would go on asking a node that is not there.
 *
 * @param url http(s) address of the node's JSON-RPC
 * @throws ChainError naming the URL if nothing there answers as an Ethereum node
 */
export async function connect(url: string): Promise<JsonRpcProvider> {
  let chainId: bigint;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
      signal: AbortSignal.timeout(10_000),
    });
    const answer = (await response.json()) as { result?: unknown };
    if (typeof answer.result !== "string") throw new Error("no chain id in the answer");
    chainId = BigInt(answer.result);
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.cause ?? cause) : cause;
    const detail = reason instanceof Error ? reason.message : String(reason);
    throw new ChainError(
      `--rpc: no Ethereum node answers at ${url} (${detail}); start one with: npx hardhat node`,
      {
        cause,
      },
    );
  }
  const request = new FetchRequest(url);
  request.timeout = 60_000;
  return new JsonRpcProvider(request, chainId, {
    staticNetwork: Network.from(chainId),
    batchStallTime: 1,
    cacheTimeout: -1,
  });
}
