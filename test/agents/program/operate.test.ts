import { setTimeout as later } from "node:timers/promises";

import { expect } from "chai";
import { formatEther } from "ethers";

import type { Bot } from "../../../agents/bot.ts";
import { BudgetInUse, BudgetSpent } from "../../../agents/chain/budget.ts";
import { Overtaken } from "../../../agents/chain/call.ts";
import { Stopped } from "../../../agents/chain/pause.ts";
import { NoAnswer } from "../../../agents/chain/transport.ts";
import { Refused } from "../../../agents/errors.ts";
import { parseFixed } from "../../../mechanism/fixed-point.ts";
import { drawAgents } from "../../../mechanism/random.ts";
import { accountOf } from "../../../mechanism/twin-accounts.ts";
import { operations, type TwinOperation } from "./twin-operation.ts";

const agents = drawAgents(3, 1);
/** All of them want some at any price there is. */
const eager = agents.map((agent) => ({
  ...agent,
  valuation: { family: "log", alpha: 30 } as const,
}));
const silent: Bot["strategy"] = { name: "lazy", gamma: 0, deadband: Infinity };
const cheap = { price: parseFixed("0.25") };
type Shown =
  | ("head" | "epoch" | "round" | "isOpen" | "members" | "answered" | "price")
  | ("resting" | "budgetSpent");

const addressOf = ({ members }: TwinOperation, index: number): string =>
  members[index]!.wallet.address;
/** How often each of them was sent. */
const countsOf = (sent: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const one of sent) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
};
const timesOf = (sent: readonly string[], one: string): number => countsOf(sent)[one] ?? 0;
const events = ({ told }: TwinOperation): string[] => told.map(([what]) => what);
/** All three are in and have answered the round. */
const areIn = (run: TwinOperation) => () => run.standing.answered === 3;
/** An error is met once or always by what one of them sends. */
const failing =
  (run: TwinOperation, one: string, error: Error, times = Infinity): TwinOperation["meet"] =>
  (who, method) => {
    if (`${who} ${method}` === one && timesOf(run.tries, one) <= times) throw error;
  };
/** The round is closed and, where it was the last, the next epoch opened, by others and before another look. */
function closeByOthers(run: TwinOperation, opens = false): void {
  run.chain.now += 60n;
  run.chain.order("somebody", "closeRound");
  if (opens) run.open();
}

