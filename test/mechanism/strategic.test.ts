import { expect } from "chai";

import type { Agent, Fees } from "../../mechanism/agent.ts";
import { payoff } from "../../mechanism/best-response.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { efficiency } from "../../mechanism/metrics.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { equilibriaAtZero, strategicEquilibrium } from "../../mechanism/strategic.ts";
import { noExecutionFee, paperFees } from "./arbitraries.ts";

/** The agent that tells the market its valuation is `times` what it is. */
function telling(agent: Agent, times: number): Agent {
  const { valuation } = agent;
  return { ...agent, valuation: { ...valuation, alpha: valuation.alpha * times } };
}

const logAgent = (alpha: number, beta: number): Agent => ({
  id: `log-${alpha}-${beta}`,
  valuation: { family: "log", alpha },
  cost: { family: "linear", beta },
});

/** Isoelastic, saturating and log, all with schedules that are convex in the price. */
const mixed: Agent[] = [
  { family: "isoelastic" as const, alpha: 4, shape: 0.5 },
  { family: "saturating" as const, alpha: 9, shape: 1.5 },
  { family: "log" as const, alpha: 8 },
  { family: "isoelastic" as const, alpha: 6, shape: 0.7 },
].map((valuation, index) => ({
  id: valuation.family,
  valuation,
  cost: { family: "linear", beta: 0.3 * index },
}));

const factors = [0, 0.02, 0.2, 0.5, 0.7, 0.9, 0.97, 0.99, 1.01, 1.03, 1.1, 1.4, 2, 5, 20];

/** The most that one agent could gain, in tokens, by telling something else to the market itself. */
function greatestGain(
  agents: readonly Agent[],
  capacity: number,
  fees: Fees,
  reports: Float64Array,
): number {
  const told = agents.map((agent, index) => telling(agent, reports[index]!));
  const worth = (index: number, report: number): number => {
    // A valuation of nothing is outside the families; next to nothing is not.
    const deviated = told.with(index, telling(agents[index]!, Math.max(report, 1e-9)));
    const { price, allocations } = solveEquilibrium(deviated, capacity, fees);
    return payoff(agents[index]!, fees, price, allocations[index]!);
  };
  let gain = 0;
  agents.forEach((_, index) => {
    const now = worth(index, reports[index]!);
    for (const factor of factors) {
      gain = Math.max(gain, worth(index, reports[index]! * factor) - now);
    }
  });
  return gain;
}

