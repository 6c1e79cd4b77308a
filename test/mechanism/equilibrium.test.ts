import { expect } from "chai";
import fc from "fast-check";

import type { Agent, Fees } from "../../mechanism/agent.ts";
import { bestResponse } from "../../mechanism/best-response.ts";
import { curvatureAt, solveEquilibrium, totalDemand } from "../../mechanism/equilibrium.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { valuationFamilies, valuationFamilyOf } from "../../mechanism/valuations/families.ts";
import { anyAgent, anyFees, between, check, noExecutionFee, paperFees } from "./arbitraries.ts";

const anyMarket = fc.record({
  agents: fc.array(anyAgent, { minLength: 1, maxLength: 12 }),
  capacity: fc.oneof(between(0.1, 5), between(5, 100)),
  fees: anyFees,
});

/** Total demand by the public response, summed here: nothing of the solver's. */
function demandAt(agents: readonly Agent[], capacity: number, fees: Fees, price: number): number {
  return agents.reduce((sum, agent) => sum + bestResponse(agent, fees, price, { capacity }), 0);
}

/** The price by plain bisection: slow, and nothing to get wrong. */
function bisect(agents: readonly Agent[], capacity: number, fees: Fees): number {
  if (demandAt(agents, capacity, fees, 0) <= capacity) return 0;
  let [lower, upper] = [0, 1];
  while (demandAt(agents, capacity, fees, upper) > capacity) upper *= 2;
  for (let pass = 0; pass < 200; pass++) {
    const middle = (lower + upper) / 2;
    if (demandAt(agents, capacity, fees, middle) > capacity) lower = middle;
    else upper = middle;
  }
  return upper;
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

describe("the equilibrium", () => {
  it("satisfies complementary slackness in every market", () => {
    check(anyMarket, ({ agents, capacity, fees }) => {
      const found = solveEquilibrium(agents, capacity, fees);
      expect(found.price).to.be.at.least(0);
      expect(found.state).to.be.oneOf(["cleared", "slack", "rationed"]);
      expect(sum(found.allocations)).to.be.at.most(capacity * (1 + 1e-15 * agents.length));
      if (found.state === "slack") {
        expect(found.price).to.equal(0);
        expect(found.total).to.be.below(capacity);
      }
      if (found.state === "cleared") {
        expect(Math.abs(found.total - capacity)).to.be.at.most(1e-9 * capacity);
      }
      if (found.state === "rationed") {
        expect(fees.executionFee).to.be.above(0);
        expect(found.price).to.be.above(0);
      }
    });
  });

  it("answers its own price with best responses", () => {
    check(anyMarket, ({ agents, capacity, fees }) => {
      const { price, demands, total } = solveEquilibrium(agents, capacity, fees);
      agents.forEach((agent, index) => {
        expect(demands[index]).to.equal(bestResponse(agent, fees, price, { capacity }));
      });
      expect(total).to.be.closeTo(sum(demands), 1e-12 * capacity);
    });
  });

  it("is where an independent bisection finds it", () => {
    check(
      anyMarket,
      ({ agents, capacity, fees }) => {
        const { price } = solveEquilibrium(agents, capacity, fees);
        const expected = bisect(agents, capacity, fees);
        // A market cleared to 1e-12 of capacity pins the price to that over the slope of demand.
        const total = demandAt(agents, capacity, fees, price);
        const isSame = Math.abs(price - expected) <= 1e-9 * (1 + expected);
        expect(isSame || Math.abs(total - capacity) <= 1e-12 * capacity).to.equal(true);
      },
      120,
    );
  });

  it("is rationed at the very price where demand jumps over capacity", () => {
    let rationed = 0;
    for (let seed = 0; seed < 120; seed++) {
      const agents = drawAgents(20, seed);
      const found = solveEquilibrium(agents, 50, paperFees);
      if (found.state !== "rationed") continue;
      rationed += 1;
      // An agent's gain from entering is itself known to some 1e-14.
      const below = found.price - 1e-13;
      expect(totalDemand(agents, 50, paperFees, found.price)).to.be.at.most(50);
      expect(totalDemand(agents, 50, paperFees, below)).to.be.above(50);
    }
    expect(rationed).to.be.within(2, 14); // mechanism.md §2: about 6 %
  });

  it("is rationed with no demand at all when identical agents all enter at one price", () => {
    const agents = Array.from({ length: 3 }, (_, index): Agent => {
      const valuation = { family: "quadratic", alpha: 6, shape: 2 } as const;
      return { id: `twin-${index}`, valuation, cost: { family: "linear", beta: 0 } };
    });
    // Each takes x = (6 − μ)/2 worth (6 − μ)²/4, and enters while that is above g = 4: μ < 2.
    const fees = { unitFee: 0, executionFee: 4, progressiveFee: 0 };
    const found = solveEquilibrium(agents, 5, fees);
    expect(found.state).to.equal("rationed");
    expect(found.price).to.be.closeTo(2, 1e-14);
    expect(found.total).to.equal(0);
  });

  it("has the price of the closed form when every agent takes part", () => {
    const agents = [4, 9].map((alpha, index): Agent => ({
      id: `${index}`,
      valuation: { family: "log", alpha },
      cost: { family: "linear", beta: 1 },
    }));
    // 13/(1.5 + μ) − 2 = 3.2, so μ = 1.
    const found = solveEquilibrium(agents, 3.2, noExecutionFee);
    expect(found.state).to.equal("cleared");
    expect(found.price).to.be.closeTo(1, 1e-11);
  });

  it("keeps the price below max V'(0) − tau (Proposition 4.3)", () => {
    check(anyMarket, ({ agents, capacity, fees }) => {
      const highest = Math.max(
        ...agents.map(({ valuation }) => valuationFamilyOf(valuation).marginal(valuation, 0)),
      );
      if (highest === Infinity) return;
      const { price } = solveEquilibrium(agents, capacity, fees);
      expect(price === 0 || price < highest - fees.unitFee).to.equal(true);
    });
  });

  it("never has a higher price for more capacity (Proposition 4.4)", () => {
    check(anyMarket, ({ agents, capacity, fees }) => {
      const scarce = solveEquilibrium(agents, capacity, fees).price;
      const ample = solveEquilibrium(agents, 1.5 * capacity, fees).price;
      // Each agent is held to capacity, so that alone may let demand grow with it.
      if (agents.every((agent) => bestResponse(agent, fees, 0, { capacity: 1e9 }) < capacity)) {
        expect(ample).to.be.at.most(scarce * (1 + 1e-9));
      }
    });
  });

  it("leaves capacity slack in about 96 % of draws at the paper's defaults", () => {
    const draws = 300;
    let slack = 0;
    for (let seed = 0; seed < draws; seed++) {
      const { state, price } = solveEquilibrium(drawAgents(20, seed), 100, paperFees);
      if (state === "slack") slack += 1;
      expect(price === 0).to.equal(state === "slack");
    }
    expect(slack / draws).to.be.within(0.93, 0.99);
  });

  it("holds with demand as steep and as flat as the families get", () => {
    const cost = { family: "linear", beta: 0 } as const;
    const agents: Agent[] = [
      { id: "steep", valuation: { family: "quadratic", alpha: 7, shape: 1e-9 }, cost },
      { id: "flat", valuation: { family: "isoelastic", alpha: 1e-3, shape: 0.99 }, cost },
    ];
    const free = { unitFee: 0, executionFee: 0, progressiveFee: 0 };
    const found = solveEquilibrium(agents, 10, free);
    expect(found.state).to.equal("cleared");
    expect(found.total).to.be.closeTo(10, 1e-5);
    expect(found.price).to.be.closeTo(7, 1e-7);
  });

  it("is cleared where demand is too steep to meet capacity and nobody enters or leaves", () => {
    const cost = { family: "linear", beta: 0 } as const;
    const agents: Agent[] = [
      { id: "steep", valuation: { family: "quadratic", alpha: 7, shape: 1e-9 }, cost },
      { id: "flat", valuation: { family: "isoelastic", alpha: 20, shape: 0.99 }, cost },
      { id: "outside", valuation: { family: "log", alpha: 0.5 }, cost },
    ];
    const fees = { unitFee: 0, executionFee: 1e-9, progressiveFee: 0 };
    const found = solveEquilibrium(agents, 10, fees);
    expect(found.state).to.equal("cleared");
    expect(found.demands[0]! > 0 && found.demands[1]! > 0 && found.demands[2] === 0).to.equal(true);
    expect(found.price).to.be.closeTo(7, 1e-7);
  });

  it("is cleared, not slack, where all is wanted at price zero and no more", () => {
    const valuation = { family: "quadratic", alpha: 6, shape: 2 } as const;
    const cost = { family: "linear", beta: 0 } as const;
    const agents = ["one", "two"].map((id): Agent => ({ id, valuation, cost }));
    const free = { unitFee: 0, executionFee: 0, progressiveFee: 0 };
    const exactly = solveEquilibrium(agents, 6, free);
    expect(exactly).to.include({ price: 0, state: "cleared", total: 6 });
    expect([...exactly.allocations]).to.deep.equal([3, 3]);
    expect(solveEquilibrium(agents, 6.001, free).state).to.equal("slack");
    expect(solveEquilibrium(agents, 5.999, free).price).to.be.above(0);
  });

  it("has the slope of demand from how fast marginal payoffs fall", () => {
    const valuation = { family: "log", alpha: 8 } as const;
    const cost = { family: "quadratic", beta: 1, delta: 3 } as const;
    const fees = { unitFee: 1, executionFee: 1, progressiveFee: 0.5 };
    // δ + φ + α/(1 + x)².
    expect(curvatureAt({ id: "one", valuation, cost }, fees, 3)).to.equal(3 + 0.5 + 0.5);
  });

  it("refuses a capacity that is not positive", () => {
    expect(() => solveEquilibrium([], 0, noExecutionFee)).to.throw(RangeError, /capacity is 0/);
  });

  it("takes a dozen passes over the agents, and where demand jumps no more than a bisection", () => {
    const passes = (count: number, capacity: number, fees: Fees, seed: number): number => {
      const family: { closedForm?: (...args: never[]) => number | undefined } =
        valuationFamilies.log;
      const closedForm = family.closedForm!;
      let responses = 0;
      family.closedForm = (...args) => {
        responses += 1;
        return closedForm(...args);
      };
      try {
        solveEquilibrium(drawAgents(count, seed), capacity, fees);
      } finally {
        family.closedForm = closedForm;
      }
      return responses / count;
    };
    for (const [count, capacity] of [
      [20, 50],
      [100, 100],
      [20, 1],
    ] as const) {
      const draws = Array.from({ length: 100 }, (_, seed) => seed);
      const smooth = draws.map((seed) => passes(count, capacity, noExecutionFee, seed));
      smooth.sort((one, other) => one - other);
      expect(smooth[50]).to.be.at.most(13);
      expect(smooth.at(-1)).to.be.at.most(32);
      const jumping = draws.map((seed) => passes(count, capacity, paperFees, seed));
      expect(Math.max(...jumping)).to.be.at.most(70);
    }
  });
});
