import { expect } from "chai";

import type { Agent } from "../../mechanism/agent.ts";
import { surplus } from "../../mechanism/best-response.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { efficiency } from "../../mechanism/metrics.ts";
import { proportionalGame } from "../../mechanism/proportional-game.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { noExecutionFee, paperFees } from "./arbitraries.ts";

const free = { unitFee: 0, executionFee: 0, progressiveFee: 0 };

/** As good as linear: αx up to a curvature that no digit shows. */
const linear = (alpha: number): Agent => ({
  id: `linear-${alpha}`,
  valuation: { family: "quadratic", alpha, shape: 1e-9 },
  cost: { family: "linear", beta: 0 },
});

describe("the proportional allocation game", () => {
  it("leaves nobody a bid that would pay more", () => {
    const fees = { ...noExecutionFee, progressiveFee: 0.1 };
    for (let seed = 0; seed < 30; seed++) {
      const count = 2 + (seed % 4);
      const agents = drawAgents(count, seed);
      const { price, allocations } = proportionalGame(agents, count, fees);
      if (price === 0) continue;
      expect(allocations.reduce((sum, x) => sum + x, 0)).to.be.closeTo(count, 1e-9);
      agents.forEach((agent, index) => {
        const bid = price * allocations[index]!;
        const others = price * count - bid;
        const worth = (own: number): number => {
          const x = (count * own) / (own + others);
          return surplus(agent, x) - fees.unitFee * x - 0.5 * fees.progressiveFee * x * x - own;
        };
        for (const factor of [0, 0.5, 0.9, 0.99, 1.01, 1.1, 2]) {
          expect(worth(bid * factor)).to.be.at.most(worth(bid) + 1e-9);
        }
        expect(worth(bid + 1e-3)).to.be.at.most(worth(bid) + 1e-9);
      });
    }
  });

  it("loses a quarter in the worst case of Johari and Tsitsiklis", () => {
    // One agent to whom a unit is worth 1, many to whom it is worth 1/2: it takes half of capacity 1.
    const agents = [linear(1), ...Array.from({ length: 400 }, () => linear(0.5))];
    const { price, allocations } = proportionalGame(agents, 1, free);
    expect(price).to.be.closeTo(0.5, 2e-3);
    expect(allocations[0]).to.be.closeTo(0.5, 2e-3);
    expect(efficiency(agents, allocations, free)).to.be.closeTo(0.75, 2e-3);
  });

  it("never loses more than that quarter", () => {
    for (let seed = 0; seed < 100; seed++) {
      const agents = drawAgents(2 + (seed % 3), seed);
      const capacity = 0.2 + (seed % 7);
      const { allocations } = proportionalGame(agents, capacity, noExecutionFee);
      const best = solveEquilibrium(agents, capacity, noExecutionFee).allocations;
      const ratio =
        efficiency(agents, allocations, noExecutionFee) / efficiency(agents, best, noExecutionFee);
      expect(ratio).to.be.within(0.75, 1 + 1e-9);
    }
  });

  it("gives everybody what it wants, for nothing, where everything fits", () => {
    const agents = drawAgents(5, 1);
    const { price, allocations } = proportionalGame(agents, 500, noExecutionFee);
    expect(price).to.equal(0);
    expect([...allocations]).to.deep.equal([
      ...solveEquilibrium(agents, 500, noExecutionFee).demands,
    ]);
  });

  it("names a capacity that is none, a lonely agent and an execution fee", () => {
    const agents = drawAgents(2, 1);
    expect(() => proportionalGame(agents, -1, free)).to.throw(RangeError, "capacity is -1");
    expect(() => proportionalGame(agents.slice(1), 1, free)).to.throw(
      RangeError,
      "number of agents is 1",
    );
    expect(() => proportionalGame(agents, 1, paperFees)).to.throw(RangeError, "executionFee (g)");
  });
});
