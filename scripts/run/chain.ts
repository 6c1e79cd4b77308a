import hre from "hardhat";
import type { JsonRpcProvider } from "ethers";

import { connect } from "../../agents/connect.ts";
import { InputError } from "../../markets/input-error.ts";
import { startEmbeddedChain } from "./embedded-chain.ts";

/** A chain to run against. */
export type Chain = {
  url: string;
  provider: JsonRpcProvider;
  /** Only an embedded chain's clock can be moved; elsewhere deadlines are waited for. */
  waitUntil?: (time: bigint) => Promise<void>;
  close: () => Promise<void>;
};

/** Where the user wants to run: a network of hardhat.config.ts, a node's address, or neither. */
export type Where = { network?: string; rpc?: string };

/** The node named, the local one if none is: for commands that have no chain of their own to fall back on. */
export function nodeOf({ network, rpc }: Where): Where {
  return rpc === undefined ? { network: network ?? "localhost" } : { rpc };
}

/**
 * Connect to the node named, or start a chain inside this process if none is.
 *
 * @throws InputError for a network that is not configured, ChainError for a node that does not answer
 */
export async function openChain(where: Where): Promise<Chain> {
  if (where.network === undefined && where.rpc === undefined) return embed();
  const url = await urlOf(where);
  const provider = await connect(url);
  return {
    url,
    provider,
    close: async () => {
      provider.destroy();
      return Promise.resolve();
    },
  };
}

/** @throws InputError if the network has no address */
export async function urlOf({ network, rpc }: Where): Promise<string> {
  if (rpc !== undefined) return rpc;
  const config = network === undefined ? undefined : hre.config.networks[network];
  if (config?.type === "http") return config.url.getUrl();
  const names = Object.entries(hre.config.networks).flatMap(([name, { type }]) =>
    type === "http" ? [name] : [],
  );
  throw new InputError(
    `--network: given ${network ?? "nothing"}, allowed ${names.join(", ")}; or give --rpc URL`,
  );
}

async function embed(): Promise<Chain> {
  const chain = await startEmbeddedChain();
  const provider = await connect(chain.url);
  return {
    url: chain.url,
    provider,
    waitUntil: async (time) => {
      const block = await provider.getBlock("latest");
      if (BigInt(block?.timestamp ?? 0) >= time) return;
      await provider.send("evm_setNextBlockTimestamp", [Number(time)]);
      await provider.send("evm_mine", []);
    },
    close: async () => {
      provider.destroy();
      await chain.close();
    },
  };
}
