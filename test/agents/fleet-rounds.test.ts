import { expect } from "chai";
import { Interface } from "ethers";

import { MARKET_ABI } from "../../agents/abi.ts";
import type { Bot } from "../../agents/bot.ts";
import { ChainError, Refused } from "../../agents/errors.ts";
import { enrol, runEpoch } from "../../agents/fleet.ts";
import { bestResponse } from "../../mechanism/best-response.ts";
import { fixedFromNumber, numberFromFixed, parseFixed } from "../../mechanism/fixed-point.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { accountOf } from "../../mechanism/twin-accounts.ts";
import { SETTLED } from "../../mechanism/twin-state.ts";
import type { Taken } from "./twin-chain.ts";
import { tokens, twinFleet, type TwinFleet } from "./twin-fleet.ts";

const agents = drawAgents(3, 1);
const fees = { unitFee: 0.5, executionFee: 0.25, progressiveFee: 0.125 };
const silent: Bot["strategy"] = { name: "lazy", gamma: 0, deadband: Infinity };
const truthful: Bot["strategy"] = { name: "truthful", gamma: 0 };

const taken = ({ chain }: TwinFleet, ...methods: string[]): Taken[] =>
  chain.taken.filter(({ method }) => methods.includes(method));
const addressOf = ({ members }: TwinFleet, index: number): string => members[index]!.wallet.address;

/** An epoch open, and every member in it. */
async function enrolled(...args: Parameters<typeof twinFleet>): Promise<TwinFleet> {
  const fleet = await twinFleet(...args);
  fleet.open();
  await enrol(fleet.options);
  return fleet;
}

async function complaintOf(action: Promise<unknown>): Promise<Error> {
  try {
    await action;
  } catch (error) {
    return error as Error;
  }
  return expect.fail("there was no complaint");
}

describe("Enrolling", () => {
  it("approves and deposits for every member, and tells of both as joining", async () => {
    const fleet = await twinFleet(agents);
    await enrol(fleet.options);
    for (const { wallet, deposit } of fleet.members) {
      const own = fleet.chain.taken.filter(({ from }) => from === wallet.address);
      expect(own.map(({ method, args }) => [method, ...args])).to.deep.equal([
        ["approve", fleet.chain.address, deposit],
        ["deposit", deposit],
      ]);
      expect(accountOf(fleet.chain.market, wallet.address).balance).to.equal(deposit);
    }
    expect(fleet.told).to.deep.equal(Array.from({ length: 6 }, () => "join"));
  });

  it("leaves a member alone that is one already, whatever it holds", async () => {
    const fleet = await twinFleet(agents);
    fleet.chain.order(addressOf(fleet, 1), "join");
    fleet.chain.balances.set(addressOf(fleet, 1), 0n);
    await enrol(fleet.options);
    expect(fleet.chain.taken.map(({ from }) => from)).not.to.include(addressOf(fleet, 1));
    expect(taken(fleet, "deposit")).to.have.lengthOf(2);
  });

  it("asks for no approval that is there, to the base unit", async () => {
    const fleet = await twinFleet(agents);
    fleet.chain.allowances.set(addressOf(fleet, 0), tokens("100"));
    fleet.chain.allowances.set(addressOf(fleet, 1), tokens("100") - 1n);
    await enrol(fleet.options);
    const approving = taken(fleet, "approve").map(({ from }) => from);
    expect(approving).to.have.members([addressOf(fleet, 1), addressOf(fleet, 2)]);
    expect(taken(fleet, "deposit").every(({ succeeded }) => succeeded)).to.equal(true);
  });

  it("says which agent lacks how many tokens", async () => {
    const fleet = await twinFleet(agents);
    fleet.chain.balances.set(addressOf(fleet, 1), tokens("99.5"));
    const error = await complaintOf(enrol(fleet.options));
    expect(error).to.be.instanceOf(ChainError);
    expect(error.message)
      .to.include(`agent agent-1 (${addressOf(fleet, 1)}) has 99.5 PAY, its deposit is 100;`)
      .and.to.include("fund the agents first");
    expect(taken(fleet, "deposit").map(({ from }) => from)).not.to.include(addressOf(fleet, 1));
  });
});

