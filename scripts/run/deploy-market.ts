import { rm } from "node:fs/promises";
import path from "node:path";

import hre from "hardhat";
import { formatEther, parseEther, type HDNodeWallet, type JsonRpcProvider } from "ethers";

import MarketModule from "../../ignition/modules/Market.ts";
import { ChainError } from "../../agents/errors.ts";
import type { Keys } from "../../agents/keys.ts";
import { openMarket, type Market as OnChain } from "../../agents/market.ts";
import { forEachAtMost } from "../../agents/send.ts";
import type { Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { fixedFromNumber } from "../../mechanism/fixed-point.ts";
import { depositOf, LIMITS } from "./parameters.ts";

/** Where a market was deployed, and the gas it took to deploy it and to fund its agents. */
export type Deployment = {
  chainId: number;
  contract: string;
  token: string;
  /** The chain's height before. */
  block: number;
  gas: { deploy: number; fund: number };
};

const POLICIES = { Refunding: 0, PerSubmission: 1 } as const;
const LOCAL_CHAIN = 31337;
const AGENT_ETHER = parseEther("0.2");

/**
 * Deploy token and market through the Ignition module and give every agent gas money and its deposit. The epoch is opened
 * when the agents have joined (see runFleet): in an open epoch an early member could clear the market with itself. On a
 * local chain each call deploys anew; elsewhere Ignition resumes what it began.
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
  const { operator } = keys;
  const deposits = agents.map((agent) => depositOf(market, agent));
  const chainId = Number((await provider.getNetwork()).chainId);
  const needed = AGENT_ETHER * BigInt(agents.length);
  const held = await provider.getBalance(operator.address);
  if (held <= needed) {
    throw new ChainError(
      `the operator ${operator.address} has ${formatEther(held)} ETH on chain ${chainId}; ` +
        `${formatEther(needed)} and gas are needed to fund ${agents.length} agents`,
    );
  }

  const block = await provider.getBlockNumber();
  const deployed = await ignite(url, chainId, market, operator);
  const deploy = await deploymentGas(provider, operator, block);
  const onChain = await openMarket(deployed.contract, operator);
  const funded = await fund(provider, onChain, deposits, keys);
  return { chainId, ...deployed, block, gas: { deploy, fund: funded } };
}

async function ignite(
  url: string,
  chainId: number,
  market: Market,
  operator: HDNodeWallet,
): Promise<{ contract: string; token: string }> {
  const isLocal = chainId === LOCAL_CHAIN;
  const deploymentId = isLocal
    ? `local-${process.pid}-${Date.now()}`
    : `${market.name}-chain-${chainId}`;
  const connection = await hre.network.create({
    network: "localhost",
    override: { url, accounts: [operator.privateKey] },
  });
  try {
    const { token, market: contract } = await connection.ignition.deploy(MarketModule, {
      deploymentId,
      defaultSender: operator.address,
      config: { requiredConfirmations: 1, blockPollingInterval: isLocal ? 20 : 1_000 },
      parameters: {
        Market: {
          symbol: market.token.symbol,
          decimals: market.token.decimals,
          provider: operator.address,
          treasury: operator.address,
          policy: POLICIES[market.policy],
          allowlisted: false,
          price: fixedFromNumber(market.initialPrice),
          limits: LIMITS,
        },
      },
    });
    return { contract: await contract.getAddress(), token: await token.getAddress() };
  } finally {
    await connection.close();
    // A local chain forgets; so must the journal, or the next deployment would look for this one.
    if (isLocal)
      await rm(path.join(hre.config.paths.ignition, "deployments", deploymentId), {
        recursive: true,
        force: true,
      });
  }
}

/** Ignition keeps no receipts for us: take the contracts that the operator has created since. */
async function deploymentGas(
  provider: JsonRpcProvider,
  operator: HDNodeWallet,
  from: number,
): Promise<number> {
  let gas = 0n;
  const last = await provider.getBlockNumber();
  for (let number = from + 1; number <= last; number++) {
    const block = await provider.getBlock(number);
    for (const hash of block?.transactions ?? []) {
      const receipt = await provider.getTransactionReceipt(hash);
      if (receipt?.from === operator.address && receipt.contractAddress !== null)
        gas += receipt.gasUsed;
    }
  }
  return Number(gas);
}

/** One operator account, one nonce after the other, but many on their way at once. */
async function fund(
  provider: JsonRpcProvider,
  { token }: OnChain,
  deposits: readonly bigint[],
  { operator, agents: wallets }: Keys,
): Promise<number> {
  let nonce = await provider.getTransactionCount(operator.address);
  const transactions = wallets.flatMap((wallet, index) => [
    { to: wallet.address, value: AGENT_ETHER, nonce: nonce++, gasLimit: 21_000n },
    {
      to: token.target as string,
      data: token.interface.encodeFunctionData("mint", [wallet.address, deposits[index]]),
      nonce: nonce++,
      gasLimit: 100_000n,
    },
  ]);
  const hashes: string[] = [];
  for (const transaction of transactions)
    hashes.push((await operator.sendTransaction(transaction)).hash);
  let gas = 0n;
  await forEachAtMost(hashes, 16, async (hash) => {
    gas += (await provider.waitForTransaction(hash))?.gasUsed ?? 0n;
  });
  return Number(gas);
}
