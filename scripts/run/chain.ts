import hre from "hardhat";
import type { JsonRpcProvider } from "ethers";
import type { HttpNetworkConfig } from "hardhat/types/config";

import { connect } from "../../agents/connect.ts";
import { ChainError } from "../../agents/errors.ts";
import { InputError } from "../../markets/input-error.ts";
import { startEmbeddedChain } from "./embedded-chain.ts";

/** A chain to run against. */
export type Chain = {
  url: string;
  provider: JsonRpcProvider;
  /** Only an embedded chain's clock can be moved; elsewhere deadlines are waited for. */
  waitUntil?: (time: bigint) => Promise<void>;
  /** The mnemonic of a configured network, out of the environment or Hardhat's keystore. */
  mnemonic?: () => Promise<string>;
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
  const config = configOf(where);
  const { chainId } = await provider.getNetwork();
  if (config?.chainId !== undefined && BigInt(config.chainId) !== chainId) {
    provider.destroy();
    throw new ChainError(
      `--network: the node of ${where.network} is on chain ${chainId}; ${where.network} is chain ${config.chainId}`,
    );
  }
  const accounts = config?.accounts;
  const mnemonic =
    typeof accounts === "object" && "mnemonic" in accounts ? accounts.mnemonic : undefined;
  return {
    url,
    provider,
    ...(mnemonic === undefined ? {} : { mnemonic: () => valueOf(() => mnemonic.get()) }),
    close: async () => {
      provider.destroy();
      return Promise.resolve();
    },
  };
}

/** @throws InputError if the network has no address */
export async function urlOf(where: Where): Promise<string> {
  if (where.rpc !== undefined) return where.rpc;
  const config = configOf(where);
  if (config !== undefined) return valueOf(() => config.url.getUrl());
  const names = Object.entries(hre.config.networks).flatMap(([name, { type }]) =>
    type === "http" ? [name] : [],
  );
  throw new InputError(
    `--network: given ${where.network ?? "nothing"}, allowed ${names.join(", ")}; or give --rpc URL`,
  );
}

function configOf({ network, rpc }: Where): HttpNetworkConfig | undefined {
  const config =
    rpc !== undefined || network === undefined ? undefined : hre.config.networks[network];
  return config?.type === "http" ? config : undefined;
}

/** @throws InputError if the configuration variable is neither in the environment nor in the keystore, or that does not open */
async function valueOf(read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== "HardhatError") throw cause;
    const name = /"(\w+)"/.exec(cause.message)?.[1];
    if (name === undefined) throw new InputError(`Hardhat's keystore: ${cause.message}`, { cause });
    throw new InputError(
      `${name}: not set; put it in the environment, or into the keystore: npx hardhat keystore set ${name}`,
      { cause },
    );
  }
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
