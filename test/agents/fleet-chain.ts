import {
  ContractFactory,
  parseEther,
  type HDNodeWallet,
  type InterfaceAbi,
  type JsonRpcProvider,
} from "ethers";
import hre from "hardhat";

import type { Bot } from "../../agents/bot.ts";
import { connect } from "../../agents/connect.ts";
import type { FleetOptions, Member } from "../../agents/fleet.ts";
import type { Keys } from "../../agents/keys.ts";
import { openMarket, readAccount, type Market as OnChain } from "../../agents/market.ts";
import { readLogs } from "../../agents/events.ts";
import { replay, type Replay } from "../../agents/replay.ts";
import { send } from "../../agents/send.ts";
import { parseMarket, type Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { fixedFromNumber } from "../../mechanism/fixed-point.ts";
import { startEmbeddedChain } from "../../scripts/run/embedded-chain.ts";
import { depositOf, LIMITS, parametersOf } from "../../scripts/run/parameters.ts";
import { keysFor } from "../../scripts/run/wallets.ts";
import "./plain-close-to.ts";

/** An embedded chain with keys that have ether. */
export type FleetChain = {
  url: string;
  provider: JsonRpcProvider;
  keys: Keys;
  /** A key that is nobody's in the market: another keeper. */
  stranger: HDNodeWallet;
  /** Moves the chain's clock, so that no test waits for a deadline. */
  waitUntil: (time: bigint) => Promise<void>;
  close: () => Promise<void>;
};

/** A market on it, its epoch open, and the fleet that is to clear it. */
export type Deployed = {
  market: OnChain;
  block: number;
  members: Member[];
  options: FleetOptions;
};

/** @param count how many agents have keys */
export async function startFleetChain(count: number): Promise<FleetChain> {
  const { url, close } = await startEmbeddedChain();
  const provider = await connect(url);
  const keys = await keysFor(provider, count + 1);
  const stranger = keys.agents.pop()!;
  for (const { address } of [keys.operator, stranger, ...keys.agents]) {
    await giveEther(provider, address, "100");
  }
  return {
    url,
    provider,
    keys,
    stranger,
    waitUntil: async (time) => {
      const latest = await provider.getBlock("latest");
      if (BigInt(latest!.timestamp) >= time) return;
      await provider.send("evm_setNextBlockTimestamp", [Number(time)]);
      await provider.send("evm_mine", []);
    },
    close: async () => {
      provider.destroy();
      await close();
    },
  };
}

/** Set an account's ether. */
export async function giveEther(
  provider: JsonRpcProvider,
  address: string,
  ether: string,
): Promise<void> {
  await provider.send("hardhat_setBalance", [address, `0x${parseEther(ether).toString(16)}`]);
}

/** A market file's market, from the fields that matter to a test. */
export function marketWith(fields: Record<string, unknown>): Market {
  return parseMarket(
    { capacity: 50, unitFee: 0.5, executionFee: 0, agents: { source: "paper" }, ...fields },
    { file: "test.json" },
  );
}

/**
 * Token and market deployed, agents given their deposits, the first epoch open unless it is not to be; no agent has
 * joined.
 *
 * @param strategies one for all agents, or one for each
 */
export async function deploy(
  chain: FleetChain,
  market: Market,
  agents: readonly Agent[],
  strategies: Bot["strategy"] | readonly Bot["strategy"][] = { name: "truthful", gamma: 0 },
  { open = true } = {},
): Promise<Deployed> {
  const { provider, keys } = chain;
  const { operator } = keys;
  const create = async (name: string, args: unknown[]): Promise<string> => {
    const { abi, bytecode } = await hre.artifacts.readArtifact(name);
    const contract = await new ContractFactory(abi as InterfaceAbi, bytecode, operator).deploy(
      ...args,
    );
    await contract.waitForDeployment();
    return contract.target as string;
  };
  const { decimals } = market.token;
  const token = await create("TestToken", ["Pay", "PAY", decimals]);
  const block = await provider.getBlockNumber();
  const address = await create("ClearingContract", [
    token,
    operator.address,
    operator.address,
    operator.address,
    market.policy === "Refunding" ? 0 : 1,
    false,
    fixedFromNumber(market.initialPrice),
    LIMITS,
  ]);
  const onChain = await openMarket(address, operator);
  const members = agents.map((agent, index): Member => {
    const strategy = isOne(strategies) ? strategies : strategies[index]!;
    const deposit = depositOf(market, agent);
    return { bot: { agent, strategy }, wallet: keys.agents[index]!, deposit };
  });
  for (const { wallet, deposit } of members) {
    await send(onChain.token, operator, "mint", [wallet.address, deposit], 100_000n);
  }
  if (open) await send(onChain.contract, operator, "openEpoch", [parametersOf(market, agents)]);
  const options: FleetOptions = {
    market: onChain,
    provider,
    members,
    keeper: operator,
    onReceipt: () => undefined,
    waitUntil: chain.waitUntil,
  };
  return { market: onChain, block, members, options };
}

/** The market as its events tell it now. */
export async function replayOf(chain: FleetChain, { market, block }: Deployed): Promise<Replay> {
  const last = await chain.provider.getBlockNumber();
  return replay(await readLogs(chain.provider, market.address, block, last));
}

/** What each member was allocated, from the chain: its account's demand after settlement. */
export async function allocationsOf({ market, members }: Deployed): Promise<bigint[]> {
  const accounts = await Promise.all(
    members.map(({ wallet }) => readAccount(market, wallet.address)),
  );
  return accounts.map(({ demand }) => demand);
}

function isOne(
  strategies: Bot["strategy"] | readonly Bot["strategy"][],
): strategies is Bot["strategy"] {
  return !Array.isArray(strategies);
}
