import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";

import hre from "hardhat";
import type { HDNodeWallet, JsonRpcProvider } from "ethers";

import MarketModule from "../../ignition/modules/Market.ts";
import { ChainError } from "../../agents/errors.ts";
import type { Market } from "../../markets/market-file.ts";
import { fixedFromNumber } from "../../mechanism/fixed-point.ts";
import { isLocal } from "./local-chain.ts";
import { mendJournal } from "./mend-journal.ts";
import { LIMITS } from "./parameters.ts";

/** A market and its token, deployed. */
export type Ignited = {
  contract: string;
  token: string;
  /** The chain's height before. */
  block: number;
  /** Of the deployment's transactions. */
  gas: number;
};

const POLICIES = { Refunding: 0, PerSubmission: 1 } as const;

/**
 * Deploy token and market through the Ignition module. On a local chain each call deploys anew; elsewhere Ignition's
 * journal tells what has been sent already, and the deployment goes on from there.
 *
 * @throws ChainError if Ignition refuses: the market has changed since, or the operator cannot pay
 */
export async function ignite(
  url: string,
  provider: JsonRpcProvider,
  market: Market,
  operator: HDNodeWallet,
): Promise<Ignited> {
  const local = await isLocal(provider);
  const { chainId } = await provider.getNetwork();
  const deploymentId = local
    ? `local-${process.pid}-${Date.now()}`
    : `chain-${chainId}-${market.name.replaceAll(/[^A-Za-z0-9_-]/g, "-")}`;
  const folder = path.join(hre.config.paths.ignition, "deployments", deploymentId);
  const journal = path.join(folder, "journal.jsonl");
  await mendJournal(journal, provider, operator.address);
  const connection = await hre.network.create({
    network: "localhost",
    override: { url, accounts: [operator.privateKey] },
  });
  try {
    const { token, market: contract } = await connection.ignition.deploy(MarketModule, {
      deploymentId,
      defaultSender: operator.address,
      config: { requiredConfirmations: 1, blockPollingInterval: local ? 20 : 1_000 },
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
    return {
      contract: await contract.getAddress(),
      token: await token.getAddress(),
      ...(await journalled(provider, journal)),
    };
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== "HardhatError") throw cause;
    const reason = cause.message.replaceAll(/\s+/g, " ");
    throw new ChainError(
      existsSync(folder) && !local
        ? `the deployment ${deploymentId} does not go on: ${reason}. Run the command again; if it is the market that ` +
            `has changed, give it another --name, or remove ${folder}`
        : `the market was not deployed: ${reason}`,
      { cause },
    );
  } finally {
    await connection.close();
    // A local chain forgets; so must the journal, or the next deployment would look for this one.
    if (local) await rm(folder, { recursive: true, force: true });
  }
}

/** From Ignition's journal, which knows the transactions of earlier runs too. */
async function journalled(
  provider: JsonRpcProvider,
  journal: string,
): Promise<Pick<Ignited, "block" | "gas">> {
  const lines = (await readFile(journal, "utf8")).trim().split("\n");
  const entries = lines.map((line) => JSON.parse(line) as { type: string; hash?: string });
  const hashes = entries.flatMap(({ type, hash }) =>
    type === "TRANSACTION_CONFIRM" && hash !== undefined ? [hash] : [],
  );
  const receipts = await Promise.all(hashes.map((hash) => provider.getTransactionReceipt(hash)));
  return {
    block: Math.min(...receipts.map((receipt) => receipt?.blockNumber ?? Infinity)) - 1,
    gas: receipts.reduce((sum, receipt) => sum + Number(receipt?.gasUsed ?? 0n), 0),
  };
}
