import { expect } from "chai";
import fc from "fast-check";

import type { Agent, Fees } from "../../mechanism/agent.ts";
import {
  noEnforcement,
  postedPrice,
  proportional,
  socialOptimum,
} from "../../mechanism/baselines.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { efficiency } from "../../mechanism/metrics.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { anyAgent, anyFees, between, check, noExecutionFee, paperFees } from "./arbitraries.ts";

const logAgent = (alpha: number, beta: number): Agent => ({
  id: `log-${alpha}-${beta}`,
  valuation: { family: "log", alpha },
  cost: { family: "linear", beta },
});
/** Worth 6x − x². */
const twin: Agent = {
  id: "twin",
  valuation: { family: "quadratic", alpha: 6, shape: 2 },
  cost: { family: "linear", beta: 0 },
};
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

describe("no enforcement", () => {
  it("gives everybody eq. (7) at a price of zero, whatever the capacity", () => {
    // α/(β + τ) − 1: 9/1.5 − 1 = 5 and 20/1 − 1 = 19.
    expect([...noEnforcement([logAgent(9, 1), logAgent(20, 0.5)], paperFees)]).to.deep.equal([
      5, 19,
    ]);
  });

  it("leaves out whom the execution fee would cost more than the resource is worth", () => {
    // At x = 0.5 the gain is 1.5·ln 1.5 − 0.5 = 0.11 before a fee of 1.
    expect([...noEnforcement([logAgent(1.5, 0.5)], paperFees)]).to.deep.equal([0]);
    expect([...noEnforcement([logAgent(1.5, 0.5)], noExecutionFee)]).to.deep.equal([0.5]);
  });

  it("refuses a demand without bounds, with the agent's name", () => {
    const free = { unitFee: 0, executionFee: 0, progressiveFee: 0 };
    expect(() => noEnforcement([logAgent(5, 0)], free)).to.throw(RangeError, "log-5-0");
  });
});

describe("proportional allocation", () => {
  it("cuts all demands by the same share, down to capacity", () => {
    expect([...proportional([logAgent(9, 1), logAgent(20, 0.5)], 12, paperFees)]).to.deep.equal([
      2.5, 9.5,
    ]);
  });

  it("cuts nothing while demands fit", () => {
    check(fc.record({ agents: fc.array(anyAgent, { maxLength: 8 }), fees: anyFees }), (drawn) => {
      const wanted = noEnforcement(drawn.agents, drawn.fees);
      const ample = proportional(drawn.agents, sum(wanted) + 1, drawn.fees);
      expect([...ample]).to.deep.equal([...wanted]);
    });
  });

  it("names a capacity that is none", () => {
    expect(() => proportional([], 0, paperFees)).to.throw(RangeError, "capacity is 0");
  });
});

describe("the flat contract", () => {
  it("answers the posted price with eq. (7) and keeps to no capacity", () => {
    // 9/(1 + 0.5 + 1.5) − 1.
    expect([...postedPrice([logAgent(9, 1)], paperFees, 1.5)]).to.deep.equal([2]);
  });

  it("is the market at its own price", () => {
    const agents = drawAgents(50, 4);
    const { price, demands } = solveEquilibrium(agents, 100, paperFees);
    expect([...postedPrice(agents, paperFees, price)]).to.deep.equal([...demands]);
  });

  it("names a price below zero and a fee out of range", () => {
    expect(() => postedPrice([], paperFees, -1)).to.throw(RangeError, "price is -1");
    expect(() => postedPrice([], { ...paperFees, unitFee: NaN }, 1)).to.throw("unitFee (tau)");
  });
});

