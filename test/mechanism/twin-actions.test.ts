import { expect } from "chai";

import { UNIT } from "../../mechanism/fixed-point.ts";
import { accountOf, freeBalance, locked, settled } from "../../mechanism/twin-accounts.ts";
import { packPriceDown } from "../../mechanism/twin-arithmetic.ts";
import {
  createMarket,
  MAX_MOVEMENT,
  MAX_QUANTITY,
  openEpoch,
  SETTLED,
  type TwinMarket,
} from "../../mechanism/twin-state.ts";
import {
  admit,
  closeRound,
  deposit,
  join,
  settleAccounts,
  submit,
  trim,
  withdraw,
} from "../../mechanism/twin.ts";
import { deployment, fixed, marketOf, parameters, tokens } from "./twin-market.ts";

/** The refusal, word for word; the market must be as it was. */
function refusalOf(market: TwinMarket, act: (market: TwinMarket) => unknown): string {
  const before = structuredClone(market);
  try {
    act(market);
  } catch (error) {
    expect(market).to.deep.equal(before);
    return (error as Error).message;
  }
  return "none";
}

const nextEpoch = (market: TwinMarket): void => openEpoch(market, parameters, 1000n);

describe("joining the twin", () => {
  it("marks the member with epoch 1 whatever is posted, and counts it", () => {
    const market = createMarket(deployment);
    join(market, "a");
    deposit(market, "b", 5n);
    expect(accountOf(market, "a")).to.include({ epoch: 1n, balance: 0n });
    expect(accountOf(market, "b")).to.include({ epoch: 1n, balance: 5n });
    expect(market.totals.members).to.equal(2n);
    market.posted.epoch = 7n;
    join(market, "c");
    deposit(market, "d", 5n);
    expect(accountOf(market, "c").epoch).to.equal(1n);
    expect(accountOf(market, "d").epoch).to.equal(1n);
    deposit(market, "d", 6n);
    expect(accountOf(market, "d")).to.include({ epoch: 1n, balance: 11n });
    expect(market.totals.members).to.equal(4n);
  });

  it("is refused to a member, to strangers of an allowlist, and to one too many", () => {
    const market = createMarket({ ...deployment, allowlisted: true });
    admit(market, ["a", "b", "c"], true);
    admit(market, ["b"], false);
    join(market, "a");
    for (const enter of [join, (of: TwinMarket, who: string) => deposit(of, who, 1n)]) {
      expect(refusalOf(market, () => enter(market, "b"))).to.equal("NotAdmitted(b)");
    }
    expect(refusalOf(market, () => join(market, "a"))).to.equal("AlreadyJoined(a)");
    market.totals.members = 2n ** 24n - 1n;
    for (const enter of [join, (of: TwinMarket, who: string) => deposit(of, who, 1n)]) {
      expect(refusalOf(market, () => enter(market, "c"))).to.equal("TooManyMembers(16777215)");
    }
    // Members go on: also one whose admission has ended.
    admit(market, ["a"], false);
    deposit(market, "a", 1n);
    market.totals.members = 2n ** 24n - 2n;
    join(market, "c");
  });
});

