import { concat, dataLength, Signature, toBeHex, TypedDataEncoder, type Signer } from "ethers";

// What an agent signs for a relay to hand in, and how a batch of it is written: see `submitSigned`
// in IClearingContract.sol.

/** A demand as its agent signs it: EIP-712's `Demand`. */
export type Demand = {
  agent: string;
  epoch: bigint;
  round: bigint;
  /** 18 decimals; of M samples the mean, rounded down. */
  demand: bigint;
};

/** A demand and what its agent signed it with, hex. */
export type SignedDemand = Demand & { signature: string };

/** Which market, on which chain. */
export type MarketId = { chainId: bigint; address: string };

/** EIP-712's domain of a market. */
export function domainOf({ chainId, address }: MarketId) {
  return { name: "ClearingContract", version: "1", chainId, verifyingContract: address };
}

export const DEMAND_TYPES = {
  Demand: [
    { name: "agent", type: "address" },
    { name: "epoch", type: "uint256" },
    { name: "round", type: "uint256" },
    { name: "demand", type: "uint256" },
  ],
};

/**
 * Sign a demand: with its agent's own key, in 64 bytes (ERC-2098), or for an agent that is a contract with its owner's, in
 * the 65 that contracts know.
 */
export async function signDemand(
  signer: Signer,
  market: MarketId,
  demand: Demand,
): Promise<SignedDemand> {
  const given = await signer.signTypedData(domainOf(market), DEMAND_TYPES, demand);
  const isOwn = (await signer.getAddress()) === demand.agent;
  return { ...demand, signature: isOwn ? Signature.from(given).compactSerialized : given };
}

/** What is signed, hashed: what a contract is asked about. */
export function digestOf(market: MarketId, { agent, epoch, round, demand }: Demand): string {
  return TypedDataEncoder.hash(domainOf(market), DEMAND_TYPES, { agent, epoch, round, demand });
}

/** The entries of a batch, one after another: agent 20 bytes, demand 11, length 2, signature. */
export function encodeBatch(
  demands: readonly Pick<SignedDemand, "agent" | "demand" | "signature">[],
): string {
  return concat(
    demands.flatMap(({ agent, demand, signature }) => [
      agent,
      toBeHex(demand, 11),
      toBeHex(dataLength(signature), 2),
      signature,
    ]),
  );
}
