import { expect } from "chai";
import fc from "fast-check";

import type { Agent, Fees } from "../../mechanism/agent.ts";
import { solveEquilibrium, totalDemand } from "../../mechanism/equilibrium.ts";
import { columnsOf, createColumns } from "../../mechanism/kernel/columns.ts";
import { demandsAt, solveMany } from "../../mechanism/many-agents.ts";
import { createRandom, drawAgents } from "../../mechanism/random.ts";
import { between, check, noExecutionFee, oftenZero, paperFees } from "./arbitraries.ts";

/** Populations that a sample says little of, beside the paper's own. */
const shapes: Record<string, (count: number, seed: number) => Agent[]> = {
  paper: drawAgents,
  sorted: (count, seed) => drawAgents(count, seed).sort((a, b) => alphaOf(a) - alphaOf(b)),
  "one a thousand times the others": (count, seed) =>
    drawAgents(count, seed).map((agent, index) =>
      index === Math.floor(count / 3)
        ? { ...agent, valuation: { family: "log", alpha: 1000 * alphaOf(agent) } }
        : agent,
    ),
  "the same agent again and again": (count, seed) =>
    Array<Agent>(count).fill(drawAgents(1, seed)[0]!),
  "two kinds in turn": (count, seed) =>
    drawAgents(count, seed).map((agent, index) => ({
      ...agent,
      valuation: { family: "log", alpha: index % 32 < 2 ? 300 : 6 },
    })),
  "no costs": (count, seed) =>
    drawAgents(count, seed).map((agent) => ({ ...agent, cost: { family: "linear", beta: 0 } })),
};

function alphaOf({ valuation }: Agent): number {
  return valuation.family === "log" ? valuation.alpha : 0;
}

/** Whether the columns' answer is an equilibrium by the oracle's own demand, and the oracle's one. */
function compare(agents: readonly Agent[], capacity: number, fees: Fees): void {
  const oracle = solveEquilibrium(agents, capacity, fees);
  const columns = columnsOf(agents);
  const found = solveMany(columns, capacity, fees);
  const rounding = 3e-12 * capacity;
  expect(found.state).to.equal(oracle.state);
  if (found.state === "rationed") {
    // Right there an agent's gain is nothing but rounding, so who is in is not compared.
    expect(found.price).to.be.closeTo(oracle.price, 1e-12 * (1 + oracle.price));
    return;
  }
  const total = totalDemand(agents, capacity, fees, found.price);
  expect(found.total).to.be.closeTo(total, rounding);
  // Where demand is flat many prices clear to a part in 10¹².
  expect(total).to.be.closeTo(oracle.total, rounding);
  const demands = demandsAt(columns, capacity, fees, found.price);
  expect(demands.reduce((sum, one) => sum + one, 0)).to.be.closeTo(found.total, rounding);
}

