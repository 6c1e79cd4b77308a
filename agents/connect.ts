import { FetchRequest, JsonRpcProvider, Network } from "ethers";

import { openEndpoint } from "./chain/endpoint.ts";
import { ChainError } from "./errors.ts";

const TIMEOUT = 10_000;

/**
 * A provider for a node that answers now. ethers alone would go on asking a node that is not there.
 *
 * @param url http(s) address of the node's JSON-RPC
 * @param name of the flag or field that gave it
 * @throws ChainError naming the host if nothing there answers as an Ethereum node; never the path, where providers put
 * their customers' keys
 */
export async function connect(url: string, name = "--rpc"): Promise<JsonRpcProvider> {
  // Of a caller in plain JavaScript it may be anything, as a variable of the environment that is not set.
  if (!/^https?:/.test(url) || !URL.canParse(url)) {
    const given = (url as string | undefined) ? JSON.stringify(url) : "nothing";
    throw new ChainError(
      `${name}: given ${given}, allowed a node's http(s) URL, as in http://127.0.0.1:8545`,
    );
  }
  const node = openEndpoint(url);
  let chainId: bigint;
  try {
    chainId = BigInt((await node.request("eth_chainId", [], TIMEOUT)) as string);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const remedy = ["127.0.0.1", "localhost"].includes(new URL(url).hostname)
      ? "start one with: npx hardhat node"
      : "check the URL";
    throw new ChainError(
      `${name}: no Ethereum node answers at ${node.name} (${reason}); ${remedy}`,
      { cause },
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