describe("A fleet, round by round", () => {
  it("says that no epoch is open before the first", async () => {
    const fleet = await twinFleet(agents);
    await enrol(fleet.options);
    const error = await complaintOf(runEpoch(fleet.options));
    expect(error).to.be.instanceOf(ChainError);
    expect(error.message).to.include("no epoch is open").and.to.include("openEpoch");
  });

  it("answers the posted price with each bot's best response, in 18 decimals", async () => {
    const fleet = await enrolled(agents);
    await runEpoch(fleet.options);
    agents.forEach((agent, index) => {
      const [first] = taken(fleet, "submit").filter(({ from }) => from === addressOf(fleet, index));
      const best = bestResponse(agent, fees, 1, { capacity: 5 });
      expect(first!.args).to.deep.equal([1n, 0n, fixedFromNumber(best)]);
    });
  });

  it("closes each round once all have answered, and settles all accounts together at the end", async () => {
    const fleet = await enrolled(agents);
    const rounds: bigint[] = [];
    await runEpoch({
      ...fleet.options,
      onRound: async () => {
        rounds.push(fleet.chain.market.posted.round);
      },
    });
    const { posted, outcomes } = fleet.chain.market;
    expect(posted.samples).to.equal(0n);
    expect(outcomes.get(1n)!.reason).to.equal("Converged");
    expect(rounds).to.deep.equal([1n, 2n, 3n, 3n]); // the last one posts no other
    expect(taken(fleet, "closeRound")).to.have.lengthOf(4);
    expect(taken(fleet, "submit")).to.have.lengthOf(12);
    expect(fleet.waits).to.deep.equal([]);

    const [settling, ...others] = taken(fleet, "settleAccounts");
    expect(others).to.deep.equal([]);
    // agent-0 wants nothing at this price, so there is nothing to settle.
    expect(accountOf(fleet.chain.market, addressOf(fleet, 0)).demand).to.equal(0n);
    const rest = [addressOf(fleet, 1), addressOf(fleet, 2)];
    expect(settling!.args[0]).to.deep.equal(rest.toSorted());
    for (const agent of rest) {
      expect(accountOf(fleet.chain.market, agent).answered).to.equal(SETTLED);
    }
    const told = fleet.told.filter((kind) => kind !== "join" && kind !== "submit");
    expect(told).to.deep.equal(["close", "close", "close", "close", "settle"]);
    for (const { from } of taken(fleet, "closeRound", "settleAccounts")) {
      expect(from).to.equal(fleet.keeper.address);
    }
  });

  it("sends as many samples as the epoch takes, with gas for each", async () => {
    const fleet = await twinFleet(agents);
    fleet.open({ samples: 4n, maxRounds: 1n });
    await enrol(fleet.options);
    await runEpoch(fleet.options);
    const submissions = taken(fleet, "submitSamples");
    expect(submissions).to.have.lengthOf(3);
    expect(taken(fleet, "submit")).to.deep.equal([]);
    for (const { args, gas } of submissions) {
      expect(args[2]).to.have.lengthOf(4);
      expect(gas).to.equal(162_000n);
    }
    const single = await enrolled(agents);
    await runEpoch(single.options);
    expect(taken(single, "submit")[0]!.gas).to.equal(153_000n);
  });

  it("tells how many have answered, those too that had before it came", async () => {
    const fleet = await enrolled(agents, [truthful, silent]);
    fleet.chain.order(addressOf(fleet, 0), "submit", 1n, 0n, 1n);
    const told: [number, number][] = [];
    await runEpoch({
      ...fleet.options,
      onAnswers: (answered, of) => told.push([answered, of]),
      onRound: () => Promise.reject(new Error("that will do")),
    }).catch(() => undefined);
    // The silent one has not; the one that had already is not asked again.
    expect(told).to.deep.equal([
      [1, 3],
      [2, 3],
    ]);
    expect(taken(fleet, "submit").map(({ from }) => from)).to.deep.equal([addressOf(fleet, 2)]);
  });

  it("goes by the demand that stands in this epoch, and by none of the last", async () => {
    const agent = agents[1]!;
    const fleet = await twinFleet([agent], [{ name: "truthful", gamma: 2 }]);
    const epoch = async (): Promise<void> => {
      fleet.open({ maxRounds: 3n });
      await enrol(fleet.options);
      await runEpoch(fleet.options);
    };
    const prices: number[] = [];
    fleet.chain.before = (_, method) => {
      if (method === "submit") prices.push(numberFromFixed(fleet.chain.market.posted.price));
    };
    await epoch();
    await epoch();
    let standing = 0;
    const submissions = taken(fleet, "submit");
    expect(submissions).to.have.lengthOf(6);
    for (const [index, { args }] of submissions.entries()) {
      if (index === 3) standing = 0;
      const options = { proximalWeight: 2, standing, capacity: 5 };
      const best = fixedFromNumber(bestResponse(agent, fees, prices[index]!, options));
      expect(args[2], `submission ${index}`).to.equal(best);
      standing = numberFromFixed(best);
    }
  });

  it("asks for no more than a balance covers, two base units kept for rounding", async () => {
    const fleet = await twinFleet(agents.slice(1, 2));
    fleet.open({ executionFee: 0n, progressiveFee: 0n, maxRounds: 1n });
    const [member] = fleet.members;
    await enrol({ ...fleet.options, members: [{ ...member!, deposit: 150_002n }] });
    await runEpoch(fleet.options);
    const [{ args, succeeded }] = taken(fleet, "submit") as [Taken];
    expect(succeeded).to.equal(true);
    // 0.15 tokens at 1.5 a unit.
    expect(numberFromFixed(args[2] as bigint)).to.be.closeTo(0.1, 1e-11);

    for (const deposit of [1n, 2n]) {
      const poor = await twinFleet(agents.slice(1, 2));
      poor.open({ maxRounds: 1n });
      await enrol({ ...poor.options, members: [{ ...poor.members[0]!, deposit }] });
      await runEpoch(poor.options);
      expect(taken(poor, "submit")[0]!.args[2]).to.equal(0n);
    }
  });
});

