import { toQuantity } from "ethers";

import { connect } from "../../../agents/connect.ts";
import { deriveKeys } from "../../../agents/keys.ts";
import { send } from "../../../agents/send.ts";
import { parseConfig, type Config } from "../../../agents/program/config.ts";
import { createLog } from "../../../agents/program/log.ts";
import { run } from "../../../agents/program/run.ts";
import { drawAgents } from "../../../mechanism/random.ts";
import { depositOf, parametersOf } from "../../../scripts/run/parameters.ts";
import { startFaultyProxy, type Asked, type Fate, type FaultyProxy } from "../faulty-proxy.ts";
import {
  deploy,
  giveEther,
  marketWith,
  startFleetChain,
  type Deployed,
  type FleetChain,
} from "../fleet-chain.ts";

/** Every mistake of a test ends here, well before mocha's own limit tells less. */
const LIMIT = 45_000;
export const MNEMONIC = "test test test test test test test test test test test junk";
export const AGENTS = 3;
/** Wei. */
export const GWEI = 10n ** 9n;
const KEEPER = 7;

type Record_ = Record<string, unknown> & { event: string };

/** The agents' program, in this process. */
export type RunningFleet = {
  records: Record_[];
  /** Resolves at its end, rejects with its complaint. */
  done: Promise<void>;
  stop: () => Promise<void>;
  /** Resolves when this has been logged so many times. */
  heard: (event: string, times?: number) => Promise<Record_>;
  health: () => Promise<{ status: number; body: Record<string, unknown> }>;
  /** The sum of a metric over its labels, or of those lines that hold the given text. */
  metric: (name: string, label?: string) => Promise<number>;
};

/** A market whose agents have their deposits and have not joined; no epoch is open. */
export async function newMarket(
  chain: FleetChain,
  fields: Record<string, unknown> = {},
): Promise<Deployed & { open: () => Promise<void> }> {
  const agents = drawAgents(AGENTS, 1);
  const market = marketWith({ capacity: 5, deposit: 100, ...fields });
  // As on a new chain, whatever base fee the test before has set: `send` may still offer what it was told before that.
  await chain.provider.send("hardhat_setNextBlockBaseFeePerGas", [toQuantity(GWEI)]);
  const deployed = await deploy(chain, market, agents, undefined, { open: false });
  const { operator } = chain.keys;
  for (const { address } of [keeperOf(), operator, ...chain.keys.agents]) {
    await giveEther(chain.provider, address, "100");
  }
  const open = async (): Promise<void> => {
    const parameters = parametersOf(market, agents);
    // `send` offers for a second what a provider has told it: a test may have set another base fee since.
    const provider = await connect(chain.url);
    const owner = operator.connect(provider);
    await send(deployed.market.contract, owner, "openEpoch", [parameters]);
    provider.destroy();
  };
  if (depositOf(market, agents[0]!) !== deployed.members[0]!.deposit) throw new Error("deposits");
  return { ...deployed, open };
}

/** The keeper's key of `startRun`, which is nobody else's. */
export function keeperOf(): { address: string } {
  return deriveKeys(MNEMONIC, null, { operator: KEEPER, to: 0 }).operator;
}

/** @param overrides fields of the configuration; `rpc` is the least */
export function startRun(
  { market, block }: Deployed,
  overrides: Record<string, unknown>,
  { once = true, from = 0, to = AGENTS } = {},
): RunningFleet {
  const config: Config = parseConfig(
    {
      chainId: 31337,
      market: market.address,
      fromBlock: block,
      agents: { source: "paper", n: AGENTS, seed: 1 },
      deposit: 100,
      keeperAccount: KEEPER,
      polling: 0.02,
      timeout: 1,
      gas: { bumpAfter: 0.4 },
      monitor: { port: 0 },
      log: "debug",
      ...overrides,
    },
    "fleet.json",
    ".",
  );
  const records: Record_[] = [];
  const stopping = new AbortController();
  const listeners = new Set<() => void>();
  const log = createLog(config.log, (line) => {
    records.push(JSON.parse(line) as Record_);
    for (const listener of listeners) listener();
  });
  const keys = deriveKeys(MNEMONIC, null, { operator: config.keeperAccount, from, to });
  const done = run({
    config,
    keys,
    slice: { from, to },
    once,
    log,
    stopping: stopping.signal,
    grace: 500,
  });
  done.catch(() => undefined); // whoever waits for it hears of it
  const late = setTimeout(() => stopping.abort(), LIMIT);
  void done.catch(() => undefined).finally(() => clearTimeout(late));
  const heard: RunningFleet["heard"] = (event, times = 1) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = records.filter((record) => record.event === event);
        if (found.length >= times) resolve(found.at(-1)!);
      };
      listeners.add(look);
      look();
      const ended = (error?: unknown): void => {
        const last = records.slice(-5).map((record) => JSON.stringify(record));
        reject(new Error(`it ended before "${event}": ${String(error)}\n${last.join("\n")}`));
      };
      done.then(() => ended(), ended);
    });
  const get = async (path: string): Promise<Response> => {
    const { monitor } = await heard("started");
    return fetch(`${String(monitor)}${path}`);
  };
  return {
    records,
    done,
    heard,
    stop: async () => {
      stopping.abort();
      await done;
    },
    health: async () => {
      const response = await get("/health");
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    metric: async (name, label = "") => {
      const text = await (await get("/metrics")).text();
      return text
        .split("\n")
        .filter((line) => line.startsWith(name) && line.includes(label))
        .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
    },
  };
}

/** What a group of tests has: a chain for all of them; a proxy before it and a fleet, which each test may have once. */
export type OverProxy = {
  chain: FleetChain;
  proxy: FaultyProxy | undefined;
  fleet: RunningFleet | undefined;
  /** @returns the URL of a proxy before the chain that decides what becomes of each request */
  through: (decide: (request: Asked) => Fate) => Promise<string>;
};

/** To be called in a `describe`: starts and ends what its tests have. */
export function overProxy(): OverProxy {
  const over: Omit<OverProxy, "chain"> & { chain?: FleetChain } = {
    proxy: undefined,
    fleet: undefined,
    through: async (decide) => (over.proxy = await startFaultyProxy(over.chain!.url, decide)).url,
  };
  before(async () => {
    over.chain = await startFleetChain(AGENTS);
  });
  afterEach(async () => {
    await over.fleet?.stop().catch(() => undefined);
    over.proxy?.close();
    over.fleet = over.proxy = undefined;
  });
  after(() => over.chain?.close());
  return over as OverProxy;
}
