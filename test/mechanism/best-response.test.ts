import { expect } from "chai";
import fc from "fast-check";

import type { Agent, Fees } from "../../mechanism/agent.ts";
import { bestResponse, payoff } from "../../mechanism/best-response.ts";
import { costFamilyOf, type Cost } from "../../mechanism/costs/families.ts";
import {
  valuationFamilies,
  valuationFamilyOf,
  type Valuation,
} from "../../mechanism/valuations/families.ts";
import {
  anyAgent,
  anyFees,
  between,
  check,
  costArbitraries,
  noExecutionFee,
  oftenZero,
  valuationArbitraries,
} from "./arbitraries.ts";

const free: Fees = { unitFee: 0, executionFee: 0, progressiveFee: 0 };
const agentOf = (valuation: Valuation, beta = 1): Agent => ({
  id: "someone",
  valuation,
  cost: { family: "linear", beta },
});

type Case = {
  agent: Agent;
  fees: Fees;
  price: number;
  proximalWeight: number;
  standing: number;
  capacity: number;
};
const anyCase: fc.Arbitrary<Case> = fc.record({
  agent: anyAgent,
  fees: anyFees,
  price: oftenZero(15),
  proximalWeight: oftenZero(5),
  standing: oftenZero(15),
  capacity: between(0.5, 60),
});

function objective(c: Case, x: number): number {
  return payoff(c.agent, c.fees, c.price, x) - 0.5 * c.proximalWeight * (x - c.standing) ** 2;
}

