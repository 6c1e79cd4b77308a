import { id, zeroPadValue, type JsonRpcProvider } from "ethers";

import { enrol, runEpoch } from "../../agents/fleet.ts";
import type { Bot, Strategy } from "../../agents/bot.ts";
import type { Keys } from "../../agents/keys.ts";
import { countsL1AsGas } from "../../agents/l1-fee.ts";
import { openMarket, readOffer } from "../../agents/market.ts";
import { send, type Receipt, type TransactionKind } from "../../agents/send.ts";
import { readLogs } from "../../agents/events.ts";
import { advance, replay, type Replay } from "../../agents/replay.ts";
import type { Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import type { RoundRecord } from "../record.ts";
import type { Deployment } from "./deploy-market.ts";
import { depositOf, parametersOf } from "./parameters.ts";
import {
  gasByRound,
  lastEpoch,
  roundRecord,
  type GasLedger,
  type RunContext,
} from "./record-run.ts";

/** What a caller sees of a run while it goes on. */
export type RunView = {
  joining: (agents: number) => void;
  answers: (answered: number, of: number) => void;
  round: (record: RoundRecord) => void;
};

export type FleetRun = {
  provider: JsonRpcProvider;
  market: Market;
  agents: readonly Agent[];
  seed: number | null;
  keys: Keys;
  deployment: Deployment;
  view: RunView;
  /** Moves a development chain's clock; without it deadlines are waited for. */
  waitUntil?: (time: bigint) => Promise<void>;
};

/** A run that has ended: who took part, what the chain says of it, and its gas. */
export type FinishedRun = { context: RunContext; replayed: Replay; ledger: GasLedger };

/** Join, open the first epoch, answer round by round, settle; then the market's story as its events tell it. */
export async function runFleet(run: FleetRun): Promise<FinishedRun> {
  const { provider, market, agents, seed, keys, deployment, view } = run;
  const onChain = await openMarket(deployment.contract, keys.operator);
  const addresses = keys.agents.map(({ address }) => address);
  const context: RunContext = { market, seed, agents, addresses, onChain, deployment };
  const members = agents.map((agent, index) => ({
    bot: botOf(market, agent, seed ?? 0),
    wallet: keys.agents[index]!,
    deposit: depositOf(market, agent),
  }));
  let block = await provider.getBlockNumber();
  const replayed = replay(await readLogs(provider, deployment.contract, deployment.block, block));
  const follow = async (): Promise<Replay> => {
    const from = block + 1;
    block = await provider.getBlockNumber();
    if (block >= from)
      advance(replayed, await readLogs(provider, deployment.contract, from, block));
    return replayed;
  };

  // What this process has sent; what another sent before it is asked for.
  const known = new Map<string, number>();
  const onReceipt = (_kind: TransactionKind, { hash, gasUsed }: Receipt): void => {
    known.set(hash, Number(gasUsed));
  };
  const readLedger = async (approvals: string[] = []): Promise<GasLedger> => {
    const ledger: GasLedger = [];
    const joins = approvals.map((hash) => [hash, "join"] as const);
    for (const [hash, kind] of [...joins, ...replayed.transactions]) {
      const gas =
        known.get(hash) ?? Number((await provider.getTransactionReceipt(hash))?.gasUsed ?? 0n);
      known.set(hash, gas);
      ledger.push({ kind, gas });
    }
    return ledger;
  };

  const options = {
    market: onChain,
    provider,
    members,
    keeper: keys.operator,
    fromBlock: deployment.block,
    onReceipt,
    estimatesGas: await countsL1AsGas(provider),
    onAnswers: view.answers,
    onRound: async () => {
      const rounds = lastEpoch(await follow());
      const last = rounds.at(-1);
      if (last === undefined) return;
      view.round(
        roundRecord(
          context,
          last,
          gasByRound(await readLedger()).at(-1) ?? { submit: 0, close: 0 },
        ),
      );
    },
    ...(run.waitUntil === undefined ? {} : { waitUntil: run.waitUntil }),
  } satisfies Parameters<typeof runEpoch>[0];

  view.joining(members.length);
  await enrol(options);
  if ((await readOffer(onChain)).epoch === 0n) {
    const parameters = parametersOf(market, agents);
    onReceipt("open", await send(onChain.contract, keys.operator, "openEpoch", [parameters]));
  }
  await runEpoch(options);
  await follow();
  return { context, replayed, ledger: await readLedger(await readApprovals(provider, deployment)) };
}

/** Approvals of the market are the token's events, not the market's. */
async function readApprovals(
  provider: JsonRpcProvider,
  { token, contract, block }: Deployment,
): Promise<string[]> {
  const topics = [id("Approval(address,address,uint256)"), null, zeroPadValue(contract, 32)];
  const logs = await provider.getLogs({
    address: token,
    topics,
    fromBlock: block,
    toBlock: "latest",
  });
  return logs.map(({ transactionHash }) => transactionHash);
}

/** The bot that a market file asks for. */
export function botOf({ bots }: Market, agent: Agent, seed: number): Bot {
  return { agent, strategy: strategyOf(bots, seed) };
}

function strategyOf({ strategy, gamma, noise, deadband }: Market["bots"], seed: number): Strategy {
  switch (strategy) {
    case "truthful":
      return { name: "truthful", gamma };
    case "noisy":
      return { name: "noisy", gamma, noise, seed };
    case "lazy":
      return { name: "lazy", gamma, deadband };
  }
}