describe("money in the twin", () => {
  it("fills an account to 96 bits and no further", () => {
    const max = 2n ** 96n - 1n;
    const market = createMarket(deployment);
    deposit(market, "a", max);
    expect(refusalOf(market, () => deposit(market, "a", 1n))).to.equal(
      `BalanceTooLarge(a, ${max + 1n}, ${max})`,
    );
    expect(refusalOf(market, () => deposit(market, "a", 0n))).to.equal("ZeroAmount()");
  });

  it("leaves to the last base unit what no demand has locked", () => {
    const market = marketOf();
    submit(market, "a", 1n, 0n, [fixed("4")]);
    // 0.5·4 + 1 and 2·4.
    const free = tokens("89");
    expect(refusalOf(market, () => withdraw(market, "a", free + 1n))).to.equal(
      `InsufficientFreeBalance(a, ${free}, ${free + 1n})`,
    );
    expect(refusalOf(market, () => withdraw(market, "a", 0n))).to.equal("ZeroAmount()");
    withdraw(market, "a", free);
    expect(freeBalance(market, "a")).to.equal(0n);
    expect(accountOf(market, "a").balance).to.equal(tokens("11"));
  });

  it("books an ended epoch on the way of a deposit, a withdrawal and a submission", () => {
    const acts: [string, (market: TwinMarket) => void, bigint][] = [
      ["deposit", (market) => deposit(market, "a", tokens("1")), tokens("90")],
      ["withdraw", (market) => withdraw(market, "a", tokens("1")), tokens("88")],
      ["submit", (market) => submit(market, "a", 2n, 0n, [fixed("1")]), tokens("89")],
      ["settle", (market) => settleAccounts(market, ["a"]), tokens("89")],
    ];
    for (const [name, act, balance] of acts) {
      const market = marketOf({ maxRounds: 1n });
      submit(market, "a", 1n, 0n, [fixed("4")]);
      closeRound(market, 60n);
      nextEpoch(market);
      act(market);
      expect(market.funds, name).to.deep.equal({ revenue: tokens("8"), fees: tokens("3") });
      expect(accountOf(market, "a").balance, name).to.equal(balance);
    }
  });

  it("is locked at the price answered while a demand stands, charge and all under Refunding", () => {
    for (const policy of ["Refunding", "PerSubmission"] as const) {
      const market = marketOf({}, { policy });
      submit(market, "a", 1n, 0n, [fixed("4")]);
      const charge = policy === "Refunding" ? tokens("3") : 0n;
      expect(locked(market, accountOf(market, "a"))).to.equal(tokens("8") + charge);
      expect(locked(market, accountOf(market, "b"))).to.equal(0n);
      closeRound(market, 60n);
      expect(market.posted.price).to.equal(fixed("0.5"));
      // The price it answered, packed: 2 less at most a part in 2^25.
      const payment = locked(market, accountOf(market, "a")) - charge;
      expect(payment <= tokens("8") && payment > tokens("7.999999")).to.equal(true);
    }
  });
});

describe("answering the twin", () => {
  it("is held to the round, the epoch and the samples that are posted, and says which are", () => {
    const market = marketOf();
    const answer = (epoch: bigint, round: bigint, samples: bigint[]): string =>
      refusalOf(market, () => submit(market, "a", epoch, round, samples));
    expect(answer(1n, 1n, [1n])).to.equal("RoundNotOpen(1, 1, 1, 0, true)");
    expect(answer(2n, 0n, [1n])).to.equal("RoundNotOpen(2, 0, 1, 0, true)");
    expect(answer(1n, 0n, [])).to.equal("WrongSampleCount(0, 1)");
    expect(answer(1n, 0n, [1n, 1n])).to.equal("WrongSampleCount(2, 1)");
    market.posted.samples = 0n;
    expect(answer(1n, 0n, [1n])).to.equal("RoundNotOpen(1, 0, 1, 0, false)");
  });

  it("is held to the capacity, and each of several samples to what fits a slot", () => {
    const one = marketOf();
    const capacity = fixed("10");
    expect(refusalOf(one, () => submit(one, "a", 1n, 0n, [capacity + 1n]))).to.equal(
      `DemandAboveCapacity(${capacity + 1n}, ${capacity})`,
    );
    const huge = MAX_QUANTITY + 1n;
    // One sample alone is looked at after the round; several before it.
    expect(refusalOf(one, () => submit(one, "a", 9n, 0n, [huge]))).to.match(/^RoundNotOpen/);
    const two = marketOf({ samples: 2n });
    const refusal = `DemandAboveCapacity(${huge}, ${capacity})`;
    expect(refusalOf(two, () => submit(two, "a", 9n, 0n, [0n, huge]))).to.equal(refusal);
    expect(refusalOf(two, () => submit(two, "a", 9n, 0n, [0n, huge - 1n]))).to.match(
      /^RoundNotOpen/,
    );
    submit(two, "a", 1n, 0n, [0n, 2n * capacity]);
    expect(accountOf(two, "a").demand).to.equal(capacity);
  });

  it("is for members, once a round, and covered by the balance to the base unit", () => {
    const market = marketOf();
    expect(refusalOf(market, () => submit(market, "c", 1n, 0n, [0n]))).to.equal("NotJoined(c)");
    submit(market, "a", 1n, 0n, [0n]);
    expect(refusalOf(market, () => submit(market, "a", 1n, 0n, [0n]))).to.equal(
      "AlreadyAnswered(a, 1, 0)",
    );
    const required = tokens("3.5"); // 1 unit: 0.5 + 1 and 2
    deposit(market, "c", required - 1n);
    expect(refusalOf(market, () => submit(market, "c", 1n, 0n, [UNIT]))).to.equal(
      `InsufficientCollateral(c, ${required - 1n}, ${required})`,
    );
    deposit(market, "c", 1n);
    submit(market, "c", 1n, 0n, [UNIT]);
    expect(accountOf(market, "c")).to.deep.equal({
      balance: required,
      demand: UNIT,
      lockedPrice: packPriceDown(fixed("2")),
      epoch: 1n,
      answered: 1n,
    });
    expect(market.totals).to.include({ demand: UNIT, movement: UNIT, answered: 2n, members: 3n });
  });

  it("replaces the demand that stands: the total by the difference, the movement by its size", () => {
    const market = marketOf();
    submit(market, "a", 1n, 0n, [fixed("4")]);
    closeRound(market, 60n);
    submit(market, "a", 1n, 1n, [fixed("1.5")]);
    submit(market, "b", 1n, 1n, [fixed("3")]);
    expect(market.totals).to.include({ demand: fixed("4.5"), movement: fixed("5.5") });
  });

  it("begins a new epoch from no demand, whatever stood in the last", () => {
    const market = marketOf({ maxRounds: 1n });
    submit(market, "a", 1n, 0n, [fixed("4")]);
    closeRound(market, 60n);
    nextEpoch(market);
    submit(market, "a", 2n, 0n, [fixed("3")]);
    expect(market.totals).to.include({ demand: fixed("3"), movement: fixed("3") });
    expect(accountOf(market, "a")).to.include({ epoch: 2n, answered: 1n });
    expect(market.funds.revenue).to.equal(tokens("8"));
  });

  it("counts up to 96 bits of demand in all, and movement up to where it stays", () => {
    const max = 2n ** 96n - 1n;
    const market = marketOf();
    market.totals.demand = max - 5n;
    expect(refusalOf(market, () => submit(market, "a", 1n, 0n, [6n]))).to.equal(
      `TotalDemandTooLarge(${max + 1n}, ${max})`,
    );
    submit(market, "a", 1n, 0n, [5n]);
    market.totals.demand = 5n;
    market.totals.movement = MAX_MOVEMENT - 1n;
    submit(market, "b", 1n, 0n, [1n]);
    expect(market.totals.movement).to.equal(MAX_MOVEMENT);
    closeRound(market, 60n);
    market.totals.movement = MAX_MOVEMENT;
    submit(market, "b", 1n, 1n, [2n]);
    expect(market.totals.movement).to.equal(MAX_MOVEMENT);
  });
});

