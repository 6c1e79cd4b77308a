import { REASONS, STEP_RULES, type TwinFees } from "../mechanism/twin-arithmetic.ts";
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
import { ChainError } from "./errors.ts";
import { demandsOf, marketEventOf, type MarketEvent, type MarketLog } from "./market-event.ts";
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
  /** How many had joined. */
  members: number;
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

/** An epoch: its terms with 18 decimals, how it ended, and what was booked of it so far in token base units. */
export type ReplayedEpoch = TwinFees & {
  epoch: bigint;
  capacity: bigint;
  /** null until it has settled. */
  reason: Exclude<(typeof REASONS)[number], "None"> | null;
  revenue: bigint;
  fees: bigint;
  /** What each agent got, by its address, 18 decimals; those whose accounts are not settled yet are not in it. */
  allocations: Map<string, bigint>;
};

/** A market rebuilt from its events alone. */
export type Replay = {
  market: TwinMarket;
  epochs: ReplayedEpoch[];
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
  DemandsSubmitted: "submit",
  DemandSkipped: "submit",
  DemandTrimmed: "trim",
  RoundClosed: "close",
  EpochSettled: "close",
  AccountSettled: "settle",
};

/**
 * Rebuild a market's whole state from its events: each is the one change it stands for, made by the contract's twin.
 *
 * @param logs of one market, from its deployment on, oldest first
 * @throws ChainError if they do not begin with the deployment
 */
export function replay(logs: readonly MarketLog[]): Replay {
  // Before it comes only the owner's: the transfer of ownership to it.
  const at = logs.findIndex((log) => marketEventOf(log) !== null);
  const created = at < 0 ? null : marketEventOf(logs[at]!);
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
    epochs: [],
    rounds: [],
    statements: new Map(),
    reason: null,
    transactions: new Map(),
  };
  advance(state, logs.slice(at + 1));
  return state;
}

/** Go on from where a replay ended, in place. */
export function advance(state: Replay, logs: readonly MarketLog[]): void {
  for (const log of logs) {
    const event = marketEventOf(log);
    if (event === null) continue;
    apply(state, event, log.transactionHash);
    state.transactions.set(log.transactionHash, KINDS[event.name] ?? "other");
  }
}

function apply(state: Replay, { name, args }: MarketEvent, hash: string): void {
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
      const { epoch, capacity, unitFee, executionFee, progressiveFee } = market.posted;
      state.epochs.push({
        epoch,
        capacity,
        unitFee,
        executionFee,
        progressiveFee,
        reason: null,
        revenue: 0n,
        fees: 0n,
        allocations: new Map(),
      });
      for (const statement of state.statements.values()) {
        statement.demand = 0n;
        statement.allocation = 0n;
      }
      break;
    }
    case "DemandSubmitted":
    case "DemandsSubmitted":
      for (const { agent, demand } of demandsOf({ name, args })) answer(state, agent, demand);
      break;
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
        members: Number(totals.members),
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
      state.epochs.at(-1)!.reason = state.reason;
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
      const ended = state.epochs[Number(args["epoch"]) - 1]!;
      ended.revenue += args["payment"] as bigint;
      ended.fees += args["charge"] as bigint;
      ended.allocations.set(agent, args["allocation"] as bigint);
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

function answer(state: Replay, agent: string, demand: bigint): void {
  const { market } = state;
  const samples = Array.from({ length: Number(market.posted.samples) }, () => demand);
  const before = market.funds.fees;
  submit(market, agent, market.posted.epoch, market.posted.round, samples);
  // Under PerSubmission the charge is taken with the submission.
  const charge = market.funds.fees - before;
  statementOf(state, agent).charge += charge;
  state.epochs.at(-1)!.fees += charge;
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
