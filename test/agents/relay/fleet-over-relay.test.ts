import { expect } from "chai";

import { enrol } from "../../../agents/fleet.ts";
import { call, readOffer, readTotals } from "../../../agents/market.ts";
import type { Config } from "../../../agents/program/config.ts";
import { createLog } from "../../../agents/program/log.ts";
import { run } from "../../../agents/program/run.ts";
import { readLogs } from "../../../agents/events.ts";
import { demandsOf, marketEventOf } from "../../../agents/market-event.ts";
import { sleep } from "../../../agents/send.ts";
import { fixedFromNumber } from "../../../mechanism/fixed-point.ts";
import { drawAgents } from "../../../mechanism/random.ts";
import {
  deploy,
  marketWith,
  replayOf,
  startFleetChain,
  type Deployed,
  type FleetChain,
} from "../fleet-chain.ts";
import { startLiar, startRelay } from "./relay-chain.ts";

const AGENTS = 20;
const LIED_TO = 5;
const ROUNDS = 2;
/** Seconds; the test moves the clock, so none are waited for. */
const LENGTH = 3600;

describe("A fleet of twenty over a relay", function () {
  this.timeout(120_000);

  let chain: FleetChain;
  before(async () => {
    chain = await startFleetChain(AGENTS);
  });
  after(() => chain.close());

  /** The fleet to the end of the epoch, and who sent each demand that counted. */
  async function clear(deployed: Deployed, relay: string): Promise<Map<string, string[]>> {
    const { market, members, block } = deployed;
    const config: Config = {
      rpc: [chain.url],
      chainId: 31_337n,
      market: market.address,
      fromBlock: block,
      agents: members.map(({ bot }) => bot.agent),
      deposit: 0,
      strategy: { name: "truthful", gamma: 0 },
      exceptions: new Map(),
      keys: {},
      keeper: true,
      keeperAccount: 0,
      budget: { keep: 0n },
      fees: { cap: fixedFromNumber(1), bumpPercent: 12, bumpAfter: 30_000 },
      polling: 50,
      timeout: 10_000,
      relay,
      log: "error",
      monitor: { host: "127.0.0.1", port: 0, staleAfter: 120_000 },
    };
    const { operator, agents } = chain.keys;
    await run({
      config,
      keys: { operator, agents: agents.slice(0, AGENTS) },
      slice: { from: 0, to: AGENTS },
      once: true,
      log: createLog("error", (line) => process.stderr.write(line)),
      stopping: new AbortController().signal,
      // On a busy machine a relay may be slow: what is tried here is whom it lies to and whether it is there.
      relayTimeout: 60_000,
    });
    const last = await chain.provider.getBlockNumber();
    const senders = new Map<string, string[]>();
    for (const log of await readLogs(chain.provider, market.address, block, last)) {
      const event = marketEventOf(log);
      if (event === null) continue;
      const { from } = (await chain.provider.getTransaction(log.transactionHash))!;
      for (const { agent } of demandsOf(event)) {
        senders.set(agent, [...(senders.get(agent) ?? []), from]);
      }
    }
    return senders;
  }

  /** Each round: when all have posted, half of it is over; when the relay has sent, three quarters. */
  async function moveClock({ market }: Deployed, posted: () => number): Promise<void> {
    for (;;) {
      const { open, round } = await readOffer(market);
      if (!open) return;
      const { answered, deadline } = await readTotals(market);
      const part = BigInt(LENGTH) / 4n;
      if (answered >= BigInt(AGENTS - LIED_TO)) await chain.waitUntil(deadline - part);
      else if (posted() >= AGENTS * (Number(round) + 1))
        await chain.waitUntil(deadline - 2n * part);
      await sleep(20);
    }
  }

  async function open(): Promise<Deployed> {
    const fields = { maxRounds: ROUNDS, roundLength: LENGTH, capacity: 20 };
    const deployed = await deploy(chain, marketWith(fields), drawAgents(AGENTS, 3));
    await enrol(deployed.options);
    return deployed;
  }

  async function expectBalancedBooks(deployed: Deployed): Promise<void> {
    const { market } = deployed;
    const { market: twin } = await replayOf(chain, deployed);
    const balances = [...twin.accounts.values()].reduce((sum, { balance }) => sum + balance, 0n);
    const held = (await call(market.token, "balanceOf", market.address)) as bigint;
    expect(twin.outcomes.size).to.equal(1);
    expect(held).to.equal(balances + twin.funds.revenue + twin.funds.fees);
    expect(twin.funds.revenue).to.not.equal(0n);
  }

  it("falls back for those whose demands the relay says to have and drops, and the books balance", async () => {
    const deployed = await open();
    const addresses = deployed.members.map(({ wallet }) => wallet.address);
    const liedTo = new Set(addresses.slice(0, LIED_TO));
    const relay = await startRelay(chain.url, deployed.market.address, chain.stranger);
    const liar = await startLiar(relay.url, (agent) => liedTo.has(agent));
    try {
      const [senders] = await Promise.all([
        clear(deployed, liar.url),
        moveClock(deployed, liar.asked),
      ]);
      for (const agent of addresses) {
        const sender = liedTo.has(agent) ? agent : chain.stranger.address;
        expect(senders.get(agent), agent).to.deep.equal(Array(ROUNDS).fill(sender));
      }
      expect(liar.asked()).to.equal(AGENTS * ROUNDS);
      await expectBalancedBooks(deployed);
      const known = await fetch(`${relay.url}/demands/${addresses.at(-1)!}`);
      expect(await known.json()).to.include({ round: String(ROUNDS - 1), status: "counted" });
      const metrics = await (await fetch(`${relay.url}/metrics`)).text();
      const counted = (AGENTS - LIED_TO) * ROUNDS;
      expect(metrics).to.include(`clearing_relay_demands_total{outcome="counted"} ${counted}\n`);
      expect(metrics).to.include(`clearing_relay_batches_total{outcome="mined"} ${ROUNDS}\n`);
    } finally {
      liar.close();
      await relay.stop();
    }
  });

  it("submits by itself at once where no relay answers", async () => {
    const deployed = await open();
    const senders = await clear(deployed, "http://127.0.0.1:9");
    for (const { wallet } of deployed.members) {
      expect(senders.get(wallet.address)).to.deep.equal(Array(ROUNDS).fill(wallet.address));
    }
    await expectBalancedBooks(deployed);
  });
});
