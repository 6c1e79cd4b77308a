import { Mnemonic, type JsonRpcProvider } from "ethers";

import { ChainError } from "../../agents/errors.ts";
import { deriveKeys, type Keys } from "../../agents/keys.ts";

/** Known to everybody: Hardhat's and anvil's. Never used off their chain id. */
const DEVELOPMENT_PHRASE = "test test test test test test test test test test test junk";
const DEVELOPMENT_CHAIN = 31337n;

/**
 * Keys from the mnemonic in the environment variable MNEMONIC; on a local development chain the well-known one. The
 * operator is account 0, agents are counted from 0 on a branch of their own.
 *
 * @param count how many agents
 * @throws ChainError if the chain is not a local one and MNEMONIC is missing, or it is no mnemonic
 */
export async function keysFor(provider: JsonRpcProvider, count: number): Promise<Keys> {
  const { chainId } = await provider.getNetwork();
  const phrase =
    process.env["MNEMONIC"] ?? (chainId === DEVELOPMENT_CHAIN ? DEVELOPMENT_PHRASE : undefined);
  if (phrase === undefined) {
    throw new ChainError(
      `MNEMONIC: not set; chain ${chainId} is no local development chain (${DEVELOPMENT_CHAIN}), so the keys must be yours`,
    );
  }
  if (!Mnemonic.isValidMnemonic(phrase)) {
    throw new ChainError(
      "MNEMONIC: not a valid mnemonic; allowed are 12 to 24 words of the BIP-39 list",
    );
  }
  return deriveKeys(phrase, provider, { to: count });
}
