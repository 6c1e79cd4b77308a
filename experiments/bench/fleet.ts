import { readFileSync } from "node:fs";

import { parseMarket } from "../../markets/market-file.ts";
import { connect } from "../../agents/connect.ts";
import { deployMarket } from "../../scripts/run/deploy-market.ts";
import { ensureBuilt } from "../../scripts/run/embedded-chain.ts";
import {
  anvil,
  hardhat,
  startNode,
  type Client,
  type NodeProcess,
} from "../../scripts/run/node-process.ts";
import { runFleet } from "../../scripts/run/run-fleet.ts";
import { keysFor } from "../../scripts/run/wallets.ts";
import { paperAgents } from "../tables/population.ts";
import { judged, type Figure } from "./figure.ts";
import { inTurn, summary, timed } from "./runs.ts";

export type FleetOptions = {
  counts: readonly number[];
  /** Of rounds, that the figures are the medians of. */
  groups: number;
  /** At least so many of each count: fewer take a node less time than its clock tells. */
  demands: number;
};

/** What the demands of a round, or of several, took; seconds. */
export type Round = { demands: number; seconds: number; bot: number; node: number | null };

/** Demands accepted a second by each client there is, and the bots' own share of the processor time. */
export async function fleetFigures({ counts, ...lengths }: FleetOptions): Promise<Figure[]> {
  await ensureBuilt();
  const figures: Figure[] = [];
  for (const client of anvil === undefined ? [hardhat] : [hardhat, anvil]) {
    for (const count of counts) {
      figures.push(...(await measure(client, count, lengths)));
    }
  }
  return figures;
}

async function measure(
  client: Client,
  count: number,
  { groups, demands }: Omit<FleetOptions, "counts">,
): Promise<Figure[]> {
  const maxRounds = Math.max(groups, Math.ceil(demands / count));
  const node = await startNode(client);
  const provider = await connect(node.url);
  try {
    const agents = paperAgents(count, { seed: 1, replication: 0 });
    const market = parseMarket(
      {
        ...{ capacity: count, unitFee: 0.5, executionFee: 1, rule: "Constant", maxRounds },
        ...{ primalTolerance: 1e-6, agents: { source: "paper", n: count, seed: 1 } },
      },
      { file: "fleet" },
    );
    const keys = await keysFor(provider, count);
    const deployment = await deployMarket(node.url, provider, market, agents, keys);
    const watch = watchRounds(node);
    const view = { ...watch, joining: (): void => undefined };
    await runFleet({ provider, market, agents, seed: 1, keys, deployment, view });

    const sign = timed(() =>
      keys.agents[0]!.signingKey.sign(keys.agents[0]!.signingKey.publicKey.slice(0, 66)),
    );
    const signing = (await inTurn(5, [sign])).median(0);
    const rounds = grouped(watch.rounds, groups);
    const perSecond = summary(rounds.map(({ demands, seconds }) => demands / seconds));
    const perDemand = summary(rounds.map(({ bot, demands }) => (1000 * bot) / demands));
    const shares = rounds.flatMap(({ bot, node: other }) =>
      other === null || bot + other === 0 ? [] : [bot / (bot + other)],
    );
    const share = shares.length === 0 ? null : summary(shares);
    const name = `fleet, ${client.name}, ${count} agents`;
    const plain = { peer: null, target: null, met: null };
    return [
      {
        ...{ name: `${name}, demands accepted`, measured: perSecond.median, unit: "1/s" },
        ...{ ...plain, floor: null, ratio: null, noise: perSecond.noise },
      },
      {
        ...{ name: `${name}, bots' time a demand`, measured: perDemand.median, unit: "ms" },
        ...{ ...plain, floor: 1000 * signing, floorIs: "one signature (secp256k1)" },
        ...{ ratio: perDemand.median / (1000 * signing), ratioIs: "measured / floor" },
        noise: perDemand.noise,
      },
      ...(share === null
        ? []
        : [
            {
              ...{ name: `${name}, bots' share`, measured: 100 * share.median, unit: "%" },
              ...{ ...plain, floor: null, ratio: null, noise: share.noise },
              ...judged({ atMost: 20 }, 100 * share.median),
            },
          ]),
    ];
  } finally {
    provider.destroy();
    await node.stop();
  }
}

/** Rounds that follow each other added up, into so many groups at most: the node's time comes in hundredths of a second. */
export function grouped(rounds: readonly Round[], groups: number): Round[] {
  const size = Math.max(1, Math.ceil(rounds.length / groups));
  return Array.from({ length: Math.ceil(rounds.length / size) }, (_, group) =>
    rounds.slice(group * size, (group + 1) * size).reduce((sum, one) => ({
      demands: sum.demands + one.demands,
      seconds: sum.seconds + one.seconds,
      bot: sum.bot + one.bot,
      node: sum.node === null || one.node === null ? null : sum.node + one.node,
    })),
  );
}

/** Each round but the first, from when the one before was closed to the last demand's receipt. */
function watchRounds(node: NodeProcess): {
  rounds: Round[];
  round: () => void;
  answers: (answered: number, of: number) => void;
} {
  const rounds: Round[] = [];
  const now = () => ({
    seconds: performance.now() / 1000,
    bot: process.cpuUsage(),
    node: processorTime(node.pid),
  });
  let start: ReturnType<typeof now> | undefined;
  return {
    rounds,
    round: () => {
      start = now();
    },
    answers: (answered, of) => {
      if (answered !== of || start === undefined) return;
      const end = now();
      const { user, system } = process.cpuUsage(start.bot);
      rounds.push({
        demands: of,
        seconds: end.seconds - start.seconds,
        bot: (user + system) / 1e6,
        node: end.node === null || start.node === null ? null : end.node - start.node,
      });
    },
  };
}

/** What a process has taken, seconds: hundredths of them on every Linux; null where the system does not tell. */
function processorTime(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Its 14th and 15th fields, utime and stime; the second, in brackets, may have spaces.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return null;
  }
}
