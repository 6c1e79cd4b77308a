import { expect } from "chai";
import fc from "fast-check";

import { affordable, answer, type Bot, type Posting, type Standing } from "../../agents/bot.ts";
import { bestResponse } from "../../mechanism/best-response.ts";
import { fixedFromNumber, numberFromFixed, UNIT } from "../../mechanism/fixed-point.ts";
import { chargeUp, fitDigitsDown, paymentUp } from "../../mechanism/twin-arithmetic.ts";
import { anyAgent, anyFees, between, check, oftenZero } from "../mechanism/arbitraries.ts";

const anyPosting: fc.Arbitrary<Posting> = fc.record({
  epoch: fc.integer({ min: 1, max: 1000 }),
  round: fc.integer({ min: 0, max: 1000 }),
  price: oftenZero(10),
  capacity: between(1, 200),
  fees: anyFees,
  samples: fc.constantFrom(1, 4, 16),
});
const anyStanding: fc.Arbitrary<Standing> = fc.record({
  demand: oftenZero(50),
  budget: oftenZero(500),
});
const anyStrategy: fc.Arbitrary<Bot["strategy"]> = fc.oneof(
  fc.record({ name: fc.constant("truthful"), gamma: oftenZero(3) }),
  fc.record({
    name: fc.constant("noisy"),
    gamma: oftenZero(3),
    noise: oftenZero(5),
    seed: fc.nat(),
  }),
  fc.record({ name: fc.constant("lazy"), gamma: oftenZero(3), deadband: oftenZero(2) }),
);
const anyCase = fc.record({
  bot: fc.record({ agent: anyAgent, strategy: anyStrategy }),
  posting: anyPosting,
  standing: anyStanding,
});

const posting: Posting = {
  epoch: 3,
  round: 7,
  price: 1,
  capacity: 50,
  fees: { unitFee: 0.5, executionFee: 1, progressiveFee: 0 },
  samples: 4,
};
const agent: Bot["agent"] = {
  id: "agent-0",
  valuation: { family: "log", alpha: 15 },
  cost: { family: "linear", beta: 1 },
};
const rich: Standing = { demand: 0, budget: 1e6 };
const mean = (samples: readonly number[]): number =>
  samples.reduce((sum, sample) => sum + sample, 0) / samples.length;

