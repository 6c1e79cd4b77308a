import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import type { JsonRpcProvider } from "ethers";

import { connect } from "../../agents/connect.ts";
import {
  call,
  openMarket,
  readAccount,
  readOffer,
  readTotals,
  type Market as OnChain,
} from "../../agents/market.ts";
import { readLogs } from "../../agents/events.ts";
import { replay } from "../../agents/replay.ts";
import { send } from "../../agents/send.ts";
import { parseMarket, type Market } from "../../markets/market-file.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { numberFromFixed, parseFixed } from "../../mechanism/fixed-point.ts";
import { chargeUp } from "../../mechanism/twin-arithmetic.ts";
import { createRandom, drawAgents, type Random } from "../../mechanism/random.ts";
import { deployMarket, type Deployment } from "../../scripts/run/deploy-market.ts";
import { parametersOf } from "../../scripts/run/parameters.ts";
import { keysFor } from "../../scripts/run/wallets.ts";
import { startFaultyProxy, type Fate, type FaultyProxy } from "../agents/faulty-proxy.ts";
import { startFleet, type FleetProcess } from "./fleet-process.ts";
import { anvil, hardhat, startNode, type Client } from "../../scripts/run/node-process.ts";

const PROCESSES = 3;
const SLICE = 20;
const KILLS = 2;
const DEPOSIT = 200;
/** Seconds without a new block after which a run has failed; on a busy machine all of it may take any time. */
const STILLNESS = 60;
/** Requests of all processes together. */
const MOST_REQUESTS = 30_000;
const MNEMONIC = "test test test test test test test test test test test junk";

const agents = drawAgents(PROCESSES * SLICE, 11);

/** One request in five is delayed, dropped before or after the node, sent twice, or answered with an error. */
function fateOf(random: Random): Fate {
  if (random.uniform() >= 0.2) return "pass";
  const fates: Fate[] = [
    { delay: 50 + 250 * random.uniform() },
    { delay: 50 + 250 * random.uniform() },
    "drop",
    "swallow",
    "twice",
    { status: 503 },
    { status: 429, headers: { "retry-after": "0" } },
    { error: { code: -32603, message: "Internal error" } },
  ];
  return fates[Math.floor(random.uniform() * fates.length)]!;
}

/** A process that is killed without warning after so many requests, and started again; in its last life it goes on to the end. */
async function liveAndDie(
  start: () => FleetProcess,
  proxy: FaultyProxy,
  lifetimes: number[],
): Promise<FleetProcess> {
  for (const lifetime of lifetimes) {
    const life = start();
    const end = proxy.asked.length + lifetime;
    const watch = setInterval(() => {
      if (proxy.asked.length >= end) life.child.kill("SIGKILL");
    }, 5);
    const code = await life.ended;
    clearInterval(watch);
    if (code !== null) throw new Error(`it ended by itself with ${code}:\n${life.output()}`);
  }
  return start();
}

describe("A fleet of three processes, over nodes that fail and through kill -9", function () {
  // What bounds it is the stillness and the requests.
  this.timeout(600_000);
  const behaviour =
    "settles at the exact price, each agent charged once, the books balanced to the base unit";
  it(`${behaviour}, on Hardhat's node`, () => chaos(hardhat, 0));
  if (anvil === undefined) {
    it.skip(`${behaviour}, on anvil: npm has none for this platform, and none is on PATH`);
  } else {
    const other = anvil;
    it(`${behaviour}, on anvil`, () => chaos(other, 1));
  }
});

