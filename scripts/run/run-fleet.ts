import type { JsonRpcProvider } from "ethers";

import { enrol, runEpoch } from "../../agents/fleet.ts";
import type { Bot, Strategy } from "../../agents/bot.ts";
import { openMarket, readOffer } from "../../agents/market.ts";
import { send } from "../../agents/send.ts";
import { advance, readLogs, replay, type Replay } from "../../agents/replay.ts";
import type { Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import type { RoundRecord } from "../record.ts";
import type { Deployment } from "./deploy-market.ts";
import { depositOf, parametersOf } from "./parameters.ts";
import { gasByRound, lastEpoch, note, roundRecord, type GasLedger, type RunContext } from "./record-run.ts";
import type { Keys } from "./wallets.ts";

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
  ledger: GasLedger;
  view: RunView;
  /** Moves a development chain's clock; without it deadlines are waited for. */
  waitUntil?: (time: bigint) => Promise<void>;
};

/** Join, open the first epoch, answer round by round, settle; then the market's story as its events tell it. */
export async function runFleet(run: FleetRun): Promise<{ context: RunContext; replayed: Replay }> {
  const { provider, market, agents, seed, keys, deployment, ledger, view } = run;
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
    if (block >= from) advance(replayed, await readLogs(provider, deployment.contract, from, block));
    return replayed;
  };

  const options = {
    market: onChain,
    provider,
    members,
    keeper: keys.operator,
    onReceipt: (kind, receipt) => {
      note(ledger, kind, receipt);
    },
    onAnswers: view.answers,
    onRound: async () => {
      const rounds = lastEpoch(await follow());
      const last = rounds.at(-1);
      if (last === undefined) return;
      view.round(roundRecord(context, last, gasByRound(ledger).at(-1) ?? { submit: 0, close: 0 }));
    },
    ...(run.waitUntil === undefined ? {} : { waitUntil: run.waitUntil }),
  } satisfies Parameters<typeof runEpoch>[0];

  view.joining(members.length);
  await enrol(options);
  if ((await readOffer(onChain)).epoch === 0n) {
    const parameters = parametersOf(market, agents);
    note(ledger, "open", await send(onChain.contract, keys.operator, "openEpoch", [parameters]));
  }
  await runEpoch(options);
  return { context, replayed: await follow() };
}

function botOf({ bots }: Market, agent: Agent, seed: number): Bot {
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
