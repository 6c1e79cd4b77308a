import { expect } from "chai";
import fc from "fast-check";

import {
  closeRound,
  observe,
  openingState,
  type PriceState,
  type PriceUpdateParameters,
  type StepRule,
} from "../../mechanism/price-update.ts";
import { between, check, oftenZero } from "./arbitraries.ts";

const parameters = (
  stepRule: StepRule,
  overrides: Partial<PriceUpdateParameters> = {},
): PriceUpdateParameters => ({
  capacity: 10,
  stepRule,
  maxStep: 100,
  primalTolerance: 0.1,
  dualTolerance: 0.01,
  movementTolerance: 0.2,
  maxRounds: 50,
  ...overrides,
});
const constant = parameters({ rule: "Constant", initialStep: 0.5 });
const secant = parameters({ rule: "Secant", initialStep: 0.5 });

const at = (price: number, overrides: Partial<PriceState> = {}): PriceState => ({
  ...openingState(price),
  ...overrides,
});
const seen = (lower: number | undefined, upper: number | undefined) => ({ lower, upper });

describe("the price update", () => {
  it("moves against excess demand by eq. (24), and never below zero", () => {
    expect(closeRound(at(1), 14, 5, constant).nextPrice).to.equal(1 + 0.5 * 4);
    expect(closeRound(at(1), 9, 5, constant).nextPrice).to.equal(1 - 0.5 * 1);
    expect(closeRound(at(1), 2, 5, constant).nextPrice).to.equal(0);
  });

  it("scales the step with the round as each rule says", () => {
    const third = at(1, { round: 2 });
    const inverseSqrt = parameters({ rule: "InverseSqrt", initialStep: 0.5 });
    const robbinsMonro = parameters({ rule: "RobbinsMonro", initialStep: 0.5, stepOffset: 4 });
    expect(closeRound(third, 14, 5, constant).nextPrice).to.equal(3);
    const falling = closeRound(third, 14, 5, inverseSqrt).nextPrice;
    expect(falling).to.be.closeTo(1 + 2 / Math.sqrt(3), 1e-15);
    const slower = closeRound(third, 14, 5, robbinsMonro).nextPrice;
    expect(slower).to.be.closeTo(1 + (2 * 4) / 6, 1e-15);
  });

  it("never steps further than maxStep", () => {
    const clipped = { ...constant, maxStep: 0.25 };
    expect(closeRound(at(1), 14, 5, clipped).nextPrice).to.equal(1.25);
    expect(closeRound(at(1), 2, 5, clipped).nextPrice).to.equal(0.75);
  });

  it("goes to the mean of where lines through demand and its inverse meet capacity, under Secant", () => {
    // 14 at price 1, 12 at 2: a token sheds 2 units, so price 3; 1/14, 1/12, so 1/10 at price 3.4.
    const state = at(2, { round: 1, previousDemand: 14, bracket: seen(1, undefined) });
    expect(closeRound(state, 12, 5, secant).nextPrice).to.be.closeTo(3.2, 1e-15);
    // 6 at price 4, 8 at price 3: price 2; 1/6, 1/8, so 1/10 at price 2.4.
    const fromAbove = at(3, { round: 1, previousDemand: 6, bracket: seen(undefined, 4) });
    expect(closeRound(fromAbove, 8, 5, secant).nextPrice).to.be.closeTo(2.2, 1e-15);
  });

  it("falls back on the first step where Secant has no falling slope", () => {
    const flat = at(2, { round: 1, previousDemand: 12, bracket: seen(1, undefined) });
    expect(closeRound(flat, 12, 5, secant).nextPrice).to.equal(2 + 0.5 * 2);
    const rising = at(2, { round: 1, previousDemand: 11, bracket: seen(1, undefined) });
    expect(closeRound(rising, 12, 5, secant).nextPrice).to.equal(2 + 0.5 * 2);
    const first = at(2, { previousDemand: 14, bracket: seen(1, undefined) });
    expect(closeRound(first, 12, 5, secant).nextPrice).to.equal(2 + 0.5 * 2);
  });

  it("keeps a Secant price inside its bracket, and at the upper side once that is narrow", () => {
    // The line from (1, 10.5) through (2, 10.4) meets 10 at 6, that of the inverses at 6.2: past the upper side at 4.
    const state = at(2, { round: 2, previousDemand: 10.5, bracket: seen(1, 4) });
    expect(closeRound(state, 10.4, 5, secant).nextPrice).to.equal(3);
    const narrow = at(2, { round: 2, previousDemand: 10.5, bracket: seen(1, 2.005) });
    expect(closeRound(narrow, 10.4, 5, secant).nextPrice).to.equal(2.005);
    expect(closeRound(state, 10.4, 5, constant).nextPrice).to.equal(2 + 0.5 * (10.4 - 10));
  });

  it("keeps a Secant price at a side of the bracket whatever demand does", () => {
    const demands = fc.array(between(0, 30), { minLength: 2, maxLength: 25 });
    check(fc.tuple(demands, between(0, 5)), ([totals, price]) => {
      let state = openingState(price);
      for (const total of totals) {
        const before = state.price;
        state = closeRound(state, total, 100, secant).next;
        const { lower, upper } = state.bracket;
        // What the next step takes for the last price, without having stored it.
        expect(total > 10 ? lower : upper).to.equal(before);
        expect(state.price).to.be.at.least(lower ?? 0);
        expect(state.price).to.be.at.most(upper ?? Infinity);
      }
    });
  });

  it("resets the side of the bracket that an observation contradicts", () => {
    expect(observe(seen(1, 3), 4, true)).to.deep.equal(seen(4, undefined));
    expect(observe(seen(1, 3), 3, true)).to.deep.equal(seen(3, undefined));
    expect(observe(seen(1, 3), 1, false)).to.deep.equal(seen(undefined, 1));
    expect(observe(seen(1, 3), 2, true)).to.deep.equal(seen(2, 3));
    expect(observe(seen(1, 3), 2, false)).to.deep.equal(seen(1, 2));
    expect(observe(seen(2, 3), 1, true)).to.deep.equal(seen(2, 3));
    expect(observe(seen(1, 2), 3, false)).to.deep.equal(seen(1, 2));
  });

  it("takes spare capacity at price zero for no residual", () => {
    const { residuals, stop } = closeRound(at(0), 3, 0, constant);
    expect(residuals).to.deep.equal({ primal: 0, dual: 0, movement: 0 });
    expect(stop).to.equal("Converged");
    expect(closeRound(at(1), 3, 0, constant).residuals.primal).to.equal(7);
    expect(closeRound(at(0), 12, 0, constant).residuals.primal).to.equal(2);
  });

  it("converges only when demand, price and movement are all within tolerance", () => {
    const near = { ...constant, stepRule: { rule: "Constant", initialStep: 0.1 } } as const;
    expect(closeRound(at(1), 10.09, 0.1, near).stop).to.equal("Converged");
    expect(closeRound(at(1), 10.11, 0.1, near).stop).to.equal(undefined);
    expect(closeRound(at(1), 10.09, 0.3, near).stop).to.equal(undefined);
    expect(closeRound(at(1), 10.09, 0.1, constant).stop).to.equal(undefined); // moves by 0.045
  });

  it("rations when the bracket is narrow, demand fits and nobody moves", () => {
    const state = at(2.005, { round: 5, previousDemand: 12, bracket: seen(2, undefined) });
    expect(closeRound(state, 8, 0.1, secant).stop).to.equal("Rationed");
    expect(closeRound(state, 8, 0.3, secant).stop).to.equal(undefined);
    expect(closeRound(state, 12, 0.1, secant).stop).to.equal(undefined);
    const wide = at(2.02, { round: 5, previousDemand: 12, bracket: seen(2, undefined) });
    expect(closeRound(wide, 8, 0.1, secant).stop).to.equal(undefined);
  });

  it("stops at the last round whatever the residuals, and carries its state until then", () => {
    check(fc.tuple(between(0, 30), oftenZero(5)), ([total, price]) => {
      const rules = { ...constant, maxRounds: 3 };
      expect(closeRound(at(price, { round: 2 }), total, 9, rules).stop).to.equal("RoundLimit");
      const going = closeRound(at(price, { round: 1 }), total, 9, rules);
      expect(going.stop).to.equal(undefined);
      expect(going.next.round).to.equal(2);
      expect(going.next.price).to.equal(going.nextPrice);
      expect(going.next.previousDemand).to.equal(total);
    });
  });
});
