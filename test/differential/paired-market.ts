import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { Interface } from "ethers";
import { network } from "hardhat";

import type {
  TwinAccount,
  TwinLimits,
  TwinMarket,
  TwinPolicy,
} from "../../mechanism/twin-state.ts";
import { createMarket } from "../../mechanism/twin-state.ts";
import { accountOf } from "../../mechanism/twin-accounts.ts";
import "../agents/plain-close-to.ts";
import {
  chainState,
  differences,
  marketInterface,
  twinState,
  type Request,
} from "./market-state.ts";

/** A chain inside this process, mining each transaction as it comes. */
export type LocalChain = {
  request: Request;
  connection: Awaited<ReturnType<typeof network.create>>;
  owner: HardhatEthersSigner;
  agents: HardhatEthersSigner[];
};

/** What a market is deployed with. */
export type PairedDeployment = {
  decimals: number;
  policy: TwinPolicy;
  allowlisted: boolean;
  price: bigint;
};

/** The contract and its twin, given the same orders. */
export type PairedMarket = {
  chain: LocalChain;
  address: string;
  token: string;
  /** The block of the deployment. */
  block: number;
  twin: TwinMarket;
  addresses: string[];
  /** How often each refusal was met, by the error's name. */
  refusals: Map<string, number>;
  /** Orders that both took. */
  taken: number;
  /** Signed demands that counted. */
  signed: number;
  /** Stale demands that trimming cut. */
  cuts: number;
  /** Allocations that a stale demand's lock kept below its share. */
  heldByLock: number;
  /** Closed rounds that the float dynamics gave alike. */
  roundsInFloats: number;
  /** Closed rounds with demands that floats cannot tell apart; they are left out, with the rest of their epoch. */
  roundsBeyondFloats: number;
  /** Settled demands that the float dynamics gave alike. */
  demandsInFloats: number;
};

export const LIMITS: TwinLimits = {
  maxUnitFee: 2n ** 80n - 1n,
  maxExecutionFee: 2n ** 80n - 1n,
  maxProgressiveFee: 2n ** 80n - 1n,
  minRoundLength: 1n,
  maxRoundLength: 10_000n,
  maxRounds: 1_000n,
};

const GAS = "0xf4240";
const balanceOf = new Interface(["function balanceOf(address) view returns (uint256)"]);

/** @param count how many agents */
export async function startLocalChain(count: number): Promise<LocalChain> {
  const connection = await network.create();
  const [owner, ...others] = await connection.ethers.getSigners();
  return {
    request: (method, params) => connection.provider.request({ method, params }),
    connection,
    owner: owner!,
    agents: others.slice(0, count),
  };
}

/** Deploy both. Every agent holds 2¹⁰⁰ base units and has approved them. */
export async function deployPair(
  chain: LocalChain,
  deployment: PairedDeployment,
): Promise<PairedMarket> {
  const { owner, connection } = chain;
  const { ethers } = connection;
  const { decimals, policy, allowlisted, price } = deployment;
  const token = await ethers.deployContract("TestToken", ["Pay", "PAY", decimals]);
  const { address } = owner;
  const contract = await ethers.deployContract("ClearingContract", [
    token.target,
    address,
    address,
    address,
    policy === "Refunding" ? 0 : 1,
    allowlisted,
    price,
    LIMITS,
  ]);
  const block = await ethers.provider.getBlockNumber();
  const market = contract.target as string;
  for (const agent of chain.agents) {
    const mint = token.interface.encodeFunctionData("mint", [agent.address, 2n ** 100n]);
    const approve = token.interface.encodeFunctionData("approve", [market, 2n ** 200n]);
    for (const data of [mint, approve]) {
      const call = { from: agent.address, to: token.target, data, gas: GAS };
      await chain.request("eth_sendTransaction", [call]);
    }
  }
  const tokenDecimals = BigInt(decimals);
  return {
    chain,
    address: market,
    token: token.target as string,
    block,
    twin: createMarket({ tokenDecimals, policy, allowlisted, price, limits: LIMITS }),
    addresses: chain.agents.map((agent) => agent.address),
    refusals: new Map(),
    taken: 0,
    signed: 0,
    cuts: 0,
    heldByLock: 0,
    roundsInFloats: 0,
    roundsBeyondFloats: 0,
    demandsInFloats: 0,
  };
}

