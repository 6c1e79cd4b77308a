import { expect } from "chai";

import { fixedFromNumber, numberFromFixed } from "../../mechanism/fixed-point.ts";
import {
  closeRound as closeFloatRound,
  openingState,
  type Bracket,
  type ClosedRound,
  type PriceState,
  type PriceUpdateParameters,
  type StepRule,
} from "../../mechanism/price-update.ts";
import {
  nextPriceFixed,
  observeFixed,
  stopReasonFixed,
  UNSEEN,
  type TwinBracket,
  type TwinRules,
} from "../../mechanism/twin-arithmetic.ts";

// All numbers here are exact in binary and with 18 decimals, so that an edge is met to the bit, and
// the floats and the contract's twin must say the same of it.

const CAPACITY = 8;
const TINY = 2 ** -16;
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

/** Close a round in floats, and hold the twin to what comes of it. */
function closeRound(
  state: PriceState,
  total: number,
  movement: number,
  rules: PriceUpdateParameters,
): ClosedRound {
  const closed = closeFloatRound(state, total, movement, rules);
  const fixed = fixedFromNumber;
  const side = (price: number | undefined): bigint => (price === undefined ? UNSEEN : fixed(price));
  const twinRules: TwinRules = {
    primalTolerance: fixed(rules.primalTolerance),
    movementTolerance: fixed(rules.movementTolerance),
    dualTolerance: fixed(rules.dualTolerance),
    initialStep: fixed(rules.stepRule.initialStep),
    maxStep: fixed(rules.maxStep),
    stepOffset: 4n,
    roundLength: 1n,
    maxRounds: BigInt(rules.maxRounds),
    rule: rules.stepRule.rule,
  };
  const before: TwinBracket = {
    lower: side(state.bracket.lower),
    upper: side(state.bracket.upper),
    previousDemand: fixed(state.previousDemand),
  };
  const round = {
    index: BigInt(state.round),
    price: fixed(state.price),
    demand: fixed(total),
    movement: fixed(movement),
    capacity: fixed(rules.capacity),
  };
  const after = observeFixed(before, round);
  const next = nextPriceFixed(twinRules, before, after, round);
  expect(numberFromFixed(next)).to.equal(closed.nextPrice);
  expect(stopReasonFixed(twinRules, after, round, next)).to.equal(closed.stop);
  const { lower, upper } = closed.next.bracket;
  expect(after).to.deep.equal({
    lower: side(lower),
    upper: side(upper),
    previousDemand: fixed(total),
  });
  return closed;
}

