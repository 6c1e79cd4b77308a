import { expect } from "chai";
import fc from "fast-check";

import { fixedFromNumber, numberFromFixed, UNIT } from "../../mechanism/fixed-point.ts";
import { closeRound as closeFloatRound, openingState } from "../../mechanism/price-update.ts";
import { freeBalance, settledAccount } from "../../mechanism/twin-accounts.ts";
import {
  chargeUp,
  fitDigitsDown,
  fitsDigits,
  MAX_PRICE,
  packPriceDown,
  unpackPrice,
} from "../../mechanism/twin-arithmetic.ts";
import {
  createMarket,
  openEpoch,
  type TwinMarket,
  type TwinParameters,
  type TwinPolicy,
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
import { check } from "./arbitraries.ts";

/** A copy to compare with: a function that throws has changed nothing. */
const copyOf = (market: TwinMarket): TwinMarket => structuredClone(market);

describe("the twin's life of a market", () => {
  it("charges a demand, pays the provider and returns the rest", () => {
    const market = marketOf({ maxRounds: 1n });
    submit(market, "a", 1n, 0n, [fixed("4")]);
    // Locked: 0.5·4 + 1 and 2·4.
    expect(freeBalance(market, "a")).to.equal(tokens("89"));
    closeRound(market, 60n);
    expect(market.outcomes.get(1n)).to.include({ price: fixed("2"), reason: "RoundLimit" });
    settleAccounts(market, ["a", "b", "nobody"]);
    expect(market.funds).to.deep.equal({ revenue: tokens("8"), fees: tokens("3") });
    expect(freeBalance(market, "a")).to.equal(tokens("89"));
    expect(settledAccount(market, "a").demand).to.equal(fixed("4"));
    expect(market.accounts.has("nobody")).to.equal(false);
  });

  it("rations in proportion where demand exceeds capacity, and charges what was given", () => {
    const market = marketOf({ maxRounds: 1n });
    for (const agent of ["a", "b"]) submit(market, agent, 1n, 0n, [fixed("8")]);
    closeRound(market, 0n); // all have answered
    expect(market.outcomes.get(1n)!.scale).to.equal(fixed("0.625"));
    expect(settledAccount(market, "a").demand).to.equal(fixed("5"));
    expect(freeBalance(market, "a")).to.equal(tokens("100") - tokens("10") - tokens("3.5"));
  });

  it("returns the charge of a replaced demand under Refunding, keeps it under PerSubmission", () => {
    for (const policy of ["Refunding", "PerSubmission"] as const) {
      const market = marketOf({ maxRounds: 2n }, { policy });
      submit(market, "a", 1n, 0n, [fixed("4")]);
      closeRound(market, 60n);
      submit(market, "a", 1n, 1n, [fixed("2")]);
      closeRound(market, 120n);
      settleAccounts(market, ["a"]);
      const price = market.outcomes.get(1n)!.price;
      expect(price).to.equal(fixed("0.5")); // 2 − 0.25·6
      const charges = policy === "Refunding" ? tokens("2") : tokens("3") + tokens("2");
      expect(market.funds).to.deep.equal({ revenue: tokens("1"), fees: charges });
    }
  });

  it("takes the mean of the samples, rounded down", () => {
    const market = marketOf({ samples: 3n });
    submit(market, "a", 1n, 0n, [1n, 2n, 2n]);
    expect(market.totals.demand).to.equal(1n);
  });

  it("trims a demand from a cheaper round to what its lock affords", () => {
    const market = marketOf();
    submit(market, "a", 1n, 0n, [fixed("9")]);
    submit(market, "b", 1n, 0n, [fixed("9")]);
    closeRound(market, 0n);
    expect(market.posted.price).to.equal(fixed("4"));
    const before = freeBalance(market, "a");
    trim(market, ["a", "a", "nobody"]);
    // 2 has a mantissa of one bit, so its packing loses little: 9·2/4 less a part in 2^25.
    const { demand } = market.accounts.get("a")!;
    expect(numberFromFixed(demand)).to.be.within(4.5 * (1 - 2 ** -25), 4.5);
    expect(market.totals.demand).to.equal(demand + fixed("9"));
    expect(market.totals.movement).to.equal(fixed("9") - demand);
    expect(freeBalance(market, "a") >= before).to.equal(true);
  });

  it("gives a demand from a cheaper round no more than it agreed to pay for", () => {
    const market = marketOf({ maxRounds: 2n });
    submit(market, "a", 1n, 0n, [fixed("8")]);
    submit(market, "b", 1n, 0n, [fixed("8")]);
    closeRound(market, 0n);
    submit(market, "b", 1n, 1n, [fixed("1")]);
    closeRound(market, 60n);
    expect(market.outcomes.get(1n)!.price).to.equal(fixed("3.5"));
    settleAccounts(market, ["a"]);
    expect(numberFromFixed(market.accounts.get("a")!.demand)).to.be.closeTo(16 / 3.5, 1e-6);
    expect(market.funds.revenue <= tokens("16")).to.equal(true);
  });

  it("carries the price into the next epoch and starts it with no demand", () => {
    const market = marketOf({ maxRounds: 1n });
    submit(market, "a", 1n, 0n, [fixed("4")]);
    closeRound(market, 60n);
    openEpoch(market, parameters, 100n);
    expect(market.posted).to.include({ price: fixed("2"), epoch: 2n, round: 0n, samples: 1n });
    expect(market.totals).to.deep.equal({
      demand: 0n,
      movement: 0n,
      answered: 0n,
      members: 2n,
      deadline: 160n,
    });
    submit(market, "a", 2n, 0n, [fixed("1")]); // books the first epoch on the way
    expect(market.funds).to.deep.equal({ revenue: tokens("8"), fees: tokens("3") });
    expect(market.totals.movement).to.equal(fixed("1"));
  });
});

describe("the twin refuses, under the contract's error names and without a trace,", () => {
  const refusals: [string, (market: TwinMarket) => void][] = [
    ["AlreadyJoined", (market) => join(market, "a")],
    ["ZeroAmount", (market) => deposit(market, "a", 0n)],
    ["ZeroAmount", (market) => withdraw(market, "a", 0n)],
    ["BalanceTooLarge", (market) => deposit(market, "c", 2n ** 96n)],
    ["InsufficientFreeBalance", (market) => withdraw(market, "a", tokens("100.000001"))],
    ["RoundNotOpen", (market) => submit(market, "a", 1n, 1n, [1n])],
    ["RoundNotOpen", (market) => submit(market, "a", 2n, 0n, [1n])],
    ["WrongSampleCount", (market) => submit(market, "a", 1n, 0n, [1n, 1n])],
    ["WrongSampleCount", (market) => submit(market, "a", 1n, 0n, [])],
    ["DemandAboveCapacity", (market) => submit(market, "a", 1n, 0n, [fixed("10") + 1n])],
    ["NotJoined", (market) => submit(market, "c", 1n, 0n, [1n])],
    ["RoundStillOpen", (market) => closeRound(market, 59n)],
    ["EpochStillOpen", (market) => openEpoch(market, parameters, 0n)],
  ];
  for (const [name, act] of refusals) {
    it(`${name}: ${act.toString().replace(/^\(market\) => /, "")}`, () => {
      const market = marketOf();
      const before = copyOf(market);
      expect(() => act(market)).to.throw(Error, new RegExp(`^${name}\\(`));
      expect(market).to.deep.equal(before);
    });
  }

  it("a second answer in a round, and one that its balance does not cover", () => {
    const market = marketOf();
    submit(market, "a", 1n, 0n, [1n]);
    expect(() => submit(market, "a", 1n, 0n, [1n])).to.throw(/^AlreadyAnswered/);
    deposit(market, "c", tokens("3.5") - 1n); // 1 unit: 0.5 + 1 and 2
    expect(() => submit(market, "c", 1n, 0n, [fixed("1")])).to.throw(/^InsufficientCollateral/);
    deposit(market, "c", 1n);
    submit(market, "c", 1n, 0n, [fixed("1")]);
  });

  it("strangers in an allowlisted market", () => {
    const market = createMarket({ ...deployment, allowlisted: true });
    expect(() => join(market, "a")).to.throw(/^NotAdmitted/);
    admit(market, ["a"], true);
    join(market, "a");
    expect(() => closeRound(market, 0n)).to.throw(/^EpochNotOpen/);
    expect(() => trim(market, ["a"])).to.throw(/^EpochNotOpen/);
  });

  it("parameters outside their limits", () => {
    const market = createMarket(deployment);
    for (const wrong of [
      { capacity: 0n },
      { unitFee: fixed("101") },
      { samples: 0n },
      { roundLength: 1001n },
      { maxRounds: 1001n },
      { dualTolerance: 0n },
    ]) {
      const open = (): void => openEpoch(market, { ...parameters, ...wrong }, 0n);
      expect(open).to.throw(new RegExp(`^ParameterOutOfRange\\(${Object.keys(wrong)[0]}`));
    }
    const digits = { ...parameters, capacity: 134_217_728n * UNIT + 1n };
    expect(() => openEpoch(market, digits, 0n)).to.throw(/^TooManyDigits\(capacity/);
    const decimals = { ...deployment, tokenDecimals: 19n };
    expect(() => createMarket(decimals)).to.throw(/^ParameterOutOfRange\(decimals/);
  });
});

describe("the twin's arithmetic", () => {
  it("packs a price down by at most a part in 2^25, and keeps order", () => {
    const price = fc.bigInt({ min: 0n, max: MAX_PRICE });
    check(fc.tuple(price, price), ([a, b]) => {
      const unpacked = unpackPrice(packPriceDown(a));
      expect(unpacked <= a && (a - unpacked) * 2n ** 25n <= a).to.equal(true);
      expect(packPriceDown(a) < 2n ** 32n).to.equal(true);
      if (a <= b) expect(packPriceDown(a) <= packPriceDown(b)).to.equal(true);
    });
  });

  it("rounds a parameter down to the nearest that the contract stores", () => {
    expect(fitDigitsDown(123_456_789n)).to.equal(123_456_789n);
    expect(fitDigitsDown(134_217_728n)).to.equal(134_217_720n);
    check(fc.bigInt({ min: 0n, max: 2n ** 88n }), (value) => {
      const stored = fitDigitsDown(value);
      expect(fitsDigits(stored)).to.equal(true);
      expect(stored <= value && (value - stored) * 13_421_772n <= value).to.equal(true);
      if (stored !== value) expect(fitsDigits(value)).to.equal(false);
    });
  });

  it("rounds a charge up by less than one base unit", () => {
    const quantity = fc.bigInt({ min: 1n, max: 2n ** 80n });
    check(fc.tuple(quantity, quantity, quantity, quantity), ([x, tau, phi, g]) => {
      const terms = { unitFee: tau, progressiveFee: phi, executionFee: g };
      const divisor = 10n ** 30n;
      // τx + ½φx² + g with 54 decimals, doubled: nothing is rounded.
      const exact = 2n * tau * x * UNIT + phi * x * x + 2n * g * UNIT * UNIT;
      const charge = chargeUp(terms, x, divisor);
      const scale = 2n * UNIT * divisor;
      expect(charge * scale >= exact).to.equal(true);
      expect((charge - 1n) * scale < exact).to.equal(true);
      expect(chargeUp(terms, 0n, divisor)).to.equal(0n);
    });
  });

  for (const rule of ["Constant", "InverseSqrt", "RobbinsMonro", "Secant"] as const) {
    it(`follows the same prices as the float version: ${rule}`, () => {
      const answers = fc.array(fc.integer({ min: 0, max: 100_000 }), {
        minLength: 1,
        maxLength: 12,
      });
      check(answers, (thousandths) => {
        const market = createMarket({ ...deployment, price: fixed("2") });
        openEpoch(market, { ...parameters, rule, stepOffset: 5n, maxStep: fixed("3") }, 0n);
        for (let i = 0; i < 10; i++) deposit(market, `agent-${i}`, tokens("100000"));
        const stepRule = { rule, initialStep: 0.25, stepOffset: 5 } as const;
        const tolerances = { primalTolerance: 0.01, dualTolerance: 0.01, movementTolerance: 0.1 };
        const rules = { capacity: 10, stepRule, maxStep: 3, maxRounds: 100, ...tolerances };
        let state = openingState(2);
        let before = 0;
        for (const [index, thousandth] of thousandths.entries()) {
          const share = fixedFromNumber(thousandth / 10_000);
          for (let i = 0; i < 10; i++) submit(market, `agent-${i}`, 1n, BigInt(index), [share]);
          const total = thousandth / 1000;
          const closed = closeFloatRound(state, total, Math.abs(total - before), rules);
          closeRound(market, 0n);
          expect(market.outcomes.get(1n)?.reason).to.equal(closed.stop);
          if (closed.stop !== undefined) return;
          expect(numberFromFixed(market.posted.price)).to.be.closeTo(closed.nextPrice, 1e-9);
          state = closed.next;
          before = total;
        }
      });
    });
  }
});

describe("the twin under any sequence of actions", () => {
  const names = ["a", "b", "c", "d"];
  const who = fc.constantFrom(...names);
  const action = fc.oneof(
    { weight: 2, arbitrary: fc.tuple(fc.constant("deposit"), who, fc.bigInt(1n, 400_000_000n)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("withdraw"), who, fc.bigInt(1n, 200_000_000n)) },
    { weight: 8, arbitrary: fc.tuple(fc.constant("submit"), who, fc.bigInt(0n, 10n * UNIT)) },
    { weight: 2, arbitrary: fc.tuple(fc.constant("trim"), who, fc.constant(0n)) },
    { weight: 4, arbitrary: fc.tuple(fc.constant("close"), who, fc.constant(0n)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("open"), who, fc.constant(0n)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("settle"), who, fc.constant(0n)) },
  );
  const anyPolicy = fc.constantFrom<TwinPolicy>("Refunding", "PerSubmission");
  const anyRule = fc.constantFrom<TwinParameters["rule"]>("Constant", "InverseSqrt", "Secant");

  it("keeps every token accounted for, every lock covered, every epoch within capacity", () => {
    let refused = 0;
    let done = 0;
    let settledEpochs = 0;
    const cases = fc.tuple(
      anyPolicy,
      anyRule,
      fc.array(action, { minLength: 30, maxLength: 80, size: "max" }),
    );
    check(cases, ([policy, rule, actions]) => {
      const market = createMarket({ ...deployment, policy, tokenDecimals: 6n });
      const chosen = { ...parameters, rule, progressiveFee: fixed("0.3"), maxRounds: 5n };
      const now = 10n ** 9n;
      openEpoch(market, chosen, 0n);
      let inside = 0n;
      for (const [kind, agent, amount] of actions) {
        const { epoch, round } = market.posted;
        try {
          if (kind === "deposit") deposit(market, agent, amount);
          if (kind === "withdraw") withdraw(market, agent, amount);
          if (kind === "submit") submit(market, agent, epoch, round, [amount]);
          if (kind === "trim") trim(market, names);
          if (kind === "close") closeRound(market, now);
          if (kind === "open") openEpoch(market, chosen, 0n);
          if (kind === "settle") settleAccounts(market, [agent]);
          if (kind === "deposit") inside += amount;
          if (kind === "withdraw") inside -= amount;
          done += 1;
        } catch (error) {
          expect((error as Error).message).to.match(/^[A-Z][A-Za-z]+\(/);
          refused += 1;
        }

        let held = market.funds.revenue + market.funds.fees;
        let standing = 0n;
        let allocated = 0n;
        for (const name of names) {
          held += market.accounts.get(name)?.balance ?? 0n;
          expect(freeBalance(market, name) >= 0n).to.equal(true);
          const account = settledAccount(market, name);
          if (account.epoch !== market.posted.epoch) continue;
          if (market.posted.samples !== 0n) standing += account.demand;
          else allocated += account.demand;
        }
        expect(held).to.equal(inside);
        if (market.posted.samples !== 0n) expect(standing).to.equal(market.totals.demand);
        expect(allocated <= market.posted.capacity).to.equal(true);
        if (market.posted.samples === 0n) settledEpochs += 1;
      }
    });
    // The property says nothing unless the sequences get somewhere.
    expect(done).to.be.above(3000);
    expect(refused).to.be.above(1000);
    expect(settledEpochs).to.be.above(100);
  });
});