/** Who gave which order. */
export type Order = { from: string; method: string };

/**
 * Give an order to both. They must take it or refuse it alike, with the same error and the same
 * values in it.
 *
 * @param mirror the twin's part, told the time of the block that the order came into
 * @returns whether both took it
 * @throws Error if they do not agree
 */
export async function order(
  pair: PairedMarket,
  from: string,
  method: string,
  args: readonly unknown[],
  mirror: (twin: TwinMarket, now: bigint) => void,
): Promise<boolean> {
  const { request } = pair.chain;
  const data = marketInterface.encodeFunctionData(method, args);
  let refused: string | undefined;
  try {
    await request("eth_sendTransaction", [{ from, to: pair.address, data, gas: GAS }]);
  } catch (error) {
    refused = refusalOf(error);
  }
  // A refused transaction is mined like any other, so this is the block it came into.
  const block = await request("eth_getBlockByNumber", ["latest", false]);
  const now = BigInt((block as { timestamp: string }).timestamp);
  let twinRefused: string | undefined;
  try {
    mirror(pair.twin, now);
  } catch (error) {
    twinRefused = (error as Error).message;
  }
  if (refused !== twinRefused) {
    const [chainSays, twinSays] = [refused ?? "takes it", twinRefused ?? "takes it"];
    throw new Error(`${method} from ${from}: chain ${chainSays}, twin ${twinSays}`);
  }
  if (refused === undefined) {
    pair.taken++;
    return true;
  }
  countRefusal(pair, refused);
  return false;
}

/** @param refusal as the twin words it */
export function countRefusal({ refusals }: PairedMarket, refusal: string): void {
  const name = refusal.replace(/\(.*/, "");
  refusals.set(name, (refusals.get(name) ?? 0) + 1);
}

/** Orders that change one account and the running totals, nothing else. */
const OF_ONE_AGENT = new Set(["submit", "submitSamples", "join", "deposit", "withdraw"]);

/**
 * Compare what the contract's views tell with the twin: after one agent's order what it can
 * change, after every other order, so at least once a round, everything.
 *
 * @throws Error naming every difference
 */
export async function compare(pair: PairedMarket, last: Order): Promise<void> {
  const { chain, address, twin } = pair;
  const isBrief = OF_ONE_AGENT.has(last.method);
  const [agents, scope] = isBrief
    ? [[last.from], "brief" as const]
    : [pair.addresses, "all" as const];
  const found = differences(
    await chainState(chain.request, address, agents, scope),
    twinState(twin, agents, scope),
  );
  if (found.length > 0) throw new Error(found.join("\n"));
}

/** What the market holds of its token, base units. */
export async function tokensHeld({ chain, token, address }: PairedMarket): Promise<bigint> {
  const data = balanceOf.encodeFunctionData("balanceOf", [address]);
  return BigInt(String(await chain.request("eth_call", [{ to: token, data }, "latest"])));
}

/** The twin's account of an agent. */
export function twinAccount(pair: PairedMarket, agent: string): TwinAccount {
  return accountOf(pair.twin, agent);
}

/** The contract's refusal as the twin words it: the error's name and its values. */
function refusalOf(error: unknown): string {
  const { data } = error as { data?: unknown };
  return typeof data === "string" ? refusalIn(data) : `an unknown error: ${String(error)}`;
}

/** An encoded error as the twin words it. */
export function refusalIn(data: string): string {
  const parsed = marketInterface.parseError(data);
  if (parsed === null) return `an unknown error: ${data}`;
  return `${parsed.name}(${parsed.args.map(String).join(", ")})`;
}