describe("the equilibrium of many agents", () => {
  for (const [shape, draw] of Object.entries(shapes)) {
    it(`is the oracle's: ${shape}`, () => {
      const market = fc.record({
        count: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 81, max: 3000 })),
        seed: fc.integer(),
        share: fc.oneof(between(0.002, 0.2), between(0.2, 6)),
        fees: fc.record({
          unitFee: oftenZero(2),
          executionFee: oftenZero(4),
          progressiveFee: fc.constant(0),
        }),
      });
      check(
        market,
        ({ count, seed, share, fees }) => {
          compare(draw(count, seed), share * count, fees);
        },
        40,
      );
    });
  }

  it("is the oracle's where the sample is a small part", () => {
    for (const fees of [noExecutionFee, paperFees]) compare(drawAgents(20_001, 7), 20_001, fees);
  });

  it("is rationed at the oracle's price where a fixed fee makes demand jump over capacity", () => {
    let rationed = 0;
    for (let seed = 0; seed < 60; seed++) {
      const agents = drawAgents(300, seed);
      const oracle = solveEquilibrium(agents, 150, paperFees);
      if (oracle.state !== "rationed") continue;
      rationed += 1;
      const found = solveMany(columnsOf(agents), 150, paperFees);
      expect(found.state).to.equal("rationed");
      expect(found.price).to.be.closeTo(oracle.price, 1e-12 * oracle.price);
      expect(found.total).to.be.closeTo(oracle.total, 1e-12 * oracle.total);
    }
    expect(rationed).to.be.above(2);
  });

  it("looks at each of many agents three times at most", () => {
    const { uniform } = createRandom(3);
    const columns = createColumns(200_000);
    for (let at = 0; at < columns.count; at++) {
      columns.alpha[at] = 5 + 15 * uniform();
      columns.beta[at] = 0.5 + 4.5 * uniform();
    }
    for (const fees of [noExecutionFee, paperFees]) {
      for (const share of [0.3, 1, 2]) {
        const { state, passes } = solveMany(columns, share * columns.count, fees);
        expect(state).to.equal("cleared");
        expect(passes).to.be.within(1, 3);
      }
    }
  });

  it("looks at each agent so often on average, and no more", () => {
    /** The mean of `passes` over twelve markets of so many agents: four of each share. */
    const meanPasses = (draw: typeof drawAgents, count: number, executionFee: number): number => {
      let sum = 0;
      for (const share of [0.02, 0.5, 3]) {
        for (let seed = 0; seed < 4; seed++) {
          const fees = { unitFee: 0.5, executionFee, progressiveFee: 0 };
          sum += solveMany(columnsOf(draw(count, seed)), share * count, fees).passes / 12;
        }
      }
      return sum;
    };
    // Of 800, 5,000 and 20,000 agents without a fixed fee and with one, where few decide the price: what is made for
    // many pays from a few thousand on.
    const most: Record<string, number[]> = {
      paper: [5.34, 2.45, 2.04, 13.1, 3.5, 2.05],
      sorted: [5.34, 2.62, 2.28, 13.1, 3.34, 2.21],
      "one a thousand times the others": [4.5, 4.45, 3.13, 4.84, 5.41, 3.63],
      "the same agent again and again": [2.67, 1.35, 1.17, 10.1, 2.87, 1.54],
      "two kinds in turn": [5, 1.97, 1.76, 4, 1.89, 1.74],
      "no costs": [4.34, 2.1, 1.95, 13.8, 3.2, 1.81],
    };
    for (const [shape, draw] of Object.entries(shapes)) {
      const found = [0, 1].flatMap((executionFee) =>
        [800, 5000, 20_000].map((count) => meanPasses(draw, count, executionFee)),
      );
      found.forEach((passes, index) => {
        expect(passes, `${shape}, ${index}`).to.be.within(1, most[shape]![index]!);
      });
    }
  });

  it("is none of a market without agents, and one agent's own", () => {
    const none = solveMany(createColumns(0), 1, paperFees);
    expect(none).to.include({ price: 0, total: 0, state: "slack" });
    compare(drawAgents(1, 1), 0.1, noExecutionFee);
  });

  it("is cleared as nearly as doubles can tell where there is next to nothing to share", () => {
    for (const count of [3, 70, 3000]) {
      const agents = Array<Agent>(count).fill(drawAgents(1, 1)[0]!);
      const oracle = solveEquilibrium(agents, 1e-6 * count, noExecutionFee);
      const found = solveMany(columnsOf(agents), 1e-6 * count, noExecutionFee);
      expect(found.state).to.equal("cleared");
      expect(found.price).to.be.closeTo(oracle.price, 1e-11);
      expect(found.total / (1e-6 * count)).to.be.closeTo(1, 1e-9);
    }
  });

  it("refuses what its columns cannot hold, by name", () => {
    const fees = { ...paperFees, progressiveFee: 0.5 };
    const agents = drawAgents(3, 1);
    expect(() => solveMany(columnsOf(agents), 1, fees)).to.throw(RangeError, /progressiveFee/);
    expect(() => solveMany(columnsOf(agents), 0, paperFees)).to.throw(RangeError, /capacity is 0/);
    expect(() => createColumns(-1)).to.throw(RangeError, /count is -1/);
    expect(() => createColumns(100_000_001)).to.throw(RangeError, /count is 100000001/);
    expect(createColumns(0).count).to.equal(0);
    const square: Agent = {
      ...agents[0]!,
      id: "odd",
      valuation: { family: "quadratic", alpha: 1, shape: 1 },
    };
    expect(() => columnsOf([square])).to.throw(RangeError, /"odd": given quadratic and linear/);
    const costly: Agent = {
      ...agents[0]!,
      id: "dear",
      cost: { family: "quadratic", beta: 1, delta: 1 },
    };
    expect(() => columnsOf([costly])).to.throw(RangeError, /"dear": given log and quadratic/);
  });
});
