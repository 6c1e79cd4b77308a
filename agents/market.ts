import { Contract, isCallException, isError, type ContractRunner } from "ethers";

import { STEP_RULES, type TwinRules } from "../mechanism/twin-arithmetic.ts";
import type { TwinAccount, TwinMarket } from "../mechanism/twin-state.ts";
import { MARKET_ABI, TOKEN_ABI } from "./abi.ts";
import { ChainError } from "./errors.ts";

/** The market on a chain, and its payment token. */
export type Market = {
  address: string;
  contract: Contract;
  token: Contract;
  tokenDecimals: number;
  tokenSymbol: string;
  policy: TwinMarket["policy"];
};

/** The open round as the chain has it; `open` is false between epochs. */
export type Offer = TwinMarket["posted"] & { open: boolean };

/**
 * @param address of a ClearingContract
 * @throws ChainError if there is none
 */
export async function openMarket(address: string, runner: ContractRunner): Promise<Market> {
  const contract = new Contract(address, MARKET_ABI, runner);
  if ((await runner.provider?.getCode(address)) === "0x") {
    const chainId = (await runner.provider?.getNetwork())?.chainId;
    throw new ChainError(
      `no contract at ${address} on chain ${chainId}; deploy first, or check address and network`,
    );
  }
  const [tokenAddress, policy] = (await Promise.all([
    call(contract, "token"),
    call(contract, "policy"),
  ]).catch((cause: unknown) => {
    throw isCallException(cause) || isError(cause, "BAD_DATA")
      ? new ChainError(`the contract at ${address} is no market; check address and network`, {
          cause,
        })
      : cause;
  })) as [string, bigint];
  const token = new Contract(tokenAddress, TOKEN_ABI, runner);
  const [decimals, symbol] = (await Promise.all([
    call(token, "decimals"),
    call(token, "symbol"),
  ])) as [bigint, string];
  return {
    address,
    contract,
    token,
    tokenDecimals: Number(decimals),
    tokenSymbol: symbol,
    policy: policy === 0n ? "Refunding" : "PerSubmission",
  };
}

/** Call a view and give its plain result. */
export async function call(contract: Contract, name: string, ...args: unknown[]): Promise<unknown> {
  return (await contract.getFunction(name).staticCall(...args)) as unknown;
}

/** What is posted now: prices, fees and quantities with 18 decimals. */
export async function readOffer(market: Market): Promise<Offer> {
  const posted = (await call(market.contract, "posted")) as Offer;
  return {
    price: posted.price,
    capacity: posted.capacity,
    unitFee: posted.unitFee,
    executionFee: posted.executionFee,
    progressiveFee: posted.progressiveFee,
    epoch: posted.epoch,
    round: posted.round,
    samples: posted.samples,
    open: posted.samples !== 0n,
  };
}

/** The running totals of the round, 18 decimals; the deadline in unix seconds. */
export async function readTotals(market: Market): Promise<TwinMarket["totals"]> {
  const totals = (await call(market.contract, "totals")) as TwinMarket["totals"];
  return {
    demand: totals.demand,
    movement: totals.movement,
    answered: totals.answered,
    members: totals.members,
    deadline: totals.deadline,
  };
}

/** How rounds of the current epoch are closed. */
export async function readRules(market: Market): Promise<TwinRules> {
  const rules = (await call(market.contract, "rules")) as Omit<TwinRules, "rule"> & {
    rule: bigint;
  };
  return {
    primalTolerance: rules.primalTolerance,
    movementTolerance: rules.movementTolerance,
    dualTolerance: rules.dualTolerance,
    initialStep: rules.initialStep,
    maxStep: rules.maxStep,
    stepOffset: rules.stepOffset,
    roundLength: rules.roundLength,
    maxRounds: rules.maxRounds,
    rule: STEP_RULES[Number(rules.rule)]!,
  };
}

/** An agent's account as it is stored. */
export function readAccount(market: Market, agent: string): Promise<TwinAccount> {
  return readAccountFrom(market, "account", agent);
}

/** An agent's account as it will be once its ended epoch, if there is one, is settled. */
export function readSettledAccount(market: Market, agent: string): Promise<TwinAccount> {
  return readAccountFrom(market, "settledAccount", agent);
}

async function readAccountFrom(market: Market, view: string, agent: string): Promise<TwinAccount> {
  const account = (await call(market.contract, view, agent)) as TwinAccount;
  return {
    balance: account.balance,
    demand: account.demand,
    lockedPrice: account.lockedPrice,
    epoch: account.epoch,
    answered: account.answered,
  };
}