async function chaos(client: Client, seed: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "chaos-"));
  const node = await startNode(client);
  const provider = await connect(node.url);
  const proxies: FaultyProxy[] = [];
  const lives: FleetProcess[] = [];
  let timer: NodeJS.Timeout | undefined;
  try {
    const policy = seed % 2 === 0 ? "Refunding" : "PerSubmission";
    const market = parseMarket(
      {
        capacity: 120,
        unitFee: 0.5,
        policy,
        deposit: DEPOSIT,
        roundLength: 30,
        agents: { source: "paper", n: 60, seed: 11 },
      },
      { file: "chaos.json" },
    );
    const keys = await keysFor(provider, agents.length);
    const deployment = await deployMarket(node.url, provider, market, agents, keys);
    const onChain = await openMarket(deployment.contract, keys.operator);

    const random = createRandom(seed + 1);
    const spawned = Array.from({ length: PROCESSES }, async (_, number) => {
      const own = createRandom(100 * (seed + 1) + number);
      const proxy = await startFaultyProxy(node.url, () =>
        proxies.reduce((sum, { asked }) => sum + asked.length, 0) > MOST_REQUESTS
          ? { status: 503 }
          : fateOf(own),
      );
      proxies.push(proxy);
      const file = join(folder, `fleet-${number}.json`);
      await writeFile(
        file,
        JSON.stringify({
          rpc: [proxy.url],
          chainId: 31337,
          market: deployment.contract,
          fromBlock: deployment.block,
          agents: { source: "paper", n: 60, seed: 11 },
          deposit: DEPOSIT,
          keeperAccount: number + 1,
          polling: 0.15,
          timeout: 2,
          gas: { bumpAfter: 5 },
          monitor: { port: 0 },
        }),
      );
      const slice = ["--from", `${number * SLICE}`, "--to", `${(number + 1) * SLICE}`];
      const start = (): FleetProcess => {
        const life = startFleet(["--config", file, "--once", ...slice], { MNEMONIC });
        lives.push(life);
        return life;
      };
      const lifetimes = Array.from(
        { length: KILLS },
        () => 60 + Math.floor(340 * random.uniform()),
      );
      const last = await liveAndDie(start, proxy, lifetimes);
      return { last, code: await last.ended };
    });
    const limit = new Promise<never>((_, reject) => {
      let [last, still] = [0, 0];
      timer = setInterval(() => {
        void provider.getBlockNumber().then((block) => {
          still = block === last ? still + 1 : 0;
          last = block;
          if (still < STILLNESS) return;
          const story = lives.map((life) => life.output().slice(-1500)).join("\n---\n");
          reject(new Error(`nothing was mined for ${STILLNESS} s:\n${story}`));
        }, reject);
      }, 1000);
    });
    const run = (async () => {
      // The owner opens the epoch when all are in, by a way of its own that does not fail.
      while ((await readTotals(onChain)).members < agents.length) await pause(200);
      const parameters = parametersOf(market, agents);
      await send(onChain.contract, keys.operator, "openEpoch", [parameters]);
      return Promise.all(spawned);
    })();
    for (const { last, code } of await Promise.race([run, limit])) {
      expect(code, last.output()).to.equal(0);
    }
    expect(lives).to.have.lengthOf(PROCESSES * (KILLS + 1));
    const requests = proxies.reduce((sum, { asked }) => sum + asked.length, 0);
    expect(requests).to.be.below(MOST_REQUESTS);
    await checkOutcome(provider, onChain, deployment, market);
  } finally {
    clearInterval(timer);
    for (const { child } of lives) child.kill("SIGKILL");
    for (const proxy of proxies) proxy.close();
    provider.destroy();
    await node.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the chain says in the end, by its events and by its accounts. */
async function checkOutcome(
  provider: JsonRpcProvider,
  market: OnChain,
  { block }: Deployment,
  { capacity, policy, ...fees }: Market,
): Promise<void> {
  const logs = await readLogs(provider, market.address, block, await provider.getBlockNumber());
  const replayed = replay(logs);
  const { epoch } = await readOffer(market);
  const outcome = replayed.market.outcomes.get(epoch)!;
  expect(epoch).to.equal(1n);
  expect(outcome.reason).to.equal("Converged");
  const equilibrium = solveEquilibrium(agents, capacity, fees);
  expect(equilibrium.price).to.be.greaterThan(0.1);
  expect(Math.abs(numberFromFixed(outcome.price) - equilibrium.price)).to.be.below(2e-3);

  // Each charge by hand from what was sent: all of it where every message is paid for, else that of the allocation.
  const charges = new Map<string, bigint>();
  const answers = new Set<string>();
  const settled = new Set<string>();
  for (const log of logs) {
    const event = market.contract.interface.parseLog(log);
    const agent = event?.args["agent"] as string;
    const charge = (x: bigint): bigint => chargeUp(outcome, x, 10n ** 18n);
    if (event?.name === "RoundClosed") answers.clear();
    else if (event?.name === "DemandSubmitted") {
      expect(answers.has(agent), `${agent} answers a round once`).to.equal(false);
      answers.add(agent);
      const paid = policy === "PerSubmission" ? charge(event.args["demand"] as bigint) : 0n;
      charges.set(agent, (charges.get(agent) ?? 0n) + paid);
    } else if (event?.name === "AccountSettled") {
      expect(settled.has(agent), `${agent} settled`).to.equal(false);
      settled.add(agent);
      const paid = policy === "Refunding" ? charge(event.args["allocation"] as bigint) : 0n;
      charges.set(agent, (charges.get(agent) ?? 0n) + paid);
    }
  }
  expect(replayed.statements.size).to.equal(agents.length);
  let [balances, allocated] = [0n, 0n];
  for (const [agent, { deposited, payment, charge, allocation }] of replayed.statements) {
    const { balance } = await readAccount(market, agent);
    expect(deposited, `deposit of ${agent}`).to.equal(parseFixed(`${DEPOSIT}`));
    expect(charge, `charge of ${agent}`).to.equal(charges.get(agent));
    expect(balance + payment + charge, `books of ${agent}`).to.equal(deposited);
    balances += balance;
    allocated += allocation;
  }
  expect(allocated <= parseFixed(`${capacity}`)).to.equal(true);
  const { fees: held, revenue } = replayed.market.funds;
  const tokens = (await call(market.token, "balanceOf", market.address)) as bigint;
  expect(tokens).to.equal(balances + held + revenue);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