describe("A fleet's operation", function () {
  this.timeout(10_000);
  const make = operations();

  it("runs one epoch from joining to settling, and does and tells nothing twice", async () => {
    const run = await make(eager, [], cheap);
    const { chain, standing, metrics } = run;
    run.operation.once = true;
    run.open({ capacity: parseFixed("2"), maxRounds: 4n });
    const prices = new Map<string, string>();
    let [most, reads] = [0, 0];
    const answered: bigint[] = [];
    run.onLook = () => {
      const { round, samples, price } = chain.market.posted;
      prices.set(`${round} ${samples}`, formatEther(price));
      most = Math.max(most, standing.answered);
    };
    run.meet = (_, method) => {
      if (method === "closeRound") answered.push(chain.market.totals.answered);
    };
    const getLogs = chain.getLogs.bind(chain);
    chain.getLogs = (filter) => {
      reads++;
      return getLogs(filter);
    };
    const valuesOf = async (...names: Shown[]): Promise<number[]> =>
      Promise.all(names.map(async (name) => (await metrics[name].get()).values[0]!.value));
    const shown = ["head", "epoch", "round", "isOpen", "members", "answered"] as const;
    const done = run.start();
    await run.until(areIn(run));
    expect(await valuesOf(...shown)).to.deep.equal([17, 1, 0, 1, 3, 3]);
    await done;

    const counts = countsOf(run.sent());
    for (const { id } of agents) {
      const own = [`${id} approve`, `${id} deposit`, `${id} submit`];
      expect(own.map((one) => counts[one])).to.deep.equal([1, 1, 4]);
    }
    expect(counts).to.include({ "keeper closeRound": 4, "keeper settleAccounts": 1 });
    expect(Object.keys(counts)).to.have.lengthOf(11);
    expect(run.tries).to.have.members(run.sent());
    expect(chain.refused).to.deep.equal([]);
    // Where everybody has answered nobody is looked for whose demand could be stale.
    expect([answered, most, reads]).to.deep.equal([[3n, 3n, 3n, 3n], 3, 0]);
    expect(countsOf(run.kinds)).to.deep.equal({ join: 6, submit: 12, close: 4, settle: 1 });

    const later = [...prices.values()].slice(1);
    const told = later.map((price, index) => {
      const isEnd = index === later.length - 1;
      const round = BigInt(isEnd ? index : index + 1);
      return [isEnd ? "info: epoch ended" : "info: round", { epoch: 1n, round, price }];
    });
    expect(told).to.have.lengthOf(4);
    expect(run.told).to.deep.equal(told);
    const last = { epoch: 1n, round: 3n, isOpen: false, answered: 0, spent: null };
    expect(standing).to.deep.equal(last);
    expect(await valuesOf(...shown, "resting", "budgetSpent")).to.deep.equal([
      ...[17, 1, 3, 0, 3, 0],
      ...[0, 0],
    ]);
    expect((await valuesOf("price"))[0]).to.be.closeTo(Number(later.at(-1)), 1e-12);
    expect(await run.outcomes()).to.deep.equal({});
  });

  it("sends nothing where a former life has done all there was, and ends", async () => {
    const run = await make(agents);
    run.operation.once = true;
    run.open({ maxRounds: 1n });
    for (const { wallet, deposit } of run.members) {
      run.chain.order(wallet.address, "deposit", deposit);
      run.chain.order(wallet.address, "submit", 1n, 0n, 0n);
    }
    run.chain.order("somebody", "closeRound");
    await run.start();
    expect([run.tries, run.told]).to.deep.equal([[], []]);
  });

  it("goes on with the next epoch until it is told to stop", async () => {
    const run = await make(agents);
    const { chain, standing } = run;
    run.open({ maxRounds: 1n });
    const done = run.start();
    await run.until(() => run.kinds.includes("settle"));
    await run.looks();
    expect(standing).to.include({ epoch: 1n, isOpen: false, answered: 0 });
    expect(timesOf(run.sent(), "keeper settleAccounts")).to.equal(1);
    run.operation.keeper = false;
    run.open({ maxRounds: 1n });
    await run.until(areIn(run));
    // Closed and opened between two looks: round 0 is open in both.
    closeByOthers(run, true);
    await run.until(() => standing.epoch === 3n && standing.answered === 3);
    run.stop();
    await done;
    const price = formatEther(chain.market.posted.price);
    expect(run.told).to.deep.equal([
      ["info: epoch ended", { epoch: 1n, round: 0n, price }],
      ["info: round", { epoch: 2n, round: 0n, price }],
      ["info: round", { epoch: 3n, round: 0n, price }],
    ]);
    const epochs = chain.taken
      .filter(({ method }) => method === "submit")
      .map(({ args: [epoch] }) => String(epoch));
    expect(countsOf(epochs)).to.deep.equal({ "1": 3, "2": 3, "3": 3 });
    expect(countsOf(run.kinds)).to.deep.equal({ join: 6, submit: 9, close: 1, settle: 1 });
  });

  for (const keeper of [true, false]) {
    it(`waits for the first epoch and ends with it, ${keeper ? "" : "not "}its keeper`, async () => {
      const run = await make(agents);
      run.operation.once = true;
      run.operation.keeper = keeper;
      const done = run.start();
      await run.until(() => timesOf(run.kinds, "join") === 6);
      await run.looks();
      expect(run.standing).to.include({ epoch: 0n, isOpen: false, answered: 0 });
      expect([run.tries.length, run.told]).to.deep.equal([6, []]);
      run.open({ maxRounds: 1n });
      await run.until(() => run.kinds.includes("submit"));
      if (!keeper) {
        await run.until(areIn(run));
        await run.looks();
        closeByOthers(run);
      }
      await done;
      expect(events(run)).to.deep.equal(["info: round", "info: epoch ended"]);
      const sent = countsOf(run.sent());
      const [closed, settled] = [sent["keeper closeRound"], sent["keeper settleAccounts"]];
      expect([closed, settled]).to.deep.equal(keeper ? [1, 1] : [undefined, undefined]);
      expect(run.tries).to.have.lengthOf(keeper ? 11 : 9);
    });
  }

  it("ends with its epoch although the next was opened at once, and settles that one alone", async () => {
    const run = await make(eager);
    const { chain } = run;
    run.operation.once = true;
    run.open({ maxRounds: 1n });
    let isNext = false;
    run.meet = (_, method) => {
      if (method !== "closeRound" || isNext) return;
      isNext = true;
      closeByOthers(run, true);
      // As another process with the same keys would.
      chain.order(addressOf(run, 1), "submit", 2n, 0n, parseFixed("0.25"));
    };
    await run.start();
    expect(run.standing).to.include({ epoch: 2n, isOpen: true });
    const sent = countsOf(run.sent());
    expect(sent).to.include({ "agent-2 submit": 1, "keeper settleAccounts": 1 });
    expect(sent["keeper closeRound"]).to.equal(undefined);
    const settled = [0, 2].map((index) => addressOf(run, index)).toSorted();
    expect(chain.taken.at(-1)!.args).to.deep.equal([settled]);
    expect(accountOf(chain.market, addressOf(run, 1))).to.include({ epoch: 2n, answered: 1n });
    expect(await run.outcomes()).to.deep.equal({ "close late": 1 });
    expect(events(run).toSorted()).to.deep.equal(["info: round", "info: somebody was first"]);
  });

  it("closes no round before all of its own are in, though the market would let it", async () => {
    const run = await make(agents);
    const gate = Promise.withResolvers<undefined>();
    run.open({ maxRounds: 1n });
    run.meet = (who) => (who === "agent-2" ? gate.promise : undefined);
    const members: bigint[] = [];
    run.chain.before = (_, method) => {
      if (method === "closeRound") members.push(run.chain.market.totals.members);
    };
    run.operation.once = true;
    const done = run.start();
    await run.until(() => run.standing.answered === 2);
    await run.looks();
    expect(run.tries).not.to.include("keeper closeRound");
    // What is on its way is not begun again, however often it looks.
    expect(timesOf(run.tries, "agent-2 approve")).to.equal(1);
    gate.resolve(undefined);
    await done;
    expect(members).to.deep.equal([3n]);
  });

  it("closes from the deadline on where somebody is silent: by a block, or by the chain's clock", async () => {
    for (const at of ["block", "clock"]) {
      const run = await make(agents, [silent]);
      run.open();
      const { deadline } = run.chain.market.totals;
      // The market itself would let it.
      run.chain.now = deadline;
      let time = deadline - 1n;
      run.operation.chainTime = () => Promise.resolve(time);
      run.head.timestamp = deadline - 1n;
      const done = run.start();
      await run.until(() => run.standing.answered === 2);
      await run.looks();
      expect(run.tries).not.to.include("keeper closeRound");
      if (at === "block") run.head.timestamp = deadline;
      else time = deadline;
      await run.until(() => run.standing.round === 1n);
      run.stop();
      await done;
      expect(timesOf(run.sent(), "keeper closeRound")).to.equal(1);
      expect(run.sent()).not.to.include("agent-0 submit");
    }
  });

  it("gives other keepers its pause before each round it closes, to the millisecond", async () => {
    const run = await make(agents);
    run.operation.keeperPause = 5_000;
    run.open();
    const done = run.start();
    for (const round of [0n, 1n]) {
      await run.until(() => run.standing.round === round && areIn(run)());
      await run.looks();
      make.clock.now += 4_999;
      await run.looks();
      expect(timesOf(run.tries, "keeper closeRound")).to.equal(Number(round));
      make.clock.now += 1;
      await run.until(() => run.standing.round > round);
    }
    run.stop();
    await done;
  });

  describe("above capacity, with stale demands", () => {
    /** Round 1 waits for its deadline with a demand of 2 units that stands from round 0. */
    const withStale = async (): Promise<TwinOperation> => {
      const run = await make(agents, [silent], cheap);
      run.open({ capacity: parseFixed("2"), maxRounds: 2n });
      run.operation.once = true;
      run.onLook = () => {
        const { round } = run.chain.market.posted;
        if (run.standing.answered === 2) run.chain.now += 60n;
        // As soon as it has joined, before its round can be closed.
        const { epoch, answered } = accountOf(run.chain.market, addressOf(run, 0));
        if (round > 0n || epoch === 0n || answered > 0n) return;
        run.chain.order(addressOf(run, 0), "submit", 1n, 0n, parseFixed("2"));
      };
      return run;
    };

    it("has them cut first", async () => {
      const run = await withStale();
      await run.start();
      const sent = run.sent().filter((one) => one.startsWith("keeper"));
      const expected = ["closeRound", "trim", "closeRound", "settleAccounts"];
      expect(sent).to.deep.equal(expected.map((method) => `keeper ${method}`));
      expect(run.chain.taken.find(({ method }) => method === "trim")!.args).to.deep.equal([
        [addressOf(run, 0)],
      ]);
      expect(run.kinds).to.include("trim");
    });

    it("closes all the same where that fails, unless it is out of money or told to stop", async () => {
      const left = "warn: stale demands are left as they are";
      const cases: [Error, told: string | undefined, trims: number, closes: number][] = [
        [new Error("no old events"), left, 1, 2],
        [new BudgetInUse("set aside"), left, 1, 2],
        [new BudgetSpent(false, "spent"), "error: the budget is spent", 1, 1],
        // Nothing was closed until it was tried again, and had its way.
        [new Stopped("told to stop"), undefined, 2, 2],
      ];
      for (const [error, what, trims, closes] of cases) {
        const run = await withStale();
        const isSpent = error instanceof BudgetSpent;
        run.meet = failing(run, "keeper trim", error, 1);
        const done = run.start();
        if (isSpent) {
          await run.until(() => events(run).includes("error: the budget is spent"));
          await run.looks();
          run.stop();
        }
        await done;
        const about = isSpent ? { who: "keeper", kind: "close", error } : { error };
        const special = run.told.filter(([event]) => !event.startsWith("info"));
        expect(special).to.deep.equal(what === undefined ? [] : [[what, about]]);
        expect(timesOf(run.tries, "keeper trim"), error.name).to.equal(trims);
        expect(timesOf(run.sent(), "keeper closeRound"), error.name).to.equal(closes);
        expect(await run.outcomes()).to.deep.equal({});
      }
    });
  });

  describe("when something fails", () => {
    const late = ["RoundStillOpen", "EpochNotOpen", "RoundNotOpen", "AlreadyAnswered"].map(
      (name) => [new Refused(name, name), "info: somebody was first", "late"] as const,
    );
    for (const [error, what, outcome] of [
      ...late,
      [new Overtaken("its nonce is gone"), "info: somebody was first", "late"],
      [new NoAnswer("no node answers"), "warn: no node answers", "unanswered"],
      [new BudgetInUse("set aside"), "debug: the budget is set aside", undefined],
      [new Stopped("told to stop"), undefined, undefined],
    ] as const) {
      it(`tries again at the next look what may be mended by then: ${error.message}`, async () => {
        const run = await make(agents);
        run.open({ maxRounds: 1n });
        run.operation.once = true;
        run.meet = failing(run, "agent-1 submit", error, 3);
        await run.start();
        expect(timesOf(run.tries, "agent-1 submit")).to.equal(4);
        const about = { who: addressOf(run, 1), kind: "submit", error };
        const told = what === undefined ? [] : [what, what, what].map((one) => [one, about]);
        expect(run.told.slice(0, -1)).to.deep.equal(told);
        const outcomes = outcome === undefined ? {} : { [`submit ${outcome}`]: 3 };
        expect(await run.outcomes()).to.deep.equal(outcomes);
        expect(run.sent()).to.include("keeper closeRound");
        expect(run.standing.spent).to.equal(null);
      });
    }

    for (const [who, method, kind, error, what, outcome] of [
      ["agent-1", "approve", "submit", new Error("disk"), "error: failed", "failed"],
      [
        "agent-1",
        "submit",
        "submit",
        new Refused("Poor", ""),
        "error: the market refuses",
        "refused",
      ],
      ["keeper", "closeRound", "close", new Error("disk"), "error: failed", "failed"],
    ] as const) {
      const one = `${who} ${method}`;
      it(`lets who failed for another reason rest for ten seconds, to the millisecond: ${one}`, async () => {
        const run = await make(agents);
        run.open();
        run.meet = failing(run, one, error, 1);
        const done = run.start();
        await run.until(() => run.tries.includes(one));
        await run.looks();
        // The keeper is none of the members.
        expect(await run.value("resting")).to.equal(who === "keeper" ? 0 : 1);
        make.clock.now += 9_999;
        // The others go on.
        const others = ["agent-0 submit", "agent-2 submit"];
        await run.until(() => others.every((other) => run.sent().includes(other)));
        await run.looks();
        expect(timesOf(run.tries, one)).to.equal(1);
        const told = [[what, { who: who === "keeper" ? who : addressOf(run, 1), kind, error }]];
        expect(run.told).to.deep.equal(told);
        expect(await run.outcomes()).to.deep.equal({ [`${kind} ${outcome}`]: 1 });
        expect(run.sent()).not.to.include("keeper closeRound");
        make.clock.now += 1;
        await run.until(() => run.standing.round === 1n);
        run.stop();
        await done;
        expect(await run.value("resting")).to.equal(0);
        expect(run.told.filter(([event]) => event === what)).to.have.lengthOf(1);
      });
    }

    it("says as what it failed between epochs: joining or settling", async () => {
      const error = new Error("disk");
      const run = await make(agents);
      run.operation.once = true;
      run.meet = failing(run, "agent-1 approve", error, 1);
      const done = run.start();
      await run.until(() => run.tries.includes("agent-1 approve"));
      await run.looks();
      expect(run.told).to.deep.equal([
        ["error: failed", { who: addressOf(run, 1), kind: "join", error }],
      ]);
      make.clock.now += 10_000;
      run.meet = failing(run, "keeper settleAccounts", error, 1);
      run.open({ maxRounds: 1n });
      await run.until(() => run.tries.includes("keeper settleAccounts"));
      await run.looks();
      expect(run.told.at(-1)).to.deep.equal([
        "error: failed",
        { who: "keeper", kind: "settle", error },
      ]);
      make.clock.now += 10_000;
      await done;
      expect(timesOf(run.tries, "keeper settleAccounts")).to.equal(2);
      expect(await run.outcomes()).to.deep.equal({ "join failed": 1, "settle failed": 1 });
    });

    for (const keeper of [true, false]) {
      it(`goes on without who has spent its own budget, for good, ${keeper ? "" : "not "}its keeper`, async () => {
        const error = new BudgetSpent(false, "agent-1's is spent");
        const run = await make(eager);
        Object.assign(run.operation, { once: true, keeper });
        run.open({ maxRounds: 1n });
        run.meet = failing(run, "agent-1 approve", error);
        const done = run.start();
        await run.until(() => run.tries.includes("agent-1 approve"));
        make.clock.now = 1e15;
        if (!keeper) {
          await run.until(() => run.standing.answered === 2);
          closeByOthers(run);
        }
        await done;
        expect(timesOf(run.tries, "agent-1 approve")).to.equal(1);
        expect(run.sent()).not.to.include("agent-1 submit");
        const own = ["keeper closeRound", "keeper settleAccounts"];
        expect(run.sent().filter((one) => one.startsWith("keeper"))).to.deep.equal(
          keeper ? own : [],
        );
        expect(await run.value("resting")).to.equal(1);
        expect(await run.value("budgetSpent")).to.equal(0);
        expect(run.standing.spent).to.equal(null);
        const about = { who: addressOf(run, 1), kind: "submit", error };
        expect(run.told[0]).to.deep.equal(["error: the budget is spent", about]);
        expect(events(run)).to.have.lengthOf(2);
        expect(await run.outcomes()).to.deep.equal({});
      });
    }

    it("ends with its epoch, and says that its keeper's own budget was spent before it was settled", async () => {
      const error = new BudgetSpent(false, "the keeper's is spent");
      for (const [method, isNext] of [
        ["settleAccounts", false],
        ["closeRound", false],
        ["closeRound", true],
      ] as const) {
        const run = await make(eager);
        run.operation.once = true;
        run.open({ maxRounds: 1n });
        run.meet = failing(run, `keeper ${method}`, error);
        const done = run.start();
        await run.until(() => run.tries.includes(`keeper ${method}`));
        if (method === "closeRound") {
          // It waits for others to close.
          await run.looks();
          expect(run.standing.isOpen).to.equal(true);
          closeByOthers(run, isNext);
        }
        expect(await done.catch((cause: unknown) => cause)).to.equal(error);
        expect(run.standing).to.deep.include({ isOpen: isNext, spent: null });
        expect(run.tries.filter((one) => one.startsWith("keeper")).at(-1)).to.equal(
          `keeper ${method}`,
        );
      }
    });

    for (const once of [false, true]) {
      it(`sends nothing more when all is spent, and ${once ? "ends" : "stays to say so"}`, async () => {
        const errors = [0, 1, 2].map((index) => new BudgetSpent(true, `spent ${index}`));
        const run = await make(agents);
        run.operation.once = once;
        run.open();
        run.meet = (who, method) => {
          if (method === "submit") throw errors[Number(who.at(-1))]!;
        };
        const done = run.start();
        if (once) expect(await done.catch((error: unknown) => error)).to.equal(run.standing.spent);
        else {
          await run.until(() => run.standing.spent !== null);
          await run.looks();
          const tries = run.tries.length;
          make.clock.now += 1e9;
          await run.looks();
          expect(run.tries).to.have.lengthOf(tries);
          expect(await run.value("budgetSpent")).to.equal(1);
          expect(await run.value("resting")).to.equal(0);
          run.stop();
          await done;
        }
        const told = run.told.map(([what, about]) => [what, about!["error"]]);
        // The first that was told is what is said from then on.
        expect(run.standing.spent).to.equal(told[0]![1]);
        for (const [what] of told) expect(what).to.equal("error: the budget is spent");
        expect(run.sent()).not.to.include("keeper closeRound");
      });
    }

    it("looks again where a look fails", async () => {
      const error = new Error("no node");
      const run = await make(agents);
      run.operation.once = true;
      run.open({ maxRounds: 1n });
      let looks = 0;
      run.onLook = () => {
        if (++looks <= 2 || looks === 5) throw error;
      };
      await run.start();
      const warning = ["warn: no look at the chain", { error }];
      expect(run.told.filter(([what]) => what.startsWith("warn"))).to.deep.equal([
        ...[warning, warning, warning],
      ]);
      expect(run.sent()).to.include("keeper settleAccounts");
    });

    it("tells of a budget that was spent by what was begun before the end", async () => {
      const run = await make(agents);
      Object.assign(run.operation, { once: true, keeper: false });
      run.open({ maxRounds: 1n });
      const gate = Promise.withResolvers<undefined>();
      run.meet = (who, method) =>
        who === "agent-1" && method === "submit" ? gate.promise : undefined;
      const done = run.start();
      await run.until(() => run.standing.answered === 2);
      closeByOthers(run, true);
      await run.until(() => run.standing.epoch === 2n);
      await run.looks();
      const error = new BudgetSpent(true, "spent");
      gate.reject(error);
      expect(await done.catch((cause: unknown) => cause)).to.equal(error);
    });
  });

  it("does again what a reorganisation has undone, and nothing but that", async () => {
    const run = await make(agents);
    const { chain } = run;
    const again = async (change: () => void): Promise<string[]> => {
      const { length } = run.tries;
      change();
      await run.looks();
      return run.tries.slice(length);
    };
    run.operation.keeper = false;
    run.open({ maxRounds: 1n });
    const before = new Map<string, ReturnType<typeof accountOf>>();
    run.meet = (who, method) => {
      const [address] = [addressOf(run, 1)];
      if (who === "agent-1" && method === "submit")
        before.set(address, accountOf(chain.market, address));
    };
    const done = run.start();
    await run.until(areIn(run));
    const [[address, account]] = [...before] as [[string, ReturnType<typeof accountOf>]];
    const { demand } = accountOf(chain.market, address);
    const undo = (): void => {
      chain.market.accounts.set(address, account);
      chain.market.totals.answered -= 1n;
      chain.market.totals.demand -= demand;
    };
    // Until the chain is known to be another, what has been done stays done.
    expect(await again(undo)).to.deep.equal([]);
    expect(await again(() => run.head.lineage++)).to.deep.equal(["agent-1 submit"]);
    expect(run.told).to.deep.equal([["info: round", { epoch: 1n, round: 0n, price: "1.0" }]]);
    await run.until(areIn(run));

    run.operation.keeper = true;
    await run.until(() => run.kinds.includes("settle"));
    await run.looks();
    const settled = accountOf(chain.market, address);
    const unsettle = (): void =>
      void chain.market.accounts.set(address, { ...settled, demand, answered: 1n });
    expect(await again(unsettle)).to.deep.equal([]);
    expect(await again(() => run.head.lineage++)).to.deep.equal(["keeper settleAccounts"]);
    expect(events(run).slice(1)).to.deep.equal(["info: epoch ended", "info: epoch ended"]);
    run.stop();
    await done;
  });

  describe("that is told to stop", () => {
    it("begins nothing, and ends when what it has begun is at its end", async () => {
      const run = await make(agents);
      const gate = Promise.withResolvers<undefined>();
      run.open();
      run.meet = (_, method) => (method === "submit" ? gate.promise : undefined);
      let isEnded = false;
      const done = run.start().finally(() => (isEnded = true));
      await run.until(() => timesOf(run.tries, "agent-2 submit") === 1);
      await run.looks();
      const { length } = run.tries;
      run.stop();
      await later(10);
      expect(isEnded).to.equal(false);
      gate.resolve(undefined);
      await done;
      expect(run.tries).to.have.lengthOf(length);
      expect(run.sent()).to.include.members(["agent-0 submit", "agent-1 submit", "agent-2 submit"]);
      expect(run.told).to.deep.equal([]);
    });

    it("ends in the middle of a pause, however long", async () => {
      const run = await make(agents);
      run.operation.polling = 1e9;
      // It is sent while the loop pauses, and nothing wakes that before its time.
      run.meet = () => run.stop();
      await run.start();
      expect(countsOf(run.sent())).to.include({ "agent-0 deposit": 1, "agent-2 deposit": 1 });
      expect(run.told).to.deep.equal([]);
    });

    it("waits no longer for it when it is told to leave", async () => {
      const run = await make(agents);
      run.open();
      const gate = Promise.withResolvers<undefined>();
      run.meet = () => gate.promise;
      const done = run.start();
      await run.until(() => run.tries.length === 3);
      run.stop();
      run.leave();
      await done;
      expect(run.sent()).to.deep.equal([]);
      expect(run.told).to.deep.equal([]);
    });

    it("ends in the middle of a look that never ends, or that it interrupts", async () => {
      const run = await make(agents);
      run.open();
      const gate = Promise.withResolvers<undefined>();
      run.onLook = () => gate.promise;
      const done = run.start();
      run.stop();
      await done;
      gate.resolve(undefined);
      for (let wait = 0; !run.standing.isOpen && wait < 500; wait++) await later(1);
      await later(10);
      // It has gone on to see what there is, and has left it at that.
      expect(run.standing).to.include({ epoch: 1n, isOpen: true });
      expect([run.tries, run.told]).to.deep.equal([[], []]);
    });
  });
});