describe("price-anticipating agents", () => {
  it("gain nothing by telling the market anything else, whoever of them and whatever it is", () => {
    for (let seed = 0; seed < 25; seed++) {
      for (const count of [2, 3, 7]) {
        const agents = drawAgents(count, 100 * count + seed);
        const { reports } = strategicEquilibrium(agents, count, noExecutionFee);
        const gain = greatestGain(agents, count, noExecutionFee, reports);
        expect(gain, `n = ${count}, seed ${seed}`).to.be.below(1e-7);
      }
    }
  });

  it("do so for families of all kinds with convex schedules, and with a progressive fee", () => {
    for (const fees of [noExecutionFee, { ...noExecutionFee, progressiveFee: 0.4 }]) {
      const { reports, price } = strategicEquilibrium(mixed, 3, fees);
      expect(price).to.be.above(0.3);
      expect(greatestGain(mixed, 3, fees, reports)).to.be.below(1e-7);
    }
  });

  it("would gain by it if they told the truth, so that the test above can fail", () => {
    const agents = drawAgents(3, 300);
    const truth = new Float64Array(3).fill(1);
    expect(greatestGain(agents, 3, noExecutionFee, truth)).to.be.above(0.05);
  });

  it("settle where truthful bots on what they tell would", () => {
    for (const count of [2, 5, 30]) {
      for (let seed = 0; seed < 20; seed++) {
        const agents = drawAgents(count, seed);
        const found = strategicEquilibrium(agents, count, noExecutionFee);
        const told = agents.map((agent, index) => telling(agent, found.reports[index]!));
        const { price, allocations } = solveEquilibrium(told, count, noExecutionFee);
        expect(price).to.be.closeTo(found.price, 1e-7);
        allocations.forEach((x, at) => expect(x).to.be.closeTo(found.allocations[at]!, 1e-6));
      }
    }
  });

  it("understate, at a price below the truth's and a loss for all together", () => {
    const agents = drawAgents(10, 3);
    const { price, allocations, reports } = strategicEquilibrium(agents, 10, noExecutionFee);
    const truth = solveEquilibrium(agents, 10, noExecutionFee);
    expect(price).to.be.within(0.5 * truth.price, 0.99 * truth.price);
    reports.forEach((report, at) => {
      if (allocations[at]! > 0) expect(report).to.be.within(0.3, 1 - 1e-4);
      else expect(report).to.equal(1);
    });
    const [lost, best] = [allocations, truth.allocations].map((given) =>
      efficiency(agents, given, noExecutionFee),
    );
    expect(lost! / best!).to.be.within(0.99, 1 - 1e-4);
  });

  it("of one kind share equally, shaded by what a unit does to the price", () => {
    // n = 4, x = 1: each b = (1 + x)/(c + μ) = 2/(1.5 + μ); 8/2 − 1.5 − μ = 1/(3b) = (1.5 + μ)/6.
    const { price, allocations, reports } = strategicEquilibrium(
      Array(4).fill(logAgent(8, 1)) as Agent[],
      4,
      noExecutionFee,
    );
    expect(price).to.be.closeTo((4 * 6) / 7 - 1.5, 1e-9);
    for (const x of allocations) expect(x).to.be.closeTo(1, 1e-9);
    for (const report of reports) expect(report).to.be.closeTo(6 / 7, 1e-9);
  });

  it("tell the truth where everything fits", () => {
    const agents = drawAgents(5, 1);
    const found = strategicEquilibrium(agents, 500, noExecutionFee);
    expect(found.price).to.equal(0);
    expect([...found.reports]).to.deep.equal([1, 1, 1, 1, 1]);
    const { demands } = solveEquilibrium(agents, 500, noExecutionFee);
    expect([...found.allocations]).to.deep.equal([...demands]);
  });

  it("talk the price down to zero where little is missing, and no further", () => {
    const agents = [logAgent(10, 1), logAgent(12, 1.5), logAgent(8, 0.7)];
    const wanted = solveEquilibrium(agents, 1e6, noExecutionFee).total;
    const capacity = 0.98 * wanted;
    expect(solveEquilibrium(agents, capacity, noExecutionFee).price).to.be.above(0.01);
    const { price, allocations, reports } = strategicEquilibrium(agents, capacity, noExecutionFee);
    expect(price).to.equal(0);
    expect(allocations.reduce((sum, x) => sum + x, 0)).to.be.closeTo(capacity, 1e-8);
    expect(greatestGain(agents, capacity, noExecutionFee, reports)).to.be.below(1e-7);
  });

  it("may split what there is in many ways where they talk the price down to zero, and in no other", () => {
    const pair = [logAgent(14, 1), logAgent(13, 1)] as const;
    const found = equilibriaAtZero(pair, 14, noExecutionFee);
    expect(found.length).to.be.within(10, 900);
    for (const { allocations, reports } of [found[0]!, found.at(-1)!]) {
      expect(allocations[0]! + allocations[1]!).to.be.closeTo(14, 1e-12);
      expect(greatestGain(pair, 14, noExecutionFee, reports)).to.be.below(1e-7);
    }
    for (const [end, further] of [
      [found[0]!, -0.5],
      [found.at(-1)!, 0.5],
    ] as const) {
      const x = end.allocations[0]! + further;
      const reports = Float64Array.of((1.5 * (1 + x)) / 14, (1.5 * (15 - x)) / 13);
      expect(greatestGain(pair, 14, noExecutionFee, reports)).to.be.above(1e-4);
    }
    expect(equilibriaAtZero(pair, 4, noExecutionFee)).to.deep.equal([]);
    expect(equilibriaAtZero(pair, 40, noExecutionFee)).to.deep.equal([]);
  });

  it("stop at the price where another would enter, if that holds them", () => {
    // Agent b enters below a price of 5 − 1 − 0.5; alone above it, a would take the price down for ever.
    const agents = [logAgent(20, 1), logAgent(5, 1)];
    const { price, allocations, reports } = strategicEquilibrium(agents, 0.8, noExecutionFee);
    expect(price).to.be.closeTo(3.5, 1e-9);
    expect([...allocations]).to.deep.equal([allocations[0]!, 0]);
    expect(allocations[0]).to.be.closeTo(0.8, 1e-8);
    expect(greatestGain(agents, 0.8, noExecutionFee, reports)).to.be.below(1e-7);
  });

  it("among truthful ones move the price alone", () => {
    const agents = drawAgents(8, 5);
    const found = strategicEquilibrium(agents, 8, noExecutionFee, (index) => index === 2);
    found.reports.forEach((report, index) => {
      if (index === 2) expect(report).to.be.below(1);
      else if (found.allocations[index]! > 0) expect(report).to.be.closeTo(1, 1e-12);
    });
    const truth = solveEquilibrium(agents, 8, noExecutionFee);
    const worth = ({ price, allocations }: Pick<typeof truth, "price" | "allocations">): number =>
      payoff(agents[2]!, noExecutionFee, price, allocations[2]!);
    expect(worth(found)).to.be.above(worth(truth) + 1e-4);
    expect(found.price).to.be.below(truth.price);
  });

  it("name a capacity that is none and an execution fee", () => {
    expect(() => strategicEquilibrium([], 0, noExecutionFee)).to.throw(RangeError, "capacity is 0");
    const pair = [logAgent(8, 1), logAgent(9, 1)] as const;
    expect(() => equilibriaAtZero(pair, 0, noExecutionFee)).to.throw(RangeError, "capacity is 0");
    expect(() => equilibriaAtZero(pair, 2, paperFees)).to.throw(
      RangeError,
      "executionFee (g) is 1",
    );
    expect(() => strategicEquilibrium(drawAgents(3, 1), 3, paperFees)).to.throw(
      RangeError,
      "executionFee (g) is 1; a game's equilibrium needs 0",
    );
  });
});