describe("the best response", () => {
  for (const [valuationName, valuation] of Object.entries(valuationArbitraries)) {
    for (const [costName, cost] of Object.entries(costArbitraries)) {
      it(`never rises with the price: ${valuationName} value, ${costName} cost`, () => {
        const agent = fc.record({ id: fc.constant("someone"), valuation, cost });
        const cases = fc.tuple(agent, anyFees, between(0, 20), between(0, 20), oftenZero(3));
        check(cases, ([someone, fees, one, other, proximalWeight]) => {
          const options = { proximalWeight, standing: 2, capacity: 100 };
          const cheap = bestResponse(someone, fees, Math.min(one, other), options);
          const dear = bestResponse(someone, fees, Math.max(one, other), options);
          expect(dear).to.be.at.most(cheap * (1 + 1e-11));
        });
      });
    }
  }

  it("is beaten by no demand on a grid, nor by any near it", () => {
    check(
      anyCase,
      (c) => {
        const x = bestResponse(c.agent, c.fees, c.price, c);
        expect(x).to.be.within(0, c.capacity);
        const best = objective(c, x);
        const near = [x * (1 - 1e-3), x * (1 + 1e-3), x + 1e-4].filter((at) => at <= c.capacity);
        const grid = Array.from({ length: 100 }, (_, k) => (c.capacity * k) / 99);
        const others = [...near, ...grid].map((other) => objective(c, other));
        expect(Math.max(...others)).to.be.at.most(best + 1e-9 * (1 + Math.abs(best)));
      },
      300,
    );
  });

  it("stands where the marginal payoff changes sign, within 1e-9 relative", () => {
    check(anyCase, (c) => {
      const x = bestResponse(c.agent, c.fees, c.price, c);
      if (x < 1e-6 || x > c.capacity * (1 - 1e-6)) return;
      const { valuation, cost } = c.agent;
      const slope = (at: number): number =>
        valuationFamilyOf(valuation).marginal(valuation, at) -
        costFamilyOf(cost).marginal(cost, at) -
        (c.fees.unitFee + c.price + c.fees.progressiveFee * at) -
        c.proximalWeight * (at - c.standing);
      const rounding = 1e-14 * (1 + c.price + c.proximalWeight * (x + c.standing));
      expect(slope(x * (1 - 1e-9))).to.be.above(-rounding);
      expect(slope(x * (1 + 1e-9))).to.be.below(rounding);
    });
  });

  it("gives eq. (7) for the paper's example", () => {
    const agent = agentOf({ family: "log", alpha: 10 }, 1.5);
    expect(bestResponse(agent, noExecutionFee, 0.5)).to.be.closeTo(10 / 2.5 - 1, 1e-15);
    expect(bestResponse(agent, noExecutionFee, 8)).to.equal(0);
  });

  it("tends to the response without a proximal term as its weight vanishes", () => {
    const agent = agentOf({ family: "log", alpha: 10 }, 1.5);
    const options = { proximalWeight: 1e-14, standing: 7 };
    expect(bestResponse(agent, noExecutionFee, 0.5, options)).to.be.closeTo(3, 1e-12);
  });

  it("stays put under a proximal weight that nothing outweighs", () => {
    for (const arbitrary of Object.values(valuationArbitraries)) {
      check(arbitrary, (valuation) => {
        const options = { proximalWeight: 1e9, standing: 3 };
        const x = bestResponse(agentOf(valuation), noExecutionFee, 1, options);
        expect(x).to.be.closeTo(3, 1e-6);
      });
    }
  });

  it("agrees between a closed form and the root finder", () => {
    // A quadratic cost with a negligible bend sends the same problem through the other path for
    // the families whose closed form needs a straight one.
    const cases = fc.tuple(valuationArbitraries.isoelastic, between(0.2, 10));
    for (const arbitrary of [cases, fc.tuple(valuationArbitraries.saturating, between(0.2, 10))]) {
      check(arbitrary, ([valuation, price]) => {
        const closed = bestResponse(agentOf(valuation), free, price);
        if (closed > 1e6) return;
        const bent = { ...free, progressiveFee: 1e-300 };
        expect(bestResponse(agentOf(valuation), bent, price)).to.be.closeTo(
          closed,
          1e-12 * closed + 1e-15,
        );
      });
    }
  });

  it("is the same whether the closed form is used or there is none", () => {
    check(anyCase, (c) => {
      const closed = bestResponse(c.agent, c.fees, c.price, c);
      const valuation = valuationFamilyOf(c.agent.valuation);
      const cost = costFamilyOf(c.agent.cost);
      const [valuationBefore, costBefore] = [{ ...valuation }, { ...cost }];
      const answers: number[] = [];
      try {
        delete cost.isQuadratic;
        answers.push(bestResponse(c.agent, c.fees, c.price, c));
        Object.assign(cost, costBefore);
        delete valuation.closedForm;
        answers.push(bestResponse(c.agent, c.fees, c.price, c));
      } finally {
        Object.assign(cost, costBefore);
        Object.assign(valuation, valuationBefore);
      }
      for (const answer of answers) {
        expect(answer).to.be.closeTo(closed, 1e-11 * (1 + closed));
      }
    });
  });

  it("is refused where it is unbounded by the root finder too, and held to a capacity", () => {
    const { log } = valuationFamilies;
    const before = { ...log };
    const agent = agentOf({ family: "log", alpha: 5 }, 0);
    try {
      delete log.closedForm;
      expect(() => bestResponse(agent, free, 0)).to.throw(RangeError, /wants an unbounded demand/);
      expect(bestResponse(agent, free, 0, { capacity: 12 })).to.equal(12);
    } finally {
      Object.assign(log, before);
    }
  });

  it("asks the root finder no more than once where nothing is wanted", () => {
    // V'(0) = 2.
    const agent = agentOf({ family: "saturating", alpha: 4, shape: 2 }, 0);
    const bent = { ...free, progressiveFee: 0.5 };
    for (const price of [2, 2.5]) {
      const evaluations = evaluationsOf(() => {
        expect(bestResponse(agent, bent, price)).to.equal(0);
      });
      expect(evaluations, `${price}`).to.equal(1);
    }
  });

  it("uses no closed form for a cost that is not quadratic", () => {
    // C(x) = x³/3 in the place of the quadratic one: V' = 10/(1 + x) meets x² + 1.5 at x = 1.61.
    const family = costFamilyOf<Cost>({ family: "quadratic", beta: 0, delta: 0 });
    const before = { ...family };
    const cubic = (x: number): number => x * x;
    try {
      family.value = (_, x) => x ** 3 / 3;
      family.marginal = (_, x) => cubic(x);
      family.secondDerivative = (_, x) => 2 * x;
      delete family.isQuadratic;
      const cost = { family: "quadratic", beta: 0, delta: 0 } as const;
      const agent: Agent = { id: "someone", valuation: { family: "log", alpha: 10 }, cost };
      const x = bestResponse(agent, noExecutionFee, 1);
      expect(10 / (1 + x)).to.be.closeTo(cubic(x) + 1.5, 1e-11);
    } finally {
      Object.assign(family, before);
    }
  });

  it("is above zero wherever the first unit is worth its price, however little above", () => {
    for (const gap of [1e-6, 1e-9, 1e-12, 1e-15]) {
      const agent = agentOf({ family: "log", alpha: 10 }, 1);
      const x = bestResponse(agent, free, 9 - gap);
      expect(x, `${gap}`).to.be.above(0);
      expect(x, `${gap}`).to.be.below(gap);
    }
    // At a marginal value of exactly the price there is nothing to want.
    expect(bestResponse(agentOf({ family: "log", alpha: 10 }, 1), free, 9)).to.equal(0);
  });

  it("stays out on a tie between entering and not", () => {
    // V = 6x − x², free: the peak at x = 3 is worth 9, which is the execution fee.
    const agent = agentOf({ family: "quadratic", alpha: 6, shape: 2 }, 0);
    expect(bestResponse(agent, { ...free, executionFee: 9 }, 0)).to.equal(0);
    expect(bestResponse(agent, { ...free, executionFee: 8.999 }, 0)).to.equal(3);
  });

  it("counts the proximal penalty of leaving when it weighs staying in", () => {
    const agent = agentOf({ family: "quadratic", alpha: 6, shape: 2 }, 0);
    const fees = { ...free, executionFee: 9.5 };
    expect(bestResponse(agent, fees, 0)).to.equal(0);
    // Leaving 3 units would cost ½·1·3² = 4.5 more.
    expect(bestResponse(agent, fees, 0, { proximalWeight: 1, standing: 3 })).to.equal(3);
  });

  it("takes no more than its peak of a quadratic that is free", () => {
    const agent = agentOf({ family: "quadratic", alpha: 6, shape: 2 }, 0);
    expect(bestResponse(agent, free, 0)).to.equal(3);
    expect(bestResponse(agent, free, 0, { proximalWeight: 1, standing: 5 })).to.equal(5);
  });

  it("asks for the whole capacity, or is refused, when more is always better and free", () => {
    for (const family of ["log", "saturating", "isoelastic"] as const) {
      const agent = agentOf({ family, alpha: 5, shape: 0.5 }, 0);
      expect(bestResponse(agent, free, 0, { capacity: 12 })).to.equal(12);
      expect(() => bestResponse(agent, free, 0)).to.throw(
        RangeError,
        /^agent "someone" wants an unbounded demand at price 0: .* pass a finite capacity, or/,
      );
    }
  });

  it("finds demands that are very small and very large", () => {
    const steep = agentOf({ family: "isoelastic", alpha: 1, shape: 0.1 }, 0);
    const bent = { ...free, progressiveFee: 1e-30 };
    expect(bestResponse(steep, bent, 1e5) / 1e-50).to.be.closeTo(1, 1e-11);
    const flat = agentOf({ family: "isoelastic", alpha: 1, shape: 0.5 }, 0);
    // x^(−½) = 1e-30·x, so x = 1e20.
    expect(bestResponse(flat, bent, 0) / 1e20).to.be.closeTo(1, 1e-11);
  });

  it("finds an isoelastic agent's under a rising charge without the root finder, to the last digits", () => {
    const cases = fc.record({
      alpha: between(0.5, 30),
      shape: between(0.1, 0.9),
      price: between(1e-6, 1e4),
      progressiveFee: between(1e-9, 1e3),
    });
    check(cases, ({ alpha, shape, price, progressiveFee }) => {
      const agent = agentOf({ family: "isoelastic", alpha, shape }, 0);
      let x = 0;
      const evaluations = evaluationsOf(() => {
        x = bestResponse(agent, { ...free, progressiveFee }, price);
      });
      expect(evaluations).to.equal(0);
      const slopeAt = (at: number): number =>
        alpha * Math.pow(at, -shape) - price - progressiveFee * at;
      expect(slopeAt(x * (1 - 1e-12))).to.be.above(0);
      expect(slopeAt(x * (1 + 1e-12))).to.be.below(0);
    });
  });

  it("takes the root finder a dozen evaluations as a rule, and never a hundred", () => {
    const counts: number[] = [];
    check(
      anyCase,
      (c) => {
        const evaluations = evaluationsOf(() => bestResponse(c.agent, c.fees, c.price, c));
        if (evaluations > 0) counts.push(evaluations);
      },
      1000,
    );
    counts.sort((one, other) => one - other);
    expect(counts.length).to.be.above(200);
    expect(counts[counts.length >> 1]).to.be.at.most(12);
    expect(counts.at(-1)).to.be.at.most(80);
  });

  it("takes it no more of them where the demand is out of all proportion", () => {
    // At a price of 0 no start is near.
    for (const [alpha, shape, price, progressiveFee] of [
      [1, 0.1, 0, 1e-30],
      [1, 0.5, 0, 1e-30],
      [1, 0.99, 0, 1e-300],
      [1e10, 0.5, 0, 1e-12],
    ] as const) {
      const agent = agentOf({ family: "isoelastic", alpha, shape }, 0);
      const evaluations = evaluationsOf(() => {
        const x = bestResponse(agent, { ...free, progressiveFee }, price);
        expect(x > 0 && x < Infinity).to.equal(true);
      });
      expect(evaluations).to.be.within(1, 80);
    }
  });
});

/** How often something asks for a marginal value. */
function evaluationsOf(action: () => unknown): number {
  let count = 0;
  const families: Record<string, { marginal: (...args: never[]) => number }> = valuationFamilies;
  const restore = Object.values(families).map((family) => {
    const { marginal } = family;
    family.marginal = (...args) => {
      count += 1;
      return marginal(...args);
    };
    return () => (family.marginal = marginal);
  });
  try {
    action();
  } finally {
    for (const one of restore) one();
  }
  return count;
}
