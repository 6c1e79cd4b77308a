import { expect } from "chai";
import { Wallet } from "ethers";

import { BudgetSpent } from "../../../agents/chain/budget.ts";
import { Overtaken, type Call, type Mined } from "../../../agents/chain/call.ts";
import type { Head } from "../../../agents/chain/head.ts";
import { createLog } from "../../../agents/program/log.ts";
import type { Market } from "../../../agents/market.ts";
import { NotTaken } from "../../../agents/relay/checks.ts";
import { collect, type Collection, type LastLook } from "../../../agents/relay/collect.ts";
import { createRelayMetrics } from "../../../agents/relay/metrics.ts";
import { createPool, type Pool } from "../../../agents/relay/pool.ts";

const wallet = new Wallet(`0x${"5a".repeat(32)}`);
const AGENTS = ["1", "2"].map((digit) => `0x${digit.repeat(40)}`);
const head: Head = { number: 1, hash: "a", timestamp: 0n, baseFee: 1n, lineage: 0 };

/** Round 3 of epoch 2 is open, has two members, and none has answered. */
const views: Record<string, unknown> = {
  posted: { epoch: 2n, round: 3n, samples: 1n },
  totals: { deadline: 1000n, answered: 0n, members: 2n },
  rules: { roundLength: 400n },
};
const market = {
  address: wallet.address,
  contract: {
    getFunction: (name: string) => ({ staticCall: () => Promise.resolve(views[name]) }),
  },
} as unknown as Market;

describe("A relay's batches", () => {
  let pool: Pool;
  let last: LastLook;
  let stopping: AbortController;
  let batches: Call[];
  beforeEach(() => {
    [pool, last, stopping, batches] = [createPool(), {}, new AbortController(), []];
    for (const agent of AGENTS) {
      pool.add({ agent, epoch: 2n, round: 3n, demand: 9n, signature: "0x" });
    }
  });

  /** Until `meet`, told of each batch, stops it. */
  const run = (
    meet: (call: Call) => Promise<Mined>,
    check: Collection["check"] = () => Promise.resolve(),
  ): Promise<void> =>
    collect(
      {
        market,
        heads: { observe: () => Promise.resolve(head), last: () => head, age: () => 0 },
        sender: {
          send: async (_, call) => {
            batches.push(call);
            return meet(call);
          },
          onTheirWay: () => [],
        },
        ...{ wallet, pool, check, batch: 100, polling: 1, now: () => Promise.resolve(0n) },
        log: createLog("error", () => undefined),
        metrics: createRelayMetrics(() => 0),
        stopping: stopping.signal,
      },
      last,
    );
  const mined = (): Mined => ({ hash: "0xb1", gasUsed: 1n, cost: 1n, logs: [] });

  it("are sent again without those who have arrived with one that seemed to fail", async () => {
    const checked: string[] = [];
    await run(
      (call) => {
        if (batches.length === 1) return Promise.reject(new Overtaken("its nonce is gone"));
        stopping.abort();
        // Twenty bytes of address stand in it, once.
        expect(call.data.toLowerCase().includes("1".repeat(40))).to.equal(false);
        expect(call.data.toLowerCase().includes("2".repeat(40))).to.equal(true);
        return Promise.resolve(mined());
      },
      ({ agent }) => {
        checked.push(agent);
        if (agent === AGENTS[1]) return Promise.resolve();
        return Promise.reject(new NotTaken(409, "has answered"));
      },
    );
    expect(checked).to.deep.equal(AGENTS);
    expect(batches).to.have.lengthOf(2);
    expect(pool.of(AGENTS[0]!)).to.include({ status: "dropped", reason: "has answered" });
    expect(pool.of(AGENTS[1]!)).to.include({ status: "counted", hash: "0xb1" });
  });

  it("are not sent at every look when one cannot be paid for, and the relay says so", async () => {
    let looks = 0;
    const ended = run(() => Promise.reject(new Error("not enough ether for gas")));
    const observed = setInterval(() => ++looks === 20 && stopping.abort(), 1);
    await ended;
    clearInterval(observed);
    expect(batches).to.have.lengthOf(1);
    expect(last.trouble).to.include({ why: "not enough ether for gas" });
    expect(pool.of(AGENTS[0]!)).to.include({ status: "waiting" });
  });

  it("end for good with the budget", async () => {
    await run(() => {
      stopping.abort();
      return Promise.reject(new BudgetSpent(true, "budget.total: spent"));
    });
    expect(last.trouble).to.deep.equal({ why: "budget.total: spent", until: Infinity });
  });
});
