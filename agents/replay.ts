import {
  Interface,
  type JsonRpcProvider,
  type Log,
  type LogDescription,
  type Provider,
} from "ethers";

import { REASONS, STEP_RULES } from "../mechanism/twin-arithmetic.ts";
import {
  createMarket,
  openEpoch,
  type TwinLimits,
  type TwinMarket,
  type TwinParameters,
} from "../mechanism/twin-state.ts";
import {
  admit,
  closeRound,
  deposit,
  join,
  settleAccounts,
  submit,
  trim,
  withdraw,
} from "../mechanism/twin.ts";
import { MARKET_ABI } from "./abi.ts";
import { ChainError } from "./errors.ts";
import type { TransactionKind } from "./send.ts";

/** A closed round, as the events tell it. Values have 18 decimals. */
export type ReplayedRound = {
  epoch: bigint;
  round: bigint;
  price: bigint;
  nextPrice: bigint;
  demand: bigint;
  movement: bigint;
  answered: number;
  /** Standing demand by agent's address; those without one are not in it. */
  demands: Map<string, bigint>;
  /** The transaction that closed it. */
  hash: string;
};

/** What an agent has paid, received and moved, token base units; allocation with 18 decimals. */
export type Statement = {
  deposited: bigint;
  withdrawn: bigint;
  /** Of the market's last epoch; 0 without a demand in it, and until it is settled. */
  demand: bigint;
  allocation: bigint;
  /** Over all epochs. */
  payment: bigint;
  charge: bigint;
};

/** A market rebuilt from its events alone. */
export type Replay = {
  market: TwinMarket;
  rounds: ReplayedRound[];
  statements: Map<string, Statement>;
  /** Why the last ended epoch settled; null before the first has. */
  reason: Exclude<(typeof REASONS)[number], "None"> | null;
  /** Every transaction that changed the market, by its hash, in the chain's order. */
  transactions: Map<string, TransactionKind>;
};

// A transaction's last event says what it was for: an account settled on the way of a submission or a deposit comes first.
const KINDS: Record<string, TransactionKind> = {
  EpochOpened: "open",
  Joined: "join",
  Deposited: "join",
  DemandSubmitted: "submit",
  DemandSkipped: "submit",
  DemandTrimmed: "trim",
  RoundClosed: "close",
  EpochSettled: "close",
  AccountSettled: "settle",
};

const abi = new Interface(MARKET_ABI);

/** All events of a market in these blocks, both included, oldest first. */
export async function readLogs(
  provider: Pick<Provider, "getLogs">,
  address: string,
  fromBlock: number,
  toBlock: number,
): Promise<Log[]> {
  return provider.getLogs({ address, fromBlock, toBlock });
}

// Blocks: public nodes take no more in one question for events.
const LOGS_AT_ONCE = 10_000;

/** Everybody who has joined a market, from its events. */
export async function readMembers(
  provider: JsonRpcProvider,
  { address }: { address: string },
  fromBlock: number,
): Promise<string[]> {
  const topics = abi.encodeFilterTopics("Joined", []);
  const last = await provider.getBlockNumber();
  const members: string[] = [];
  for (let from = fromBlock; from <= last; from += LOGS_AT_ONCE) {
    const toBlock = Math.min(last, from + LOGS_AT_ONCE - 1);
    const logs = await provider.getLogs({ address, topics, fromBlock: from, toBlock });
    members.push(...logs.map((log) => abi.parseLog(log)?.args["agent"] as string));
  }
  return members;
}

/**
 * Rebuild a market's whole state from its events: each is the one change it stands for, made by the contract's twin.
 *
 * @param logs of one market, from its deployment on, oldest first
 * @throws ChainError if they do not begin with the deployment
 */
export function replay(logs: readonly Log[]): Replay {
  // Before it comes only the owner's: the transfer of ownership to it.
  const at = logs.findIndex((log) => abi.parseLog(log) !== null);
  const created = at < 0 ? null : abi.parseLog(logs[at]!);
  if (created?.name !== "MarketCreated") {
    throw new ChainError(
      "the market's events do not begin with MarketCreated; read them from its deployment on",
    );
  }
  const { decimals, policy, allowlisted, price, limits } = created.args as unknown as {
    decimals: bigint;
    policy: bigint;
    allowlisted: boolean;
    price: bigint;
    limits: TwinLimits;
  };
  const state: Replay = {
    market: createMarket({
      tokenDecimals: decimals,
      policy: policy === 0n ? "Refunding" : "PerSubmission",
      allowlisted,
      price,
      limits: pick(limits, LIMIT_NAMES),
    }),
    rounds: [],
    statements: new Map(),
    reason: null,
    transactions: new Map(),
  };
  advance(state, logs.slice(at + 1));
  return state;
}