describe("A fleet that is not alone", () => {
  const stranger = "0x000000000000000000000000000000000000dEaD";
  const cheap = { price: parseFixed("0.25") };

  it("waits for the deadline, to the second, while somebody is silent", async () => {
    const fleet = await enrolled(agents, [silent]);
    const start = fleet.chain.now;
    const deadlines: bigint[] = [];
    await runEpoch({
      ...fleet.options,
      waitUntil: async (time) => {
        deadlines.push(time);
        fleet.chain.now = time;
      },
    });
    expect(deadlines).to.deep.equal(deadlines.map((_, index) => start + 60n * BigInt(index + 1)));
    expect(deadlines).to.have.lengthOf(taken(fleet, "closeRound").length);
    expect(fleet.chain.refused).to.deep.equal([]);
    expect(taken(fleet, "closeRound").every(({ succeeded }) => succeeded)).to.equal(true);
  });

  for (const name of ["RoundNotOpen", "AlreadyAnswered"]) {
    it(`passes over an answer that comes too late: ${name}`, async () => {
      const fleet = await enrolled(agents);
      let disturbed = false;
      fleet.chain.before = (from, method) => {
        if (method !== "submit" || from !== addressOf(fleet, 1) || disturbed) return;
        disturbed = true;
        const { chain } = fleet;
        if (name === "AlreadyAnswered") {
          chain.order(from, "submit", 1n, 0n, 1n);
        } else {
          chain.now += 60n;
          chain.order("somebody", "closeRound");
        }
      };
      await runEpoch(fleet.options);
      const failed = taken(fleet, "submit").filter(({ succeeded }) => !succeeded);
      expect(failed.length).to.be.at.least(1);
      expect(fleet.chain.market.outcomes.get(1n)!.reason).to.equal("Converged");
    });
  }

  it("stops at an answer that the market refuses for any other reason, and names it", async () => {
    const fleet = await enrolled(agents);
    fleet.chain.before = (from, method) => {
      const { accounts } = fleet.chain.market;
      if (method === "submit") accounts.set(from, { ...accounts.get(from)!, balance: 0n });
    };
    const error = await complaintOf(runEpoch(fleet.options));
    expect(error)
      .to.be.instanceOf(Refused)
      .and.have.property("errorName", "InsufficientCollateral");
    expect(taken(fleet, "closeRound")).to.deep.equal([]);
  });

  it("closes no round that somebody else has closed while it answered or waited", async () => {
    for (const isWaiting of [false, true]) {
      const fleet = await enrolled(agents, isWaiting ? [silent] : []);
      let [answers, closes] = [0, 0];
      const close = (): void => {
        fleet.chain.now += 60n;
        fleet.chain.order("somebody", "closeRound");
        closes++;
      };
      await runEpoch({
        ...fleet.options,
        onAnswers: () => {
          answers++;
          if (!isWaiting && answers === 3) close();
        },
        waitUntil: async (time) => {
          fleet.chain.now = time;
          if (isWaiting && closes === 0) close();
        },
      });
      const { round } = fleet.chain.market.outcomes.get(1n)!;
      expect(closes).to.equal(1);
      expect(fleet.chain.refused).to.deep.equal([]);
      expect(taken(fleet, "closeRound")).to.have.lengthOf(Number(round));
      expect(taken(fleet, "closeRound").every(({ succeeded }) => succeeded)).to.equal(true);
    }
  });

  it("waits again when a member comes while it closes the round", async () => {
    const fleet = await enrolled(agents);
    let joined = false;
    fleet.chain.before = (_, method) => {
      if (method === "closeRound" && !joined) fleet.chain.order(stranger, "join");
      joined ||= method === "closeRound";
    };
    await runEpoch(fleet.options);
    const [first, second] = taken(fleet, "closeRound");
    expect([first!.succeeded, second!.succeeded]).to.deep.equal([false, true]);
    expect(fleet.waits[0]).to.equal(1_000_060n);
  });

  it("stops when the chain refuses a close for a reason of its own", async () => {
    const fleet = await enrolled(agents);
    fleet.chain.poor.add(fleet.keeper.address);
    const error = await complaintOf(runEpoch(fleet.options));
    expect(error).to.be.instanceOf(ChainError);
    expect(error.message).to.include("not enough ether");
  });

  /** A market at 0.25 a unit whose first agent says 3 units, and nothing after; the price then rises. */
  async function withStale(demand: bigint, overrides = {}): Promise<TwinFleet> {
    const fleet = await twinFleet(agents, [silent], cheap);
    fleet.open({ capacity: parseFixed("2"), ...overrides });
    await enrol(fleet.options);
    fleet.chain.order(addressOf(fleet, 0), "submit", 1n, 0n, demand);
    return fleet;
  }

  it("has stale demands cut to what they pay for before a round is closed above capacity", async () => {
    const fleet = await withStale(parseFixed("2"));
    await runEpoch(fleet.options);
    const [trimming] = taken(fleet, "trim");
    expect(trimming!.args).to.deep.equal([[addressOf(fleet, 0)]]);
    expect(trimming!.from).to.equal(fleet.keeper.address);
    expect(fleet.told).to.include("trim");
    const next = fleet.chain.taken[fleet.chain.taken.indexOf(trimming!) + 1];
    expect(next!.method).to.equal("closeRound");
    expect(accountOf(fleet.chain.market, addressOf(fleet, 0)).demand < parseFixed("2")).to.equal(
      true,
    );
  });

  it("has those of strangers cut too, and nobody's who has answered or stands at the price", async () => {
    const fleet = await twinFleet(agents, [silent], cheap);
    fleet.open({ capacity: parseFixed("2"), maxRounds: 2n });
    await enrol(fleet.options);
    fleet.chain.order(stranger, "deposit", tokens("100"));
    fleet.chain.order(stranger, "submit", 1n, 0n, parseFixed("2"));
    await runEpoch(fleet.options);
    expect(taken(fleet, "trim").map(({ args }) => args)).to.deep.equal([[[stranger]]]);
  });

  it("cuts nothing that takes no more than the tolerance out of the excess", async () => {
    const one = await withStale(parseFixed("2"), { maxRounds: 2n });
    await runEpoch(one.options);
    const phantom = parseFixed("2") - accountOf(one.chain.market, addressOf(one, 0)).demand;
    expect(taken(one, "trim")).to.have.lengthOf(1);
    for (const [tolerance, trims] of [
      [parseFixed("2"), 0],
      [parseFixed("0.1"), 1],
    ] as const) {
      expect(phantom > parseFixed("0.1")).to.equal(true);
      const fleet = await withStale(parseFixed("2"), { maxRounds: 2n, primalTolerance: tolerance });
      await runEpoch(fleet.options);
      expect(taken(fleet, "trim"), `${tolerance}`).to.have.lengthOf(trims);
    }
  });

  it("cuts nothing while demand is within capacity, however stale", async () => {
    // The price leaps so far that the others' demand makes room for the stale one.
    const fleet = await withStale(parseFixed("1.9"), {
      initialStep: parseFixed("4"),
      maxRounds: 2n,
    });
    const totals: bigint[] = [];
    fleet.chain.before = (_, method) => {
      if (method === "closeRound") totals.push(fleet.chain.market.totals.demand);
    };
    await runEpoch(fleet.options);
    expect(totals.map((total) => total > parseFixed("2"))).to.deep.equal([true, false]);
    expect(fleet.chain.market.posted.price > cheap.price).to.equal(true);
    expect(taken(fleet, "trim")).to.deep.equal([]);
  });

  it("cuts no demand that stands at a higher price, or that nobody settled after the last epoch", async () => {
    const fleet = await twinFleet(agents, [silent, silent, silent], { price: parseFixed("1") });
    const [first, second] = [addressOf(fleet, 0), addressOf(fleet, 1)];
    const one = { capacity: parseFixed("2"), maxRounds: 1n };
    fleet.open(one);
    await enrol(fleet.options);
    fleet.chain.order(stranger, "deposit", tokens("100"));
    fleet.chain.order(stranger, "submit", 1n, 0n, parseFixed("2"));
    await runEpoch(fleet.options);
    // By its price alone it would be stale.
    fleet.chain.market.accounts.get(stranger)!.lockedPrice = 1n;

    fleet.open({ ...one, maxRounds: 3n });
    fleet.chain.order(first, "submit", 2n, 0n, parseFixed("0.5"));
    const prices = [fleet.chain.market.posted.price];
    await runEpoch({
      ...fleet.options,
      onRound: async () => {
        const { round, price } = fleet.chain.market.posted;
        prices.push(price);
        if (round === 1n) fleet.chain.order(second, "submit", 2n, 1n, parseFixed("2"));
      },
    });
    // It fell, so that the second answered a lower price than the first; then it rose in between.
    expect(prices[1]! < prices[2]! && prices[2]! < prices[0]!).to.equal(true);
    expect(taken(fleet, "trim").map(({ args }) => args)).to.deep.equal([[[second]]]);
  });

  it("is content when somebody else ends the epoch a moment before it would", async () => {
    const fleet = await twinFleet(agents);
    fleet.open({ maxRounds: 1n });
    await enrol(fleet.options);
    fleet.chain.before = (_, method) => {
      if (method === "closeRound") fleet.chain.order(stranger, "closeRound");
    };
    await runEpoch(fleet.options);
    expect(taken(fleet, "closeRound").map(({ succeeded }) => succeeded)).to.deep.equal([false]);
    expect(taken(fleet, "settleAccounts")).to.have.lengthOf(1);
  });

  it("stops when the market refuses a close for a reason that no wait will change", async () => {
    const fleet = await enrolled(agents);
    const data = new Interface(MARKET_ABI).encodeErrorResult("ZeroAmount", []);
    fleet.keeper.signTransaction = () => Promise.reject(Object.assign(new Error("no"), { data }));
    const error = await complaintOf(runEpoch(fleet.options));
    expect(error).to.be.instanceOf(Refused).and.have.property("errorName", "ZeroAmount");
  });

  it("asks members in each epoch anew, those too that wanted nothing in the last", async () => {
    const fleet = await twinFleet(agents);
    fleet.open({ maxRounds: 1n });
    await enrol(fleet.options);
    await runEpoch(fleet.options);
    expect(accountOf(fleet.chain.market, addressOf(fleet, 0))).to.include({ demand: 0n });
    fleet.open({ maxRounds: 1n });
    await runEpoch(fleet.options);
    const epochs = taken(fleet, "submit").map(({ args }) => args[0]);
    expect(epochs).to.deep.equal([1n, 1n, 1n, 2n, 2n, 2n]);
    expect(fleet.waits).to.deep.equal([]);
  });

  it("settles members in batches of a hundred, each once, sorted", async () => {
    const many = drawAgents(103, 5).map((agent) => ({
      ...agent,
      valuation: { family: "log", alpha: 30 } as const,
    }));
    const fleet = await twinFleet(many);
    fleet.open({ capacity: parseFixed("1000"), maxRounds: 1n });
    await enrol(fleet.options);
    await runEpoch(fleet.options);
    const batches = taken(fleet, "settleAccounts").map(({ args }) => args[0] as string[]);
    expect(batches.map(({ length }) => length)).to.deep.equal([100, 3]);
    const all = fleet.members.map(({ wallet }) => wallet.address).toSorted();
    expect(batches.flat()).to.deep.equal(all);
  });

  it("settles nothing twice", async () => {
    const fleet = await enrolled(agents);
    await runEpoch(fleet.options);
    const before = fleet.chain.taken.length;
    await runEpoch(fleet.options);
    expect(fleet.chain.taken.slice(before)).to.deep.equal([]);
  });

  describe("and is not told how to wait", () => {
    const wall = (): bigint => BigInt(Math.floor(Date.now() / 1000));

    it("goes on when the chain's clock has reached the deadline, the wall's far behind it", async () => {
      const { chain, options } = await enrolled(agents.slice(0, 2), [silent]);
      const inRealTime = { ...options };
      delete inRealTime.waitUntil;
      const deadline = wall() + 5_000n;
      chain.market.totals.deadline = deadline;
      chain.now = deadline;
      chain.order(stranger, "join"); // a block at that time
      await runEpoch({
        ...inRealTime,
        onRound: () => Promise.reject(new Error("that will do")),
      }).catch(() => undefined);
      expect(chain.market.posted.round).to.equal(1n);
      expect(chain.refused).to.deep.equal([]);
    });

    it("goes on when the wall's clock has, on a chain that has had no block since", async () => {
      const { chain, options } = await enrolled(agents.slice(0, 1), [silent]);
      const inRealTime = { ...options };
      delete inRealTime.waitUntil;
      // A second is left to wait.
      chain.market.totals.deadline = wall();
      const reads: bigint[] = [];
      chain.now = wall();
      chain.before = () => {
        reads.push(wall());
      };
      await runEpoch({
        ...inRealTime,
        onRound: () => Promise.reject(new Error("that will do")),
      }).catch(() => undefined);
      expect(chain.market.posted.round).to.equal(1n);
      expect(chain.refused).to.deep.equal([]);
      // The chain's clock may be a second behind the wall's: not before the deadline is past by one.
      expect(reads.at(-1)! > chain.now).to.equal(true);
    });

    it("goes on as soon as the others have answered or closed, however far the deadline", async () => {
      for (const does of ["answers", "closes"]) {
        const { chain, options } = await enrolled(agents.slice(0, 1));
        const inRealTime = { ...options };
        delete inRealTime.waitUntil;
        chain.order(stranger, "join");
        chain.now = wall();
        chain.market.totals.deadline = wall() + 5_000n;
        let told = 0;
        await runEpoch({
          ...inRealTime,
          onAnswers: () => {
            setTimeout(() => {
              chain.order(stranger, "submit", 1n, 0n, 0n);
              if (does === "closes") chain.order(stranger, "closeRound");
            }, 100);
          },
          onRound: () => Promise.reject(new Error(`that will do ${++told}`)),
        }).catch(() => undefined);
        expect(told).to.equal(1);
        expect(chain.market.posted.round).to.equal(1n);
        expect(chain.refused).to.deep.equal([]);
      }
    });
  });
});
