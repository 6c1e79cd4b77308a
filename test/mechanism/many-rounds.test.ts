import { expect } from "chai";
import fc from "fast-check";

import { runRounds, type Market } from "../../mechanism/dynamics.ts";
import { columnsOf } from "../../mechanism/kernel/columns.ts";
import { runManyRounds } from "../../mechanism/many-rounds.ts";
import { drawAgents } from "../../mechanism/random.ts";
import type { StepRule } from "../../mechanism/price-update.ts";
import { between, check, oftenZero, paperFees } from "./arbitraries.ts";

const rule: fc.Arbitrary<(slope: number) => StepRule> = fc.constantFrom(
  (slope: number): StepRule => ({ rule: "Constant", initialStep: 1 / slope }),
  (slope: number): StepRule => ({ rule: "InverseSqrt", initialStep: 5 / slope }),
  (slope: number): StepRule => ({ rule: "RobbinsMonro", initialStep: 5 / slope, stepOffset: 5 }),
  (slope: number): StepRule => ({ rule: "Secant", initialStep: 2 / slope }),
);

const anyCase = fc.record({
  count: fc.integer({ min: 1, max: 60 }),
  seed: fc.integer(),
  share: between(0.1, 3),
  gamma: oftenZero(6),
  rule,
  fees: fc.record({
    unitFee: between(0.01, 2),
    executionFee: oftenZero(4),
    progressiveFee: fc.constant(0),
  }),
});

function marketOf(count: number, share: number, fees: Market["fees"], step: StepRule): Market {
  const capacity = share * count;
  return {
    fees,
    initialPrice: 0,
    rules: {
      ...{ capacity, stepRule: step, maxStep: 10, maxRounds: 80 },
      primalTolerance: 1e-3 * capacity,
      dualTolerance: 1e-3,
      movementTolerance: 1e-2 * capacity,
    },
  };
}

describe("the rounds of many agents", () => {
  it("go as the plain ones go, with and without a proximal weight", () => {
    check(
      anyCase,
      ({ count, seed, share, gamma, rule: ruleOf, fees }) => {
        const agents = drawAgents(count, seed);
        const market = marketOf(count, share, fees, ruleOf(2 * count));
        const plain = runRounds(agents, market, { proximalWeight: gamma });
        const columns = columnsOf(agents);
        const found = runManyRounds(columns, market, gamma);
        expect(found.stop).to.equal(plain.stop);
        expect(found.rounds).to.equal(plain.rounds.length);
        expect(found.price).to.be.closeTo(plain.price, 1e-10 * (1 + plain.price));
        plain.demands.forEach((demand, index) => {
          expect(columns.standing[index]).to.be.closeTo(demand, 1e-9 * (1 + demand));
        });
      },
      300,
    );
  });

  it("hold an agent to the capacity, and to what pays for the fixed fee then", () => {
    const agents = drawAgents(3, 1);
    for (const gamma of [0, 2]) {
      const market = marketOf(3, 0.02, paperFees, { rule: "Constant", initialStep: 0.1 });
      const plain = runRounds(agents, market, { proximalWeight: gamma });
      const columns = columnsOf(agents);
      expect(runManyRounds(columns, market, gamma).total).to.equal(plain.total);
      expect([...columns.standing]).to.deep.equal([...plain.demands]);
    }
  });

  it("begin anew in the same columns", () => {
    const market = marketOf(20, 1, paperFees, { rule: "Constant", initialStep: 0.02 });
    const columns = columnsOf(drawAgents(20, 4));
    expect(runManyRounds(columns, market, 1)).to.deep.equal(runManyRounds(columns, market, 1));
  });

  it("refuse a progressive fee, a negative weight and a negative price by name", () => {
    const columns = columnsOf(drawAgents(2, 1));
    const step: StepRule = { rule: "Constant", initialStep: 1 };
    const market = marketOf(2, 1, paperFees, step);
    const charged = { ...market, fees: { ...paperFees, progressiveFee: 1 } };
    expect(() => runManyRounds(columns, charged)).to.throw(RangeError, /progressiveFee/);
    expect(() => runManyRounds(columns, market, -1)).to.throw(RangeError, /gamma/);
    const negative = { ...market, initialPrice: -1 };
    expect(() => runManyRounds(columns, negative)).to.throw(RangeError, /initialPrice/);
  });
});
