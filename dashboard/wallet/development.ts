import { HDNodeWallet } from "ethers";

/** Hardhat's and anvil's: everybody knows it, so its keys are worth nothing on any other chain. */
const PHRASE = "test test test test test test test test test test test junk";

const LOCAL_CHAINS = [31_337n, 1_337n];

/** The first deploys markets from here; the others are nobody's. */
export const DEVELOPMENT_KEYS = [1, 2, 3, 4, 5] as const;

/** Whether development keys may be used: a chain of Hardhat's or anvil's kind, on this machine. */
export function isLocal(chainId: bigint, rpc: string): boolean {
  const { hostname } = new URL(rpc);
  const isLoopback =
    hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
  return isLoopback && LOCAL_CHAINS.includes(chainId);
}

/**
 * A development key, made anew each time: none is kept.
 *
 * @throws RangeError unless the chain is a local one
 */
export function developmentKey(index: number, chainId: bigint, rpc: string): HDNodeWallet {
  if (!isLocal(chainId, rpc)) {
    throw new RangeError(
      `development keys: given chain ${chainId} at ${new URL(rpc).host}, allowed a chain of id 31337 or 1337 on this machine`,
    );
  }
  return HDNodeWallet.fromPhrase(PHRASE, undefined, `m/44'/60'/0'/0/${index}`);
}
