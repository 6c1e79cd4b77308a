import { expect } from "chai";
import fc from "fast-check";

import type { Agent } from "../../mechanism/agent.ts";
import { bestResponse, payoff } from "../../mechanism/best-response.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import {
  dynamicRegret,
  efficiency,
  feesCollected,
  gini,
  participation,
  priceOfFairness,
  providerRevenue,
  resilience,
  utilisation,
} from "../../mechanism/metrics.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { between, check, paperFees } from "./arbitraries.ts";

const quadraticAgent = (id: string, alpha: number): Agent => ({
  id,
  valuation: { family: "quadratic", alpha, shape: 2 },
  cost: { family: "linear", beta: 1 },
});
const pair = [quadraticAgent("one", 6), quadraticAgent("two", 10)];

describe("efficiency (8)", () => {
  it("sums worth less cost, fees per unit, and one execution fee for each that takes part", () => {
    // V − C: 6·2 − 4 − 2 = 6 for the first alone; τ·2 + g = 2.
    expect(efficiency(pair, [2, 0], paperFees)).to.equal(6 - 2);
    // The second at 3: 30 − 9 − 3 = 18, less 0.5·3 + 1.
    expect(efficiency(pair, [2, 3], paperFees)).to.equal(4 + 18 - 2.5);
  });

  it("leaves out the progressive charge, which is a transfer", () => {
    const fees = { ...paperFees, progressiveFee: 3 };
    expect(efficiency(pair, [2, 3], fees)).to.equal(efficiency(pair, [2, 3], paperFees));
  });

  it("is the payoffs and the provider's revenue together", () => {
    const agents = drawAgents(20, 1);
    const { price, allocations } = solveEquilibrium(agents, 50, paperFees);
    let payoffs = 0;
    agents.forEach((agent, i) => (payoffs += payoff(agent, paperFees, price, allocations[i]!)));
    const together = payoffs + providerRevenue(allocations, price);
    expect(efficiency(agents, allocations, paperFees)).to.be.closeTo(together, 1e-9);
  });

  it("is raised by no transfer between two agents at a market equilibrium", () => {
    const fees = { ...paperFees, executionFee: 0 };
    const agents = drawAgents(10, 2);
    const { allocations } = solveEquilibrium(agents, 15, fees);
    const best = efficiency(agents, allocations, fees);
    check(fc.tuple(fc.nat(9), fc.nat(9), between(0.001, 1)), ([from, to, share]) => {
      const moved = allocations.slice();
      const amount = share * moved[from]!;
      moved[from]! -= amount;
      moved[to]! += amount;
      expect(efficiency(agents, moved, fees)).to.be.at.most(best + 1e-9);
    });
  });

  it("wants one allocation for each agent", () => {
    expect(() => efficiency(pair, [1], paperFees)).to.throw(
      RangeError,
      "allocations: given 1, expected 2, one for each",
    );
  });
});

describe("the Gini index (9)", () => {
  it("is that of a hand count", () => {
    // |differences| over ordered pairs: 2·(1 + 3 + 2) = 12; 2n²x̄ = 2·9·(7/3) = 42.
    expect(gini([4, 1, 2])).to.be.closeTo(12 / 42, 1e-15);
  });

  it("is what the double sum of eq. (9) gives", () => {
    check(fc.array(between(0, 50), { minLength: 1, maxLength: 30 }), (xs) => {
      const n = xs.length;
      const total = xs.reduce((sum, x) => sum + x, 0);
      if (total < 1e-6) return;
      let differences = 0;
      for (const x of xs) for (const y of xs) differences += Math.abs(x - y);
      expect(gini(xs)).to.be.closeTo(differences / (2 * n * total), 1e-12);
    });
  });

  it("runs from 0 for equals to 1 − 1/n for one who has it all, and is 0 of nothing", () => {
    expect(gini([3, 3, 3, 3])).to.equal(0);
    expect(gini([0, 0, 8, 0])).to.equal(0.75);
    expect(gini([0, 0])).to.equal(0);
    expect(gini([])).to.equal(0);
  });

  it("leaves its input in the order it came", () => {
    const given = Float64Array.of(3, 1, 2);
    gini(given);
    expect([...given]).to.deep.equal([3, 1, 2]);
  });
});

describe("ratios and sums", () => {
  it("price fairness at best over fair efficiency (10)", () => {
    expect(priceOfFairness(10, 8)).to.equal(1.25);
    expect(() => priceOfFairness(10, 0)).to.throw(/^fair efficiency is 0; .* above 0$/);
    expect(() => priceOfFairness(-1, 1)).to.throw(/^maximum efficiency is -1; .* above 0$/);
  });

  it("measure resilience as efficiency after over before (11), and refuse a negative base", () => {
    expect(resilience(10, 8)).to.equal(0.8);
    expect(resilience(10, -2)).to.equal(-0.2);
    expect(() => resilience(-10, -20)).to.throw(RangeError, /before the shock is -10/);
  });

  it("add up regret over rounds (12)", () => {
    expect(dynamicRegret([5, 5, 6], [3, 5, 7])).to.equal(1);
    expect(() => dynamicRegret([1, 2], [1])).to.throw(
      "achieved payoffs: given 1, expected 2, one for each",
    );
  });

  it("never find regret in playing the best response", () => {
    const agents = drawAgents(50, 4);
    const best = agents.map((a) => payoff(a, paperFees, 1, bestResponse(a, paperFees, 1)));
    const other = agents.map((a) => payoff(a, paperFees, 1, 1.1 * bestResponse(a, paperFees, 1)));
    expect(dynamicRegret(best, best)).to.equal(0);
    expect(dynamicRegret(best, other)).to.be.above(0);
  });

  it("count participation, utilisation, revenue and fees", () => {
    const fees = { unitFee: 0.5, executionFee: 1, progressiveFee: 0.5 };
    expect(participation([0, 2, 1, 4])).to.equal(0.75);
    expect(participation([])).to.equal(0);
    expect(utilisation([0, 2, 4], 8)).to.equal(0.75);
    expect(() => utilisation([1], 0)).to.throw(RangeError, /^capacity is 0; .* above 0$/);
    expect(providerRevenue([2, 4], 1.5)).to.equal(9);
    expect(feesCollected([0, 2, 4], fees)).to.equal(1 + 1 + 1 + (2 + 4 + 1));
  });
});