describe("A bot's answer", () => {
  it("is the same whenever it is asked, whatever was asked in between, and changes nothing it is given", () => {
    check(fc.tuple(anyCase, anyCase), ([one, other]) => {
      const before = structuredClone(one);
      const first = answer(one.bot, one.posting, one.standing);
      answer(other.bot, other.posting, other.standing);
      answer(one.bot, { ...one.posting, round: one.posting.round + 1 }, one.standing);
      expect(answer(one.bot, one.posting, one.standing)).to.deep.equal(first);
      expect(one).to.deep.equal(before);
    });
  });

  it("has as many samples as the market takes, each between 0 and the capacity and what the budget affords", () => {
    check(
      anyCase,
      ({ bot, posting: asked, standing }) => {
        const samples = answer(bot, asked, standing);
        if (samples === null) {
          expect(bot.strategy.name).to.equal("lazy");
          return;
        }
        expect(samples).to.have.lengthOf(asked.samples);
        const most = Math.min(asked.capacity, affordable(asked, standing.budget));
        for (const sample of samples) expect(sample).to.be.within(0, most);
      },
      500,
    );
  });

  describe("of a truthful bot", () => {
    it("is the proximal best response to price and standing demand, in every sample", () => {
      check(
        fc.record({ who: anyAgent, asked: anyPosting, demand: oftenZero(50), gamma: oftenZero(3) }),
        ({ who, asked, demand, gamma }) => {
          const bot: Bot = { agent: who, strategy: { name: "truthful", gamma } };
          const best = bestResponse(who, asked.fees, asked.price, {
            proximalWeight: gamma,
            standing: demand,
            capacity: asked.capacity,
          });
          const answered = answer(bot, asked, { demand, budget: 1e9 });
          expect(answered).to.deep.equal(Array.from({ length: asked.samples }, () => best));
        },
      );
    });
    it("is all that the budget affords when it wants more", () => {
      const bot: Bot = { agent, strategy: { name: "truthful", gamma: 0 } };
      const [demand] = answer(bot, posting, { demand: 0, budget: 5.5 })!;
      expect(demand).to.be.closeTo((5.5 - 1) / 1.5, 1e-9);
    });
    it("is nothing when what the budget affords is not worth the execution fee", () => {
      const bot: Bot = { agent, strategy: { name: "truthful", gamma: 0 } };
      expect(answer(bot, posting, { demand: 0, budget: 1.1 })).to.deep.equal([0, 0, 0, 0]);
      expect(answer(bot, posting, { demand: 3, budget: 0 })).to.deep.equal([0, 0, 0, 0]);
    });
  });

  describe("of a lazy bot", () => {
    const best = bestResponse(agent, posting.fees, posting.price, { capacity: posting.capacity });
    const bot: Bot = { agent, strategy: { name: "lazy", gamma: 0, deadband: 0.5 } };

    it("is silence while its best response is inside the deadband around the standing demand", () => {
      for (const moved of [0, 0.2, -0.2, 0.4999, -0.4999]) {
        expect(answer(bot, posting, { ...rich, demand: best + moved }), `${moved}`).to.equal(null);
      }
      const atEdge: Bot = { agent, strategy: { name: "lazy", gamma: 0, deadband: best } };
      expect(answer(atEdge, posting, rich)).to.equal(null);
    });
    it("is its best response once that has left the deadband", () => {
      for (const moved of [0.5001, -0.5001, 3, -best]) {
        const answered = answer(bot, posting, { ...rich, demand: best + moved });
        expect(answered, `${moved}`).to.deep.equal([best, best, best, best]);
      }
    });
  });

  describe("of a noisy bot", () => {
    const noise = 2;
    const noisy = (seed: number, id = "agent-0"): Bot => ({
      agent: { ...agent, id },
      strategy: { name: "noisy", gamma: 0, noise, seed },
    });
    const best = bestResponse(agent, posting.fees, posting.price, { capacity: posting.capacity });

    it("differs from agent to agent, epoch to epoch, round to round and seed to seed", () => {
      const answers = [
        answer(noisy(1), posting, rich),
        answer(noisy(2), posting, rich),
        answer(noisy(1, "agent-1"), posting, rich),
        answer(noisy(1), { ...posting, epoch: 4 }, rich),
        answer(noisy(1), { ...posting, round: 8 }, rich),
        // Not the same text when put together: epoch 3, round 7 against epoch 37.
        answer(noisy(1), { ...posting, epoch: 37, round: 0 }, rich),
      ];
      expect(new Set(answers.flat()).size).to.equal(6 * posting.samples);
    });
    it("is the best response on the mean: within four standard errors over 1,000 rounds of 4 samples", () => {
      const all = Array.from({ length: 1000 }, (_, round) =>
        answer(noisy(5504), { ...posting, price: 0.2, round }, rich),
      ).flat() as number[];
      const centre = bestResponse(agent, posting.fees, 0.2, { capacity: posting.capacity });
      // Far enough from 0 and the capacity for the clipping not to show.
      expect(centre).to.be.within(3 * noise, posting.capacity - 4 * noise);
      expect(mean(all)).to.be.closeTo(centre, (4 * noise) / Math.sqrt(all.length));
      const spread = Math.sqrt(mean(all.map((sample) => (sample - centre) ** 2)));
      expect(spread).to.be.closeTo(noise, 0.05 * noise);
    });
    it("is the best response itself when there is no noise", () => {
      const bot: Bot = { agent, strategy: { name: "noisy", gamma: 0, noise: 0, seed: 1 } };
      expect(answer(bot, posting, rich)).to.deep.equal([best, best, best, best]);
    });
    it("is nothing, without noise, where the best response is nothing", () => {
      expect(answer(noisy(1), { ...posting, price: 100 }, rich)).to.deep.equal([0, 0, 0, 0]);
    });
  });
});

