import { expect } from "chai";

import {
  closeRound,
  openingState,
  type Bracket,
  type PriceState,
  type PriceUpdateParameters,
  type StepRule,
} from "../../mechanism/price-update.ts";

// All numbers here are exact in binary, so that an edge is met to the bit.

const CAPACITY = 8;
const parameters = (
  rule: StepRule["rule"],
  overrides: Partial<PriceUpdateParameters> = {},
): PriceUpdateParameters => ({
  capacity: CAPACITY,
  stepRule: { rule, initialStep: 0.125, stepOffset: 4 },
  maxStep: 64,
  primalTolerance: 0.5,
  dualTolerance: 0.0625,
  movementTolerance: 0.25,
  maxRounds: 50,
  ...overrides,
});
const at = (price: number, overrides: Partial<PriceState> = {}): PriceState => ({
  ...openingState(price),
  ...overrides,
});
const seen = (lower: number | undefined, upper: number | undefined): Bracket => ({ lower, upper });

describe("the edges of the price update", () => {
  it("converge at the tolerances themselves, and nowhere past them", () => {
    const rules = parameters("Constant");
    const stop = (total: number, movement: number, other = rules): string | undefined =>
      closeRound(at(1), total, movement, other).stop;
    expect(stop(8.5, 0.25)).to.equal("Converged");
    expect(stop(7.5, 0.25)).to.equal("Converged");
    expect(stop(8.5, 0.25 + 2 ** -30)).to.equal(undefined);
    expect(stop(8.5 + 2 ** -30, 0.25, { ...rules, dualTolerance: 1 })).to.equal(undefined);
    expect(stop(8.5, 0.25, { ...rules, dualTolerance: 0.0625 - 2 ** -30 })).to.equal(undefined);
  });

  it("count demand that is capacity as demand that fits", () => {
    const closed = closeRound(at(1), CAPACITY, 9, parameters("Constant"));
    expect(closed.next.bracket).to.deep.equal(seen(undefined, 1));
    expect(closed.nextPrice).to.equal(1);
    // Secant stays too, wherever its bracket is.
    const state = at(3, { round: 2, previousDemand: 6, bracket: seen(1, 3.03125) });
    expect(closeRound(state, CAPACITY, 9, parameters("Secant")).nextPrice).to.equal(3);
  });

  it("ration at a bracket of the dual tolerance, and at no wider one", () => {
    const rules = parameters("Constant");
    const rationed = (price: number, movement = 0.25): string | undefined => {
      const state = at(price, { round: 5, previousDemand: 9, bracket: seen(2, undefined) });
      return closeRound(state, 6, movement, rules).stop;
    };
    expect(rationed(2.0625)).to.equal("Rationed");
    expect(rationed(2.0625 + 2 ** -30)).to.equal(undefined);
    expect(rationed(2.0625, 0.25 + 2 ** -30)).to.equal(undefined);
    const unseen = at(0, { round: 5, bracket: seen(undefined, undefined) });
    expect(closeRound(unseen, 6, 1, rules).stop).to.equal(undefined);
  });

  it("are the last round and the one before", () => {
    for (const [round, expected] of [
      [48, undefined],
      [49, "RoundLimit"],
    ] as const) {
      expect(closeRound(at(1, { round }), 20, 9, parameters("Constant")).stop).to.equal(expected);
    }
  });

  it("measure only excess at price zero, and either side above it", () => {
    const primal = (price: number, total: number): number =>
      closeRound(at(price), total, 9, parameters("Constant")).residuals.primal;
    expect([primal(0, 6), primal(0, 9), primal(1, 6), primal(1, 9)]).to.deep.equal([0, 1, 2, 1]);
  });

  it("take the first step where two rounds had one price, or one demand", () => {
    const next = (previousDemand: number, bracket: Bracket, total: number): number =>
      closeRound(at(2, { round: 1, previousDemand, bracket }), total, 9, parameters("Secant"))
        .nextPrice;
    expect(next(14, seen(2, undefined), 12)).to.equal(2.5);
    expect(next(12, seen(1, undefined), 12)).to.equal(2.5);
    // A price that fell together with demand has no slope to go by, nor one that rose with it.
    expect(next(4, seen(undefined, 3), 3)).to.equal(2 - 0.625);
    expect(next(10, seen(1, undefined), 12)).to.equal(2.5);
    // Without the side that the last demand was on, there is no last price.
    expect(next(14, seen(undefined, 9), 12)).to.equal(2.5);
  });

  it("send a Secant price that meets a side of its bracket to the middle", () => {
    // Two units for a token, so 10 at price 2 asks for price 3, and 6 at 4 does too.
    const onUpper = at(2, { round: 2, previousDemand: 12, bracket: seen(1, 3) });
    expect(closeRound(onUpper, 10, 9, parameters("Secant")).nextPrice).to.equal(2.5);
    const inside = at(2, { round: 2, previousDemand: 12, bracket: seen(1, 3.5) });
    expect(closeRound(inside, 10, 9, parameters("Secant")).nextPrice).to.equal(3);
    const onLower = at(4, { round: 2, previousDemand: 4, bracket: seen(3, 5) });
    expect(closeRound(onLower, 6, 9, parameters("Secant")).nextPrice).to.equal(3.5);
  });

  it("send it to the upper side of a bracket of the dual tolerance", () => {
    const next = (upper: number): number => {
      const state = at(2, { round: 2, previousDemand: 8.5, bracket: seen(1, upper) });
      return closeRound(state, 8.25, 9, parameters("Secant")).nextPrice;
    };
    expect(next(2.0625)).to.equal(2.0625);
    expect(next(2.125)).to.equal(2.0625);
  });

  it("let no move of Secant be longer than a step may be, up or down", () => {
    const rules = parameters("Secant", { maxStep: 0.25 });
    const up = at(2, { round: 2, previousDemand: 8.5, bracket: seen(1, 10) });
    expect(closeRound(up, 8.4375, 9, rules).nextPrice).to.equal(2.25);
    const narrow = at(2, { round: 2, previousDemand: 8.5, bracket: seen(1, 10) });
    const wide = parameters("Secant", { maxStep: 0.25, dualTolerance: 20 });
    expect(closeRound(narrow, 8.4375, 9, wide).nextPrice).to.equal(2.25);
    const down = at(10, { round: 2, previousDemand: 7.5, bracket: seen(1, 11) });
    expect(closeRound(down, 7.75, 9, rules).nextPrice).to.equal(9.75);
  });

  it("scale the steps of the falling rules from the first round on", () => {
    const next = (rule: StepRule["rule"], round: number): number =>
      closeRound(at(1, { round }), 16, 9, parameters(rule)).nextPrice;
    expect([0, 3, 15].map((round) => next("InverseSqrt", round))).to.deep.equal([2, 1.5, 1.25]);
    expect([0, 4, 12].map((round) => next("RobbinsMonro", round))).to.deep.equal([2, 1.5, 1.25]);
    expect([0, 4].map((round) => next("Constant", round))).to.deep.equal([2, 2]);
  });
});
