import type { JsonRpcProvider } from "ethers";

/** The chain id of Hardhat's and anvil's nodes: its keys are known to everybody, and it forgets. */
export const LOCAL_CHAIN = 31337n;

export async function isLocal(provider: JsonRpcProvider): Promise<boolean> {
  return (await provider.getNetwork()).chainId === LOCAL_CHAIN;
}