describe("the social optimum", () => {
  it("beats every set of takers, tried one by one and filled by bisection", () => {
    let rationed = 0;
    for (let seed = 0; seed < 60; seed++) {
      const agents = drawAgents(7, seed);
      const found = socialOptimum(agents, 9, paperFees);
      expect(found.efficiency).to.be.closeTo(bestOfAllSets(agents, 9, paperFees), 1e-8);
      expect(sum(found.allocations)).to.be.at.most(9 * (1 + 1e-12));
      if (solveEquilibrium(agents, 9, paperFees).state === "rationed") rationed += 1;
    }
    // Where demand jumps over capacity the price alone does not find the set.
    expect(rationed).to.be.above(5);
  });

  it("is worth what metrics say of its allocations", () => {
    check(anyScarceMarket, ({ agents, capacity, fees }) => {
      const { allocations, efficiency: worth } = socialOptimum(agents, capacity, fees);
      const counted = efficiency(agents, allocations, fees);
      expect(worth).to.be.closeTo(counted, 1e-9 * (1 + Math.abs(counted)));
    });
  });

  it("is never below the equilibrium, and equals it without an execution fee", () => {
    check(anyScarceMarket, ({ agents, capacity, fees }) => {
      const atPrice = (given: Fees): number =>
        efficiency(agents, solveEquilibrium(agents, capacity, given).allocations, given);
      const tolerance = 1e-8 * (1 + capacity);
      const plain = { ...fees, progressiveFee: 0 };
      expect(socialOptimum(agents, capacity, plain).efficiency).to.be.at.least(
        atPrice(plain) - tolerance,
      );
      const free = { ...plain, executionFee: 0 };
      const optimum = socialOptimum(agents, capacity, free);
      expect(optimum.efficiency).to.be.closeTo(atPrice(free), tolerance);
      expect(optimum.sets).to.equal(1);
    });
  });

  it("takes as many of identical agents as their fee is worth, where no price can", () => {
    const fees = { unitFee: 0, executionFee: 4, progressiveFee: 0 };
    // k takers of 5/k each are worth 30 − 25/k − 4k: 29/3 at k = 3, the best.
    const { allocations, efficiency: worth } = socialOptimum(Array(5).fill(twin), 5, fees);
    expect(worth).to.be.closeTo(29 / 3, 1e-9);
    expect(allocations.filter((x) => x > 0)).to.have.length(3);
    expect(solveEquilibrium(Array(5).fill(twin), 5, fees).total).to.equal(0);
  });

  it("finds the set where it differs from the price's own in several agents, some in, some out", () => {
    // Found by looking for markets in which a search that loses track of who was in ends elsewhere.
    const cases: [
      capacity: number,
      fee: number,
      agents: [alpha: number, shape: number][],
      number,
    ][] = [
      [
        12,
        5,
        [
          [6, 0.5],
          [5, 1.5],
          [9, 1],
          [11, 1.5],
          [8, 2],
        ],
        65.8076923,
      ],
      [
        7,
        12,
        [
          [7, 2],
          [8, 0.5],
          [10, 1.5],
          [12, 2],
          [10, 2],
          [8, 1.5],
        ],
        31.75,
      ],
      [
        9,
        10,
        [
          [4, 0.5],
          [7, 2],
          [8, 1],
        ],
        22.1666667,
      ],
      [
        8,
        12,
        [
          [9, 2],
          [10, 1.5],
          [7, 0.5],
          [10, 2],
          [4, 1],
          [9, 1.5],
        ],
        28.5714286,
      ],
      [
        7,
        12,
        [
          [4, 1.5],
          [4, 1],
          [5, 0.5],
          [11, 2],
          [7, 0.5],
          [10, 2],
        ],
        25.125,
      ],
    ];
    for (const [capacity, executionFee, known, best] of cases) {
      const agents = known.map(([alpha, shape], index): Agent => ({
        id: `${index}`,
        valuation: { family: "quadratic", alpha, shape },
        cost: { family: "linear", beta: 0 },
      }));
      const fees = { unitFee: 0, executionFee, progressiveFee: 0 };
      let most = 0;
      for (let set = 1; set < 2 ** agents.length; set++) {
        const takers = agents.filter((_, index) => (set >> index) & 1);
        const { allocations } = solveEquilibrium(takers, capacity, { ...fees, executionFee: 0 });
        most = Math.max(most, efficiency(takers, allocations, fees));
      }
      expect(most).to.be.closeTo(best, 1e-6);
      expect(socialOptimum(agents, capacity, fees).efficiency).to.be.closeTo(most, 1e-9);
    }
  });

  it("names a capacity that is none and a fee out of range", () => {
    expect(() => socialOptimum([], 0, paperFees)).to.throw(
      RangeError,
      /^capacity is 0; .* above 0$/,
    );
    const fees = { ...paperFees, progressiveFee: -1 };
    expect(() => socialOptimum([], 5, fees)).to.throw(RangeError, /^progressiveFee \(phi\) is -1;/);
  });

  it("says so where too many sets would have to be compared", () => {
    const fees = { unitFee: 0, executionFee: 4, progressiveFee: 0 };
    expect(() => socialOptimum(Array(24).fill(twin), 5, fees)).to.throw(
      RangeError,
      /24 agents needs more than 10000 sets .* make agents less alike, or the execution fee 0$/,
    );
  });
});

const anyScarceMarket = fc.record({
  agents: fc.array(anyAgent, { minLength: 1, maxLength: 6 }),
  capacity: between(0.5, 20),
  fees: anyFees,
});

/** The best of all 2ⁿ sets, each shared out at the price that bisection finds. Log agents only. */
function bestOfAllSets(agents: readonly Agent[], capacity: number, fees: Fees): number {
  const known = agents.map(({ valuation, cost }) => {
    if (valuation.family !== "log" || cost.family !== "linear") throw new Error("log agents only");
    return { alpha: valuation.alpha, slope: cost.beta + fees.unitFee };
  });
  let best = 0;
  for (let set = 1; set < 2 ** agents.length; set++) {
    const takers = known.filter((_, index) => (set >> index) & 1);
    const demandAt = (price: number): number[] =>
      takers.map(({ alpha, slope }) => Math.max(0, alpha / (slope + price) - 1));
    const totalAt = (price: number): number => demandAt(price).reduce((all, x) => all + x, 0);
    let [lower, upper] = [0, totalAt(0) <= capacity ? 0 : 100];
    for (let pass = 0; pass < 80; pass++) {
      const middle = (lower + upper) / 2;
      if (totalAt(middle) > capacity) lower = middle;
      else upper = middle;
    }
    const worth = demandAt(upper).reduce((all, x, index) => {
      const { alpha, slope } = takers[index]!;
      return all + alpha * Math.log(1 + x) - slope * x - fees.executionFee;
    }, 0);
    best = Math.max(best, worth);
  }
  return best;
}