/** Go on from where a replay ended, in place. */
export function advance(state: Replay, logs: readonly Log[]): void {
  for (const log of logs) {
    const event = abi.parseLog(log);
    // What is not in the interface is the owner's: transfers of ownership.
    if (event === null) continue;
    apply(state, event, log.transactionHash);
    state.transactions.set(log.transactionHash, KINDS[event.name] ?? "other");
  }
}

function apply(state: Replay, { name, args }: LogDescription, hash: string): void {
  const { market } = state;
  const agent = args["agent"] as string;
  switch (name) {
    case "Admitted":
      admit(market, [agent], args["admitted"] as boolean);
      break;
    case "Joined":
      join(market, agent);
      break;
    case "Deposited":
      deposit(market, agent, args["amount"] as bigint);
      statementOf(state, agent).deposited += args["amount"] as bigint;
      break;
    case "Withdrawn":
      withdraw(market, agent, args["amount"] as bigint);
      statementOf(state, agent).withdrawn += args["amount"] as bigint;
      break;
    case "EpochOpened": {
      const chosen = args["parameters"] as Omit<TwinParameters, "rule"> & { rule: bigint };
      const parameters = {
        ...pick(chosen, PARAMETER_NAMES),
        rule: STEP_RULES[Number(chosen.rule)]!,
      };
      openEpoch(market, parameters, (args["deadline"] as bigint) - parameters.roundLength);
      for (const statement of state.statements.values()) {
        statement.demand = 0n;
        statement.allocation = 0n;
      }
      break;
    }
    case "DemandSubmitted": {
      const samples = Array.from(
        { length: Number(market.posted.samples) },
        () => args["demand"] as bigint,
      );
      const before = market.funds.fees;
      submit(market, agent, market.posted.epoch, args["round"] as bigint, samples);
      // Under PerSubmission the charge is taken with the submission.
      statementOf(state, agent).charge += market.funds.fees - before;
      break;
    }
    case "DemandTrimmed":
      trim(market, [agent]);
      break;
    case "RoundClosed": {
      const { posted, totals, accounts, rules } = market;
      const standing = [...accounts].filter(
        ([, account]) => account.epoch === posted.epoch && account.demand !== 0n,
      );
      state.rounds.push({
        epoch: posted.epoch,
        round: posted.round,
        price: posted.price,
        nextPrice: args["nextPrice"] as bigint,
        demand: totals.demand,
        movement: totals.movement,
        answered: Number(totals.answered),
        demands: new Map(standing.map(([address, { demand }]) => [address, demand])),
        hash,
      });
      const deadline = args["deadline"] as bigint;
      // When it was closed follows from the deadline of the next round; the last has none, and needs none.
      closeRound(market, deadline === 0n ? totals.deadline : deadline - rules.roundLength);
      break;
    }
    case "EpochSettled":
      state.reason = REASONS[Number(args["reason"])] as Replay["reason"];
      break;
    case "AccountSettled": {
      const statement = statementOf(state, agent);
      // An account may be settled when the next epoch has begun already.
      if (args["epoch"] === market.posted.epoch) {
        statement.demand = market.accounts.get(agent)?.demand ?? 0n;
        statement.allocation = args["allocation"] as bigint;
      }
      statement.payment += args["payment"] as bigint;
      statement.charge += args["charge"] as bigint;
      settleAccounts(market, [agent]);
      break;
    }
    case "RevenueWithdrawn":
      market.funds.revenue = 0n;
      break;
    case "FeesWithdrawn":
      market.funds.fees = 0n;
      break;
  }
}

function statementOf({ statements }: Replay, agent: string): Statement {
  let statement = statements.get(agent);
  if (statement === undefined) {
    statement = {
      deposited: 0n,
      withdrawn: 0n,
      demand: 0n,
      allocation: 0n,
      payment: 0n,
      charge: 0n,
    };
    statements.set(agent, statement);
  }
  return statement;
}

const LIMIT_NAMES = [
  "maxUnitFee",
  "maxExecutionFee",
  "maxProgressiveFee",
  "minRoundLength",
  "maxRoundLength",
  "maxRounds",
] as const;

const PARAMETER_NAMES = [
  "capacity",
  "unitFee",
  "executionFee",
  "progressiveFee",
  "samples",
  "initialStep",
  "stepOffset",
  "maxStep",
  "primalTolerance",
  "dualTolerance",
  "movementTolerance",
  "roundLength",
  "maxRounds",
] as const;

/** ethers' results are arrays with names: take the named values out. */
function pick<Name extends string>(
  from: Record<Name, bigint>,
  names: readonly Name[],
): Record<Name, bigint> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Record<Name, bigint>;
}
