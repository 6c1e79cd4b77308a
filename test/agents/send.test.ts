import { expect } from "chai";
import { FeeData, type Contract, type Wallet } from "ethers";

import { ChainError, Refused } from "../../agents/errors.ts";
import { openMarket } from "../../agents/market.ts";
import { forEachAtMost, send } from "../../agents/send.ts";
import { TwinChain } from "./twin-chain.ts";
import { deployment, tokens } from "./twin-fleet.ts";

describe("Sending", () => {
  let chain: TwinChain;
  let agent: Wallet;
  let contract: Contract;
  beforeEach(async () => {
    chain = new TwinChain(deployment);
    agent = chain.someone("agent");
    ({ contract } = await openMarket(chain.address, chain.someone("reader")));
  });

  async function complaintOf(action: Promise<unknown>): Promise<Error> {
    try {
      await action;
    } catch (error) {
      return error as Error;
    }
    return expect.fail("there was no complaint");
  }

  it("gives the receipt of what was sent, from whom it was sent", async () => {
    const receipt = await send(contract, agent, "join", []);
    expect(receipt.status).to.equal(1);
    expect(receipt.from).to.equal(agent.address);
    expect(receipt.logs).to.have.lengthOf(1);
    expect(chain.taken).to.deep.equal([
      { from: agent.address, method: "join", args: [], gas: 100_000n, succeeded: true },
    ]);
  });

  it("asks for an estimate only where no gas is given", async () => {
    await send(contract, agent, "join", [], 77_000n);
    expect(chain.taken[0]!.gas).to.equal(77_000n);
    const error = await complaintOf(send(contract, agent, "join", []));
    // The estimate has failed: nothing was sent.
    expect(error).to.be.instanceOf(Refused).and.have.property("errorName", "AlreadyJoined");
    expect(chain.taken).to.have.lengthOf(1);
  });

  it("offers the fees that the node suggests, asked once for what is sent together", async () => {
    const offers: unknown[] = [];
    let questions = 0;
    chain.getFeeData = () => {
      questions++;
      return Promise.resolve(new FeeData(null, 70n + BigInt(questions), 7n));
    };
    const others = ["ann", "ben", "cleo"].map((name) => chain.someone(name));
    for (const wallet of others) {
      const populate = wallet.populateTransaction.bind(wallet);
      wallet.populateTransaction = ({ maxFeePerGas, maxPriorityFeePerGas, ...request }) => {
        offers.push([maxFeePerGas, maxPriorityFeePerGas]);
        return populate(request);
      };
    }
    await Promise.all(others.map((wallet) => send(contract, wallet, "join", [], 77_000n)));
    expect(offers).to.deep.equal(Array(3).fill([71n, 7n]));
  });

  it("asks for the fees again where the node has failed to tell them", async () => {
    let questions = 0;
    chain.getFeeData = () =>
      ++questions === 1
        ? Promise.reject(new Error("no fees"))
        : Promise.resolve(new FeeData(null, 71n, 7n));
    const error = await complaintOf(send(contract, agent, "join", [], 77_000n));
    expect(error.message).to.equal("no fees");
    await send(contract, agent, "join", [], 77_000n);
    expect(questions).to.equal(2);
  });

  it("asks for the receipt again until it is there", async () => {
    chain.receiptDelay = 4;
    const { hash } = await send(contract, agent, "join", []);
    expect(chain.polls.get(hash)).to.equal(5);
  });

  it("asks the market for the reason where the chain took a transaction and the market did not, as its sender", async () => {
    chain.balances.set(agent.address, tokens("5"));
    chain.allowances.set(agent.address, tokens("5"));
    await send(contract, agent, "deposit", [tokens("5")]);
    const late = await complaintOf(send(contract, agent, "submit", [1n, 0n, 1n], 100_000n));
    expect(late).to.be.instanceOf(Refused).and.have.property("errorName", "RoundNotOpen");
    const twice = await complaintOf(send(contract, agent, "join", [], 100_000n));
    expect(twice.message).to.equal(`${agent.address} has joined already`);
    expect(chain.taken.at(-1)!.succeeded).to.equal(false);
  });

  it("names the transaction where the node has no reason for its failure", async () => {
    chain.isSilent = true;
    await send(contract, agent, "join", []);
    const error = await complaintOf(send(contract, agent, "join", []));
    expect(error).to.be.instanceOf(ChainError).and.not.to.be.instanceOf(Refused);
    const [, hash] = [...chain.polls.keys()];
    expect(error.message).to.equal(
      `transaction ${hash} (join) failed and the node gives no reason`,
    );
  });

  it("says so when the sender has no ether", async () => {
    chain.poor.add(agent.address);
    const error = await complaintOf(send(contract, agent, "join", []));
    expect(error).to.be.instanceOf(ChainError);
    expect(error.message).to.include("not enough ether");
  });

  it("gives up on a receipt after two minutes, and names the transaction", async () => {
    chain.receiptDelay = Infinity;
    const { now } = Date;
    const { setTimeout: later } = globalThis;
    const pauses: number[] = [];
    let clock = 0;
    // Pauses pass at once, and the clock with them.
    Date.now = () => clock;
    globalThis.setTimeout = ((action: () => void, pause = 0) => {
      if (pause > 0) pauses.push(pause);
      clock += pause;
      return later(action, 0);
    }) as typeof setTimeout;
    try {
      const error = await complaintOf(send(contract, agent, "join", []));
      expect(error).to.be.instanceOf(ChainError);
      const [hash] = chain.polls.keys();
      expect(error.message).to.equal(`transaction ${hash} was not taken within 120 s`);
    } finally {
      Date.now = now;
      globalThis.setTimeout = later;
    }
    // Twice as long each time, up to a second.
    expect(pauses.slice(0, 10)).to.deep.equal([5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
    const waited = pauses.reduce((sum, pause) => sum + pause, 0);
    expect(waited).to.be.within(120_000, 121_000);
  });
});

describe("Doing something for each, so many at a time", () => {
  it("does it for all, with their places, never more than so many at once", async () => {
    const items = Array.from({ length: 10 }, (_, index) => `item ${index}`);
    const done: [string, number][] = [];
    let [atOnce, most] = [0, 0];
    await forEachAtMost(items, 3, async (item, index) => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, index % 3));
      done.push([item, index]);
      atOnce--;
    });
    expect(most).to.equal(3);
    expect(done.toSorted(([, one], [, other]) => one - other)).to.deep.equal(
      items.map((item, index) => [item, index]),
    );
  });

  it("asks for no more hands than there are items", async () => {
    let calls = 0;
    await forEachAtMost(["one"], 1e9, async () => {
      calls++;
    });
    await forEachAtMost([], 3, async () => {
      calls++;
    });
    expect(calls).to.equal(1);
  });

  it("begins nothing more after the first error, which it throws", async () => {
    const begun: number[] = [];
    const failing = forEachAtMost([0, 1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item);
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (item === 1) throw new Error("the second");
    });
    expect(await failing.catch((error: unknown) => (error as Error).message)).to.equal(
      "the second",
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(begun.length).to.be.at.most(3);
  });
});
