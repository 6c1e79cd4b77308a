import {
  isError,
  Signature,
  TypedDataEncoder,
  type BigNumberish,
  type Provider,
  type Signer,
  type TypedDataDomain,
} from "ethers";

import { call, type Market } from "./market.ts";

/** Seconds a permit is good for: long enough to sign and send. */
const GOOD_FOR = 3_600;

/** A token does not say its version; these are in use. */
const VERSIONS = ["1", "2"];

const PERMIT = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

/** The last arguments of `depositWithPermit`. */
export type Permit = [deadline: BigNumberish, v: number, r: string, s: string];

/**
 * Have the market allowed to take tokens by a signature instead of a transaction (EIP-2612).
 *
 * @param amount base units
 * @returns null if the token takes no permits, or the signer signs none
 * @throws the signer's error if its owner declines
 */
export async function signPermit(
  market: Market,
  provider: Provider,
  signer: Signer,
  amount: bigint,
): Promise<Permit | null> {
  const owner = await signer.getAddress();
  const [domain, nonce] = await Promise.all([
    domainOf(market, provider),
    call(market.token, "nonces", owner).catch(() => null) as Promise<bigint | null>,
  ]);
  const block = await provider.getBlock("latest");
  if (domain === null || nonce === null || block === null) return null;
  const deadline = block.timestamp + GOOD_FOR;
  const values = { owner, spender: market.address, value: amount, nonce, deadline };
  try {
    const { v, r, s } = Signature.from(await signer.signTypedData(domain, PERMIT, values));
    return [deadline, v, r, s];
  } catch (error) {
    // Its owner said no; anything else is a wallet that signs transactions only.
    if (isError(error, "ACTION_REJECTED")) throw error;
    return null;
  }
}

/** What a permit is signed under; null if the token has no permits, or none under a domain that can be told. */
async function domainOf({ token }: Market, provider: Provider): Promise<TypedDataDomain | null> {
  const read = (name: string): Promise<unknown> => call(token, name).catch(() => null);
  const [separator, name] = (await Promise.all([read("DOMAIN_SEPARATOR"), read("name")])) as (
    string | null
  )[];
  const { chainId } = await provider.getNetwork();
  const domains = VERSIONS.map((version): TypedDataDomain => ({
    name: name ?? "",
    version,
    chainId,
    verifyingContract: token.target as string,
  }));
  return domains.find((domain) => TypedDataEncoder.hashDomain(domain) === separator) ?? null;
}
