import { expect } from "chai";
import type { Contract } from "ethers";

import type { Call, Mined } from "../../../agents/chain/call.ts";
import { deliverBy } from "../../../agents/program/deliver.ts";
import { createMetrics, type Metrics } from "../../../agents/program/metrics.ts";
import type { Standing } from "../../../agents/program/operate.ts";
import { drawAgents } from "../../../mechanism/random.ts";
import { tokens, twinFleet, type TwinFleet } from "../twin-fleet.ts";

const mined: Mined = { hash: "0xb1", gasUsed: 5n, cost: 7n, logs: [] };

describe("The delivery of a fleet's transactions", () => {
  let fleet: TwinFleet;
  let standing: Standing;
  let metrics: Metrics;
  let calls: [from: string, call: Call][];
  let meet: () => Promise<Mined>;
  beforeEach(async () => {
    fleet = await twinFleet(drawAgents(1, 1));
    standing = { epoch: 1n, round: 0n, isOpen: true, answered: 0, spent: null };
    metrics = createMetrics({ headAge: () => 0, budgetLeft: () => 0, onTheirWay: () => 0 });
    [calls, meet] = [[], () => Promise.resolve(mined)];
  });

  const deliver = async (
    contract: Contract,
    method: string,
    args: unknown[],
    gasLimit?: bigint,
  ): Promise<Call> => {
    const send = async (from: { address: string }, call: Call): Promise<Mined> => {
      calls.push([from.address, call]);
      return meet();
    };
    const by = deliverBy({ send, onTheirWay: () => [] }, fleet.options.market, standing, metrics);
    const { wallet } = fleet.members[0]!;
    expect(await by(contract, wallet, method, args, gasLimit)).to.equal(mined);
    const [from, call] = calls.at(-1)!;
    expect(from).to.equal(wallet.address);
    return call;
  };
  const counted = async (name: "outcomes" | "spent"): Promise<unknown[]> =>
    (await metrics[name].get()).values.map(({ labels, value }) => ({ ...labels, value }));

  it("calls what it is to call, and counts each by its kind", async () => {
    const { contract, token, address } = fleet.options.market;
    const agent = fleet.members[0]!.wallet.address;
    const cases: [Contract, string, unknown[], kind: string, asks: string[]][] = [
      [token, "approve", [address, 3n], "join", []],
      [contract, "deposit", [3n], "join", ["isMissing"]],
      [contract, "submit", [1n, 0n, 3n], "submit", ["isMissing", "isWanted"]],
      [contract, "submitSamples", [1n, 0n, [3n, 4n]], "submit", ["isMissing", "isWanted"]],
      [contract, "closeRound", [], "close", ["isWanted"]],
      [contract, "trim", [[agent]], "trim", []],
      [contract, "settleAccounts", [[agent]], "settle", []],
      [contract, "join", [], "other", []],
    ];
    for (const [index, [to, method, args, kind, asks]] of cases.entries()) {
      metrics.outcomes.reset();
      metrics.spent.reset();
      const gasLimit = index % 2 === 0 ? undefined : 150_000n;
      const call = await deliver(to, method, args, gasLimit);
      expect(call.to, method).to.equal(await to.getAddress());
      const { name, args: given } = to.interface.parseTransaction(call)!;
      expect([name, given.toArray(true)]).to.deep.equal([method, args]);
      expect(call.gasLimit).to.equal(gasLimit);
      const asked = ["isMissing", "isWanted"] as const;
      expect(
        asked.filter((one) => call[one] !== undefined),
        method,
      ).to.deep.equal(asks);
      expect(await counted("outcomes")).to.deep.equal([{ kind, outcome: "mined", value: 1 }]);
      call.onSpent!(10n ** 17n);
      expect(await counted("spent")).to.deep.equal([{ kind, value: 0.1 }]);
    }
  });

  it("counts nothing as mined that was not", async () => {
    const error = new Error("overtaken");
    meet = () => Promise.reject(error);
    const given = await deliver(fleet.options.market.contract, "closeRound", []).catch(
      (cause: unknown) => cause,
    );
    expect(given).to.equal(error);
    expect(await counted("outcomes")).to.deep.equal([]);
  });

  it("wants an answer while its round is open, and a close while the round is that it began in", async () => {
    const { contract } = fleet.options.market;
    const moves: [Partial<Standing>, isWanted: boolean][] = [
      [{}, true],
      [{ isOpen: false }, false],
      [{ isOpen: true, round: 1n }, false],
      [{ epoch: 2n, round: 0n }, false],
      [{ epoch: 1n }, true],
    ];
    for (const [method, args] of [
      ["submit", [1n, 0n, 3n]],
      ["closeRound", []],
    ] as const) {
      const { isWanted } = await deliver(contract, method, [...args]);
      for (const [move, expected] of moves) {
        Object.assign(standing, move);
        expect(
          isWanted!(),
          JSON.stringify(move, (_, value: unknown) => String(value)),
        ).to.equal(expected);
      }
    }
    // What it is about is said by itself, not by where the fleet stood.
    Object.assign(standing, { epoch: 1n, round: 1n });
    expect((await deliver(contract, "submit", [1n, 0n, 3n])).isWanted!()).to.equal(false);
    expect((await deliver(contract, "closeRound", [])).isWanted!()).to.equal(true);
  });

  it("misses a deposit until its sender has joined, and an answer until that round has it", async () => {
    const { market } = fleet.options;
    const { address } = fleet.members[0]!.wallet;
    fleet.open();
    const deposit = await deliver(market.contract, "deposit", [3n]);
    const answers: Call[] = [];
    for (const [epoch, round] of [
      [1n, 0n],
      [1n, 1n],
      [2n, 0n],
    ]) {
      answers.push(await deliver(market.contract, "submit", [epoch, round, 3n]));
    }
    const missing = (): Promise<boolean[]> =>
      Promise.all([deposit, ...answers].map(({ isMissing }) => isMissing!()));
    expect(await missing()).to.deep.equal([true, true, true, true]);
    fleet.chain.order(address, "deposit", tokens("9"));
    expect(await missing()).to.deep.equal([false, true, true, true]);
    fleet.chain.order(address, "submit", 1n, 0n, 3n);
    expect(await missing()).to.deep.equal([false, false, true, true]);
  });
});