describe("trimming the twin", () => {
  /** 9 units each at price 2; the price is then 4. */
  function dearer(): TwinMarket {
    const market = marketOf();
    for (const agent of ["a", "b"]) submit(market, agent, 1n, 0n, [fixed("9")]);
    closeRound(market, 0n);
    expect(market.posted.price).to.equal(fixed("4"));
    return market;
  }
  const demandOf = (market: TwinMarket, agent: string): bigint => accountOf(market, agent).demand;

  it("cuts each demand once, and books the cut as movement", () => {
    const market = dearer();
    trim(market, ["a"]);
    const cut = demandOf(market, "a");
    expect(cut <= fixed("4.5") && cut > fixed("4.4999")).to.equal(true);
    expect(accountOf(market, "a")).to.include({
      lockedPrice: packPriceDown(fixed("4")),
      answered: 1n,
    });
    const { totals } = market;
    expect(totals.demand).to.equal(cut + fixed("9"));
    expect(totals.movement).to.equal(fixed("9") - cut);
    trim(market, ["a", "a"]);
    expect(demandOf(market, "a")).to.equal(cut);
  });

  it("leaves who has answered the price, whose demand is none or of another epoch, or at this price", () => {
    const answered = dearer();
    submit(answered, "a", 1n, 1n, [fixed("2")]);
    answered.accounts.get("a")!.lockedPrice = 1n; // by itself that would be stale
    const none = dearer();
    none.accounts.get("a")!.demand = 0n;
    const other = dearer();
    other.accounts.get("a")!.epoch = 7n;
    const same = dearer();
    same.accounts.get("a")!.lockedPrice = packPriceDown(fixed("4"));
    for (const market of [answered, none, other, same]) {
      const before = structuredClone(market);
      trim(market, ["a"]);
      expect(market).to.deep.equal(before);
    }
  });

  it("goes on to the next in the list after one it leaves", () => {
    const market = dearer();
    submit(market, "a", 1n, 1n, [fixed("2")]);
    trim(market, ["nobody", "a", "b"]);
    expect(demandOf(market, "a")).to.equal(fixed("2"));
    expect(demandOf(market, "b") < fixed("9")).to.equal(true);
  });

  it("is for an open epoch", () => {
    const market = createMarket(deployment);
    expect(refusalOf(market, () => trim(market, ["a"]))).to.equal("EpochNotOpen(0)");
  });
});