describe("What a budget affords", () => {
  /** Up to `max`, of every order of magnitude alike. */
  const anyAmount = (max: bigint): fc.Arbitrary<bigint> =>
    fc
      .tuple(fc.integer({ min: 0, max: max.toString(2).length }), fc.bigInt({ min: 0n, max }))
      .map(([bits, value]) => value >> BigInt(bits));
  const anyFee = fc.oneof(
    fc.constant(0n),
    fc.integer({ min: 1, max: 5_000 }).map((thousandths) => (BigInt(thousandths) * UNIT) / 1000n),
    anyAmount(2n ** 80n - 1n).map(fitDigitsDown),
  );
  const anyMarket = fc.record({
    decimals: fc.constantFrom(0, 6, 18),
    price: fc.oneof(fc.constant(0n), anyAmount(10n * UNIT), anyAmount(2n ** 80n - 2n)),
    unitFee: anyFee,
    executionFee: anyFee,
    progressiveFee: anyFee,
    balance: anyAmount(2n ** 96n - 1n),
  });

  type Case = typeof anyMarket extends fc.Arbitrary<infer Value> ? Value : never;

  /** The demand as the fleet would send it, 18 decimals: undefined where nothing bounds it. */
  function sent({ decimals, price, balance, ...fees }: Case): bigint | undefined {
    const asked: Posting = {
      ...posting,
      price: numberFromFixed(price),
      fees: {
        unitFee: numberFromFixed(fees.unitFee),
        executionFee: numberFromFixed(fees.executionFee),
        progressiveFee: numberFromFixed(fees.progressiveFee),
      },
    };
    const budget = balance <= 2n ? 0 : numberFromFixed(balance - 2n, decimals);
    const most = affordable(asked, budget);
    return Number.isFinite(most) ? fixedFromNumber(Math.min(most, 2 ** 88 / 1e18)) : undefined;
  }
  const costOf = (of: Case, demand: bigint): bigint => {
    const divisor = 10n ** BigInt(36 - of.decimals);
    return chargeUp(of, demand, divisor) + paymentUp(of.price, demand, divisor);
  };

  it("is never more than the contract takes as covered, to the base unit, with tokens of 0, 6 and 18 decimals", () => {
    check(
      anyMarket,
      (of) => {
        const demand = sent(of);
        if (demand === undefined) return;
        expect(costOf(of, demand) <= of.balance, `${demand}`).to.equal(true);
      },
      20_000,
    );
  });
  it("is nothing of note less: a thousandth more, and three base units, would cost more than the balance", () => {
    check(
      anyMarket.filter(
        ({ decimals, balance, executionFee, progressiveFee }) =>
          balance > 100n &&
          balance * 10n ** BigInt(18 - decimals) >
            executionFee + executionFee / 1000n + UNIT / 1000n &&
          progressiveFee < 1000n * UNIT,
      ),
      (of) => {
        const demand = sent(of);
        if (demand === undefined || demand < 1_000_000n || demand > 2n ** 87n) return;
        const more = demand + demand / 1000n + 1n;
        expect(costOf(of, more) + 3n > of.balance, `${demand}`).to.equal(true);
      },
      2_000,
    );
  });
  it("has no end where price and fees are zero, and is nothing where the budget does not cover the execution fee", () => {
    const free = { unitFee: 0, executionFee: 1, progressiveFee: 0 };
    expect(affordable({ ...posting, price: 0, fees: free }, 2)).to.equal(Infinity);
    expect(affordable(posting, 1)).to.equal(0);
    expect(affordable(posting, 0)).to.equal(0);
  });
});
