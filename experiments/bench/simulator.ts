import type { Draw, Experiment } from "../experiment.ts";
import { createPool, type Pool } from "../harness/pool.ts";
import { sample } from "../harness/sample.ts";
import { columnOf } from "../harness/samples.ts";
import { streamSeed } from "../harness/seeds.ts";
import { createColumns, type LogColumns } from "../../mechanism/kernel/columns.ts";
import { runManyRounds } from "../../mechanism/many-rounds.ts";
import { createRandom } from "../../mechanism/random.ts";
import { judged, type Figure, type Target } from "./figure.ts";
import { openPeer, type Peer } from "./peer.ts";
import { inTurn, type Contestant } from "./runs.ts";

export type RoundsParameters = {
  agents: number;
  rounds: number;
  gamma: number;
  executionFee: number;
};

const UNIT_FEE = 0.5;

/** Columns of this thread, filled anew by each replication: memory does not grow with R. */
let columns: LogColumns | undefined;

/** One market of the paper's population, m = n, Constant steps of 1/L₀, to its last round. */
export const rounds: Experiment<RoundsParameters> = {
  name: "rounds",
  module: import.meta.url,
  title: "Rounds",
  replications: { full: 1000, quick: 20 },
  engines: ["float"],
  weight: 1,
  prepare: () => ({ agents: 100, rounds: 200, gamma: 0, executionFee: 0 }),
  replicate,
  conclude: () => {
    throw new Error("rounds are timed, not concluded");
  },
};

function replicate(
  { agents, rounds: maxRounds, gamma, executionFee }: RoundsParameters,
  { seed, replication }: Draw,
): Record<string, number> {
  if (columns?.count !== agents) columns = createColumns(agents);
  const { uniform } = createRandom(streamSeed(seed, replication, 0));
  let slope = 0;
  for (let at = 0; at < agents; at++) {
    columns.alpha[at] = 5 + 15 * uniform();
    columns.beta[at] = 0.5 + 4.5 * uniform();
    slope += columns.alpha[at]! / (columns.beta[at]! + UNIT_FEE) ** 2;
  }
  const rules = {
    capacity: agents,
    stepRule: { rule: "Constant", initialStep: 1 / slope },
    maxStep: Infinity,
    // Nothing stops it early: every round is run, as the peer runs it.
    ...{ primalTolerance: 0, dualTolerance: 1e-300, movementTolerance: 0, maxRounds },
  } as const;
  const fees = { unitFee: UNIT_FEE, executionFee, progressiveFee: 0 };
  const { price, total } = runManyRounds(columns, { fees, initialPrice: 0, rules }, gamma);
  return { price, total };
}

export type SimulatorOptions = {
  runs: number;
  replications: number;
  cores: number;
  hasNumpy: boolean;
};

type Case = {
  name: string;
  gamma: number;
  executionFee: number;
  hasEntry: boolean;
  target?: Target;
};

const cases: readonly Case[] = [
  { name: "γ = 2, g = 1", gamma: 2, executionFee: 1, hasEntry: false, target: { atLeast: 2 } },
  { name: "γ = 0, g = 0", gamma: 0, executionFee: 0, hasEntry: false, target: { atLeast: 2 } },
  { name: "γ = 0, g = 1", gamma: 0, executionFee: 1, hasEntry: false, target: { atLeast: 4 } },
  { name: "γ = 0, g = 1, peer with entry prices", gamma: 0, executionFee: 1, hasEntry: true },
];

/** R markets of 100 agents and 200 rounds on every core, beside numpy on as many. */
export async function simulatorFigures(options: SimulatorOptions): Promise<Figure[]> {
  const pool = createPool(options.cores);
  const peer = options.hasNumpy ? openPeer("rounds.py") : undefined;
  try {
    const figures: Figure[] = [];
    for (const one of cases) figures.push(await compare(one, options, pool, peer));
    return figures;
  } finally {
    await pool.close();
    await peer?.close();
  }
}

async function compare(
  { name, target, hasEntry, ...terms }: Case,
  { runs, replications, cores }: SimulatorOptions,
  pool: Pool,
  peer: Peer | undefined,
): Promise<Figure> {
  const parameters = { agents: 100, rounds: 200, ...terms };
  let [ours, theirs] = [0, 0];
  const contestants: Contestant[] = [
    async () => {
      const start = process.cpuUsage();
      ours = await meanPrice(parameters, replications, pool);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1e6;
    },
  ];
  if (peer !== undefined) {
    contestants.push(async () => {
      const asked = { ...parameters, hasEntry, replications, processes: cores, seed: 1 };
      const { seconds, price } = await peer.ask(asked);
      theirs = price!;
      return seconds!;
    });
  }
  const result = await inTurn(runs, contestants);
  // Other draws of the same population: their means agree to what R draws leave open.
  if (peer !== undefined && Math.abs(ours - theirs) > 2 / Math.sqrt(replications)) {
    throw new Error(`simulator, ${name}: the mean price is ${ours}, the peer's ${theirs}`);
  }
  const speedUp = peer === undefined ? undefined : result.ratio(1, 0);
  return {
    name: `simulator, ${name}, R = ${replications}`,
    ...{ measured: 1000 * result.median(0), unit: "ms", floor: null },
    peer: speedUp === undefined ? null : 1000 * result.median(1),
    peerIs: `numpy over replications, ${cores} processes${peer === undefined ? ": numpy is missing" : ""}`,
    ...{ ratio: speedUp?.median ?? null, ratioIs: "peer / measured" },
    ...judged(target, speedUp?.median ?? null),
    noise: speedUp?.noise ?? 0,
  };
}

/** The mean over replications of the last price. */
export async function meanPrice(
  parameters: RoundsParameters,
  replications: number,
  pool: Pool,
): Promise<number> {
  const { samples } = await sample(rounds, parameters, {
    ...{ seed: 1, replications, engine: "float", pool },
    chunk: Math.ceil(replications / pool.size),
  });
  return columnOf(samples, "price").reduce((sum, price) => sum + price, 0) / replications;
}