describe("closing a round of the twin", () => {
  it("waits for the deadline or for everybody, and is no matter of nobody", () => {
    const market = marketOf();
    submit(market, "a", 1n, 0n, [fixed("1")]);
    const early = refusalOf(market, () => closeRound(market, 59n));
    expect(early).to.equal("RoundStillOpen(60, 1, 2)");
    submit(market, "b", 1n, 0n, [fixed("1")]);
    closeRound(market, 59n);
    expect(market.posted.round).to.equal(1n);
    expect(market.totals).to.deep.equal({
      demand: fixed("2"),
      movement: 0n,
      answered: 0n,
      members: 2n,
      deadline: 119n,
    });
    expect(market.bracket).to.include({ upper: fixed("2"), previousDemand: fixed("2") });
    // Nobody has answered of no members: that is not everybody.
    const empty = createMarket(deployment);
    openEpoch(empty, parameters, 0n);
    expect(refusalOf(empty, () => closeRound(empty, 59n))).to.equal("RoundStillOpen(60, 0, 0)");
    closeRound(empty, 60n);
    expect(refusalOf(createMarket(deployment), (of) => closeRound(of, 0n))).to.equal(
      "EpochNotOpen(0)",
    );
  });

  it("scales down to the capacity, and only what exceeds it", () => {
    for (const [each, scale] of [
      [fixed("5"), UNIT],
      [fixed("8"), fixed("0.625")],
      [0n, UNIT],
    ] as const) {
      const market = marketOf({ maxRounds: 1n });
      for (const agent of ["a", "b"]) submit(market, agent, 1n, 0n, [each]);
      closeRound(market, 0n);
      expect(market.outcomes.get(1n)).to.include({ price: fixed("2"), scale, round: 0n });
      expect(market.posted.samples).to.equal(0n);
    }
  });
});

describe("settling the twin", () => {
  it("gives a stale demand what its lock affords where the price rose, its share where not", () => {
    // a answers price 2 with 6; the price moves by 0.25·(total − 10), and b answers again.
    for (const [other, again, endsAt] of [
      ["8", "3", "3"],
      ["2", "3", "1.5"],
    ] as const) {
      const market = marketOf({ maxRounds: 2n });
      submit(market, "a", 1n, 0n, [fixed("6")]);
      submit(market, "b", 1n, 0n, [fixed(other)]);
      closeRound(market, 0n);
      submit(market, "b", 1n, 1n, [fixed(again)]);
      closeRound(market, 60n);
      expect(market.outcomes.get(1n)!.price).to.equal(fixed(endsAt));
      const { account } = settled(market, "a");
      if (endsAt === "3") {
        expect(account.demand <= fixed("4") && account.demand > fixed("3.9999")).to.equal(true);
      } else {
        expect(account.demand).to.equal(fixed("6"));
      }
      expect(settled(market, "b").account.demand).to.equal(fixed(again));
    }
  });

  it("gives no more than the share where that is less than the lock affords", () => {
    const market = marketOf({ maxRounds: 2n, initialStep: fixed("0.001") });
    submit(market, "a", 1n, 0n, [fixed("9")]);
    submit(market, "b", 1n, 0n, [fixed("9")]);
    closeRound(market, 0n);
    submit(market, "b", 1n, 1n, [fixed("9")]);
    closeRound(market, 60n);
    const { scale } = market.outcomes.get(1n)!;
    expect(settled(market, "a").account.demand).to.equal((fixed("9") * scale) / UNIT);
  });

  it("is done once, and passes over who has nothing to settle", () => {
    const market = marketOf({ maxRounds: 1n });
    submit(market, "a", 1n, 0n, [fixed("4")]);
    const open = structuredClone(market);
    settleAccounts(market, ["a", "b"]);
    expect(market).to.deep.equal(open);
    closeRound(market, 60n);
    settleAccounts(market, ["nobody", "a"]);
    const done = structuredClone(market);
    expect(accountOf(market, "a").answered).to.equal(SETTLED);
    settleAccounts(market, ["a", "b"]);
    expect(market).to.deep.equal(done);
    expect(market.accounts.has("nobody")).to.equal(false);
  });

  it("says so when a demand has an epoch without an outcome", () => {
    const market = marketOf();
    submit(market, "a", 1n, 0n, [fixed("4")]);
    market.posted.samples = 0n;
    expect(() => settled(market, "a")).to.throw("epoch 1 has a demand and no outcome");
  });
});
