import { Mnemonic, type JsonRpcProvider } from "ethers";

import { ChainError } from "../../agents/errors.ts";
import { deriveKeys, type Keys } from "../../agents/keys.ts";
import { LOCAL_CHAIN } from "./local-chain.ts";

/** Known to everybody: Hardhat's and anvil's. Never used off their chain id. */
const DEVELOPMENT_PHRASE = "test test test test test test test test test test test junk";

/**
 * Keys from the mnemonic in the environment variable MNEMONIC; on a local development chain the well-known one. The
 * operator is account 0, agents are counted from 0 on a branch of their own.
 *
 * @param count how many agents
 * @param stored the mnemonic of a configured network, for when the environment has none
 * @throws ChainError if the chain is not a local one and MNEMONIC is missing, or it is no mnemonic
 */
export async function keysFor(
  provider: JsonRpcProvider,
  count: number,
  stored?: () => Promise<string>,
): Promise<Keys> {
  const { chainId } = await provider.getNetwork();
  const phrase =
    process.env["MNEMONIC"] ?? (chainId === LOCAL_CHAIN ? DEVELOPMENT_PHRASE : await stored?.());
  if (phrase === undefined) {
    throw new ChainError(
      `MNEMONIC: not set; chain ${chainId} is no local development chain (${LOCAL_CHAIN}), so the keys must be yours: ` +
        "put the mnemonic in the environment, or into Hardhat's keystore for a --network of hardhat.config.ts",
    );
  }
  if (!Mnemonic.isValidMnemonic(phrase)) {
    throw new ChainError(
      "MNEMONIC: not a valid mnemonic; allowed are 12 to 24 words of the BIP-39 list",
    );
  }
  return deriveKeys(phrase, provider, { to: count });
}