describe("the edges of the price update", () => {
  it("converge at the tolerances themselves, and nowhere past them", () => {
    const rules = parameters("Constant");
    const stop = (total: number, movement: number, other = rules): string | undefined =>
      closeRound(at(1), total, movement, other).stop;
    expect(stop(8.5, 0.25)).to.equal("Converged");
    expect(stop(7.5, 0.25)).to.equal("Converged");
    expect(stop(8.5, 0.25 + TINY)).to.equal(undefined);
    expect(stop(8.5 + TINY, 0.25, { ...rules, dualTolerance: 1 })).to.equal(undefined);
    expect(stop(8.5, 0.25, { ...rules, dualTolerance: 0.0625 - TINY })).to.equal(undefined);
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
    expect(rationed(2.0625 + TINY)).to.equal(undefined);
    expect(rationed(2.0625, 0.25 + TINY)).to.equal(undefined);
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
    expect(next(14, seen(undefined, undefined), 12)).to.equal(2.5);
  });

  it("halve a bracket where two rounds had one price or one demand, once both sides are seen", () => {
    const next = (previousDemand: number, bracket: Bracket, total: number, round = 1): number =>
      closeRound(at(2, { round, previousDemand, bracket }), total, 9, parameters("Secant"))
        .nextPrice;
    expect(next(12, seen(1, 7), 12)).to.equal(4.5);
    expect(next(10, seen(1, 7), 12)).to.equal(4.5);
    expect(next(14, seen(2, 7), 12)).to.equal(4.5);
    expect(next(14, seen(undefined, 7), 12)).to.equal(4.5);
    expect(next(4, seen(1, 3), 4)).to.equal(1.5);
    // The first round takes its first step, and so does one whose other side is out of date.
    expect(next(12, seen(1, 7), 12, 0)).to.equal(2.5);
    expect(next(12, seen(1, 2), 12)).to.equal(2.5);
  });

  it("go to the middle at most by two demands on one side of capacity", () => {
    const next = (previousDemand: number, bracket: Bracket, total: number): number =>
      closeRound(at(2, { round: 1, previousDemand, bracket }), total, 9, parameters("Secant"))
        .nextPrice;
    // 12 at price 1 and 10 at 2 ask for 3.25; 4 at price 3 and 6 at 2 for 1.25.
    expect([5, 4.5, 4].map((upper) => next(12, seen(1, upper), 10))).to.deep.equal([3.25, 3.25, 3]);
    expect([0, 0.5, 1].map((lower) => next(4, seen(lower, 3), 6))).to.deep.equal([1.25, 1.25, 1.5]);
    // Demand that meets capacity fits, and so is on the side of what is below it.
    expect(next(8, seen(1.5, 3), 4)).to.equal(1.75);
    // On either side of it: 24 at 1 and 4 at 2 ask for 1.6, 4 at 3 and 10 at 2 for 2.25.
    expect(next(24, seen(1, undefined), 4)).to.be.closeTo(1.6, 1e-15);
    expect(next(80, seen(1, undefined), 0)).to.be.closeTo(1.45, 1e-15);
    expect(next(4, seen(undefined, 3), 10)).to.equal(2.25);
    expect(next(4, seen(undefined, 3), 16)).to.equal(2.5);
  });

  it("send a Secant price that meets a side of its bracket to the middle", () => {
    // 12 at price 1 and 10 at 2 ask for 3 by their line, for 3.5 by that of their inverses.
    const onUpper = at(2, { round: 2, previousDemand: 12, bracket: seen(1, 3.25) });
    expect(closeRound(onUpper, 10, 9, parameters("Secant")).nextPrice).to.equal(2.625);
    const inside = at(2, { round: 2, previousDemand: 12, bracket: seen(1, 5) });
    expect(closeRound(inside, 10, 9, parameters("Secant")).nextPrice).to.equal(3.25);
    // 4 at price 5 and 6 at 4 ask for 3, and for 3.5.
    const onLower = at(4, { round: 2, previousDemand: 4, bracket: seen(3.25, 5) });
    expect(closeRound(onLower, 6, 9, parameters("Secant")).nextPrice).to.equal(3.625);
  });

  it("send it to the upper side of a bracket of the dual tolerance", () => {
    const next = (upper: number): number => {
      const state = at(2, { round: 2, previousDemand: 8.5, bracket: seen(1, upper) });
      return closeRound(state, 8.25, 9, parameters("Secant")).nextPrice;
    };
    expect(next(2.0625)).to.equal(2.0625);
    expect(next(2.125)).to.equal(2.0625);
  });

  it("scale the steps of the falling rules from the first round on", () => {
    const next = (rule: StepRule["rule"], round: number): number =>
      closeRound(at(1, { round }), 16, 9, parameters(rule)).nextPrice;
    expect([0, 3, 15].map((round) => next("InverseSqrt", round))).to.deep.equal([2, 1.5, 1.25]);
    expect([0, 4, 12].map((round) => next("RobbinsMonro", round))).to.deep.equal([2, 1.5, 1.25]);
    expect([0, 4].map((round) => next("Constant", round))).to.deep.equal([2, 2]);
  });

  it("reset the side of the bracket that an observation meets or contradicts, and no other", () => {
    const bracket = (
      lower: number | undefined,
      upper: number | undefined,
      total: number,
    ): Bracket =>
      closeRound(at(2, { round: 1, bracket: seen(lower, upper) }), total, 9, parameters("Constant"))
        .next.bracket;
    expect(bracket(1, 3, 9)).to.deep.equal(seen(2, 3));
    expect(bracket(1, 3, 7)).to.deep.equal(seen(1, 2));
    expect(bracket(1, 2, 9)).to.deep.equal(seen(2, undefined));
    expect(bracket(2, 3, 7)).to.deep.equal(seen(undefined, 2));
    expect(bracket(3, 4, 9)).to.deep.equal(seen(3, 4));
    expect(bracket(0, 1, 7)).to.deep.equal(seen(0, 1));
    expect(bracket(undefined, undefined, 9)).to.deep.equal(seen(2, undefined));
    expect(bracket(undefined, undefined, 7)).to.deep.equal(seen(undefined, 2));
    expect(openingState(2)).to.deep.equal({
      round: 0,
      price: 2,
      bracket: seen(undefined, undefined),
      previousDemand: 0,
    });
  });

  it("take the price of the round before from the side that its demand was on", () => {
    // Demand that was capacity fitted: its price is the upper side.
    const state = at(2, { round: 1, previousDemand: CAPACITY, bracket: seen(1, 4) });
    // Half a unit for a token, so 9 at price 2 asks for price 4, the upper side: the middle.
    expect(closeRound(state, 9, 9, parameters("Secant")).nextPrice).to.equal(3);
    const open = at(2, { round: 1, previousDemand: CAPACITY, bracket: seen(undefined, 3) });
    expect(closeRound(open, 8.5, 9, parameters("Secant")).nextPrice).to.equal(2.5);
  });

  it("are not met where nobody is yet still: only the last round stops those who move", () => {
    const rules = parameters("Constant", { maxRounds: 1 });
    expect(closeRound(at(1), 8.5, 0.5, rules).stop).to.equal("RoundLimit");
    expect(closeRound(at(0), 6, 0.25, rules).stop).to.equal("Converged");
    expect(closeRound(at(0), 6, 0.5, rules).stop).to.equal("RoundLimit");
  });
});
