import type { JsonRpcProvider } from "ethers";

import { ChainError } from "../../agents/errors.ts";
import { blockBefore } from "../../agents/events.ts";
import type { Keys } from "../../agents/keys.ts";
import { openMarket } from "../../agents/market.ts";
import type { Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { fundAgents } from "./fund-agents.ts";
import { ignite } from "./ignite.ts";
import { depositOf } from "./parameters.ts";

/** Where a market was deployed, and the gas it took to deploy it and to fund its agents. */
export type Deployment = {
  chainId: number;
  contract: string;
  token: string;
  /** The chain's height before. */
  block: number;
  gas: { deploy: number; fund: number };
};

/**
 * Deploy token and market and give every agent gas money and its deposit. The epoch is opened when the agents have
 * joined (see runFleet): in an open epoch an early member could clear the market with itself. What is there already,
 * from an earlier run that was interrupted, is kept.
 *
 * @throws ChainError if the operator's account has no ether
 */
export async function deployMarket(
  url: string,
  provider: JsonRpcProvider,
  market: Market,
  agents: readonly Agent[],
  keys: Keys,
): Promise<Deployment> {
  const deposits = agents.map((agent) => depositOf(market, agent));
  const { chainId } = await provider.getNetwork();
  const { address } = keys.operator;
  if ((await provider.getBalance(address)) === 0n) {
    throw new ChainError(
      `the operator ${address} has no ether on chain ${chainId}; it pays for the deployment and gives agents gas money`,
    );
  }
  const { contract, token, block, gas } = await ignite(url, provider, market, keys.operator);
  const onChain = await openMarket(contract, keys.operator);
  const fund = await fundAgents(provider, onChain, deposits, keys);
  return { chainId: Number(chainId), contract, token, block, gas: { deploy: gas, fund } };
}

/**
 * Take a market that is deployed already, and give every agent what it lacks of gas money and of its deposit. Token and
 * policy are the chain's, whatever the market file says.
 *
 * @throws ChainError if there is no market at the address, or the operator cannot give what the agents lack
 */
export async function adoptMarket(
  provider: JsonRpcProvider,
  address: string,
  market: Market,
  agents: readonly Agent[],
  keys: Keys,
): Promise<{ deployment: Deployment; market: Market }> {
  const onChain = await openMarket(address, keys.operator);
  const { tokenSymbol: symbol, tokenDecimals: decimals, policy } = onChain;
  const adopted = { ...market, policy, token: { symbol, decimals } };
  const deposits = agents.map((agent) => depositOf(adopted, agent));
  const { chainId } = await provider.getNetwork();
  const block = await blockBefore(provider, address);
  const fund = await fundAgents(provider, onChain, deposits, keys);
  const token = onChain.token.target as string;
  return {
    deployment: {
      chainId: Number(chainId),
      contract: address,
      token,
      block,
      gas: { deploy: 0, fund },
    },
    market: adopted,
  };
}
