import type { Replay, ReplayedRound } from "../../agents/replay.ts";
import { roundFigures } from "../../agents/round-figures.ts";
import type { TransactionKind } from "../../agents/send.ts";
import type { Market as OnChain } from "../../agents/market.ts";
import type { Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { formatFixed, numberFromFixed } from "../../mechanism/fixed-point.ts";
import { efficiency, gini, participation } from "../../mechanism/metrics.ts";
import { settledAccount } from "../../mechanism/twin-accounts.ts";
import type { TwinMarket } from "../../mechanism/twin-state.ts";
import type { AllocationRow, GasOf, RoundRecord, RunRecord, Summary } from "../record.ts";
import type { Deployment } from "./deploy-market.ts";

/** Gas of every transaction that changed the market, in the chain's order. */
export type GasLedger = { kind: TransactionKind; gas: number }[];

/** What a run is about, and who took part. */
export type RunContext = {
  market: Market;
  seed: number | null;
  agents: readonly Agent[];
  /** Addresses in the agents' order. */
  addresses: readonly string[];
  onChain: OnChain;
  deployment: Deployment;
};

/** The rounds of the market's last epoch. */
export function lastEpoch({ rounds }: Replay): ReplayedRound[] {
  const last = rounds.at(-1)?.epoch;
  return rounds.filter(({ epoch }) => epoch === last);
}

/** A closed round as numbers and exact strings; `gas` is what the ledger has of it. */
export function roundRecord(
  context: RunContext,
  round: ReplayedRound,
  gas: RoundRecord["gas"],
): RoundRecord {
  const { market, agents, addresses } = context;
  const exactDemands = addresses.map((address) => round.demands.get(address) ?? 0n);
  const demands = exactDemands.map((demand) => numberFromFixed(demand));
  return {
    ...roundFigures(round, market.capacity),
    members: round.members,
    demands,
    efficiency: efficiency(agents, demands, market),
    gini: gini(demands),
    participation: participation(demands),
    gas,
    exact: {
      price: formatFixed(round.price),
      nextPrice: formatFixed(round.nextPrice),
      demand: formatFixed(round.demand),
      movement: formatFixed(round.movement),
      demands: exactDemands.map((value) => formatFixed(value)),
    },
  };
}

/** Everything a run leaves behind, from the market's events and the gas ledger. */
export function recordRun(
  context: RunContext,
  replayed: Replay,
  ledger: GasLedger,
): { summary: Summary; run: RunRecord; allocations: AllocationRow[] } {
  const { market, seed, agents, addresses, onChain, deployment } = context;
  const decimals = onChain.tokenDecimals;
  const equilibrium = solveEquilibrium(agents, market.capacity, market);
  const optimalEfficiency = efficiency(agents, equilibrium.allocations, market);
  const rounds = lastEpoch(replayed);
  const last = rounds.at(-1)!;

  const statements = addresses.map((address) => replayed.statements.get(address));
  const exactAllocations = statements.map((statement) => statement?.allocation ?? 0n);
  const allocated = allocatedTo(replayed.market);
  const allocations = exactAllocations.map((value) => numberFromFixed(value));
  // Of this epoch: what the market holds is of all, less what was withdrawn.
  const { fees, revenue } = replayed.epochs.at(-1)!;

  const summary: Summary = {
    market: market.name,
    seed,
    n: agents.length,
    others: last.members - agents.length,
    capacity: market.capacity,
    unitFee: market.unitFee,
    executionFee: market.executionFee,
    progressiveFee: market.progressiveFee,
    policy: market.policy,
    rule: market.rule,
    samples: market.samples,
    gamma: market.bots.gamma,
    strategy: market.bots.strategy,
    reason: replayed.reason!,
    rounds: rounds.length,
    price: numberFromFixed(last.price),
    equilibriumPrice: equilibrium.price,
    demand: numberFromFixed(last.demand),
    allocated: numberFromFixed(allocated),
    utilisation: numberFromFixed(allocated) / market.capacity,
    efficiency: efficiency(agents, allocations, market),
    optimalEfficiency,
    gini: gini(allocations),
    participation: participation(allocations),
    fees: numberFromFixed(fees, decimals),
    revenue: numberFromFixed(revenue, decimals),
    gas: {
      deploy: deployment.gas.deploy,
      join: gasOf(ledger, "join").total,
      submit: gasOf(ledger, "submit"),
      close: gasOf(ledger, "close"),
      trim: gasOf(ledger, "trim"),
      settle: gasOf(ledger, "settle"),
      total: ledger.reduce(
        (sum, { gas }) => sum + gas,
        deployment.gas.deploy + deployment.gas.fund,
      ),
    },
    token: { symbol: onChain.tokenSymbol, decimals, address: deployment.token },
    contract: deployment.contract,
    chainId: deployment.chainId,
    exact: {
      capacity: formatFixed(replayed.market.posted.capacity),
      price: formatFixed(last.price),
      demand: formatFixed(last.demand),
      allocated: formatFixed(allocated),
      fees: formatFixed(fees, decimals),
      revenue: formatFixed(revenue, decimals),
    },
  };

  const gasOfRounds = gasByRound(ledger);
  return {
    summary,
    run: {
      market: market.name,
      capacity: market.capacity,
      equilibriumPrice: equilibrium.price,
      optimalEfficiency,
      agents: agents.map(({ id }) => id),
      rounds: rounds.map((round, index) =>
        roundRecord(context, round, gasOfRounds[index] ?? { submit: 0, close: 0 }),
      ),
    },
    allocations: addresses.map((address, index) => {
      const statement = statements[index];
      const money = (value: bigint | undefined): string => formatFixed(value ?? 0n, decimals);
      return {
        id: agents[index]!.id,
        address,
        demand: formatFixed(last.demands.get(address) ?? 0n),
        allocation: formatFixed(exactAllocations[index]!),
        charge: money(statement?.charge),
        payment: money(statement?.payment),
        deposited: money(statement?.deposited),
        balance: money(replayed.market.accounts.get(address)?.balance),
      };
    }),
  };
}

/** What all members of the ended epoch get, those too whose accounts are not settled yet; 18 decimals. */
function allocatedTo(market: TwinMarket): bigint {
  return [...market.accounts]
    .filter(([, { epoch }]) => epoch === market.posted.epoch)
    .reduce((sum, [address]) => sum + settledAccount(market, address).demand, 0n);
}

/** Gas by round: submissions belong to the close that follows them. */
export function gasByRound(ledger: GasLedger): RoundRecord["gas"][] {
  const rounds: RoundRecord["gas"][] = [];
  let submit = 0;
  for (const { kind, gas } of ledger) {
    if (kind === "submit") submit += gas;
    if (kind === "close") {
      rounds.push({ submit, close: gas });
      submit = 0;
    }
  }
  return rounds;
}

function gasOf(ledger: GasLedger, kind: TransactionKind): GasOf {
  const figures = ledger.filter((entry) => entry.kind === kind).map(({ gas }) => gas);
  const total = figures.reduce((sum, gas) => sum + gas, 0);
  return {
    count: figures.length,
    mean: figures.length === 0 ? 0 : Math.round(total / figures.length),
    max: figures.reduce((most, gas) => Math.max(most, gas), 0),
    total,
  };
}
