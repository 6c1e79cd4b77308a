import { expect } from "chai";
import fc from "fast-check";

import type { Agent, Fees } from "../../mechanism/agent.ts";
import { runRounds, settle, type EpochResult, type RunOptions } from "../../mechanism/dynamics.ts";
import { solveEquilibrium, totalDemand } from "../../mechanism/equilibrium.ts";
import type { PriceUpdateParameters, StepRule } from "../../mechanism/price-update.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { anyAgent, anyFees, between, check, noExecutionFee, paperFees } from "./arbitraries.ts";

const DRAWS = 60;

const rulesOf = (
  capacity: number,
  stepRule: StepRule,
  overrides: Partial<PriceUpdateParameters> = {},
): PriceUpdateParameters => ({
  capacity,
  stepRule,
  maxStep: 1e6,
  primalTolerance: 1e-3 * capacity,
  dualTolerance: 1e-3,
  movementTolerance: 0.01 * capacity,
  maxRounds: 2000,
  ...overrides,
});

/** 1/L₀ with L₀ = Σα/(β + τ)², the slope of demand at price zero if all take part. */
function unitStep(agents: readonly Agent[], fees: Fees): number {
  let slope = 0;
  for (const { valuation, cost } of agents) {
    slope += valuation.alpha / (cost.beta + fees.unitFee) ** 2;
  }
  return 1 / slope;
}

function run(
  agents: readonly Agent[],
  capacity: number,
  fees: Fees,
  rule: "Constant" | "InverseSqrt" | "Secant",
  scale: number,
  options: RunOptions = {},
): EpochResult {
  const stepRule = { rule, initialStep: scale * unitStep(agents, fees) };
  return runRounds(agents, { fees, initialPrice: 0, rules: rulesOf(capacity, stepRule) }, options);
}

/** Round counts over the draws: the median and the 95th percentile. */
function roundsOver(
  count: number,
  capacity: number,
  fees: Fees,
  rule: "Constant" | "InverseSqrt" | "Secant",
  scale: number,
): { median: number; high: number; limited: number } {
  let limited = 0;
  const lengths = Array.from({ length: DRAWS }, (_, seed) => {
    const { rounds, stop } = run(drawAgents(count, seed), capacity, fees, rule, scale);
    if (stop === "RoundLimit") limited += 1;
    return rounds.length;
  }).sort((a, b) => a - b);
  return { median: lengths[DRAWS / 2]!, high: lengths[Math.floor(0.95 * DRAWS)]!, limited };
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

describe("the rounds", () => {
  // mechanism.md §6, over 200 draws of its own; these are 60 others. Secant's step is not the one there: it takes fewer.
  const table = [
    { n: 20, m: 50, fees: noExecutionFee, rule: "Constant", scale: 1, median: 9, high: 16 },
    { n: 20, m: 50, fees: noExecutionFee, rule: "Constant", scale: 1.9, median: 6, high: 16 },
    { n: 20, m: 50, fees: noExecutionFee, rule: "InverseSqrt", scale: 5, median: 8, high: 13 },
    { n: 20, m: 50, fees: noExecutionFee, rule: "Secant", scale: 1, median: 5, high: 5 },
    { n: 100, m: 100, fees: noExecutionFee, rule: "Constant", scale: 1, median: 42, high: 54 },
    { n: 100, m: 100, fees: noExecutionFee, rule: "InverseSqrt", scale: 5, median: 36, high: 50 },
    { n: 100, m: 100, fees: noExecutionFee, rule: "Secant", scale: 1, median: 5, high: 5 },
    { n: 20, m: 50, fees: paperFees, rule: "Secant", scale: 1, median: 5, high: 5 },
    { n: 100, m: 100, fees: paperFees, rule: "Secant", scale: 1, median: 6, high: 10 },
  ] as const;
  for (const { n, m, fees, rule, scale, median, high } of table) {
    const g = fees.executionFee;
    it(`number about ${median} (${high} at worst): n=${n} m=${m} g=${g} ${rule} ${scale}`, () => {
      const found = roundsOver(n, m, fees, rule, scale);
      expect(found.limited).to.equal(0);
      expect(found.median).to.be.within(median - 1 - 0.05 * median, median + 1 + 0.05 * median);
      expect(found.high).to.be.within(0.75 * high - 1, 1.25 * high + 1);
    });
  }

  it("never end under a constant step in some markets that an execution fee leaves unclearable", () => {
    const { limited } = roundsOver(20, 50, paperFees, "Constant", 1.9);
    expect(limited / DRAWS).to.be.within(0.01, 0.2); // mechanism.md §6: 8 %
  });

  it("settle at the equilibrium: same state, price and allocation", () => {
    for (let seed = 0; seed < DRAWS; seed++) {
      const agents = drawAgents(20, seed);
      const found = run(agents, 50, noExecutionFee, "Secant", 1);
      const exact = solveEquilibrium(agents, 50, noExecutionFee);
      expect(found.stop).to.equal("Converged");
      expect(found.price).to.be.closeTo(exact.price, 2e-3);
      found.allocations.forEach((allocation, index) => {
        expect(allocation).to.be.closeTo(exact.allocations[index]!, 0.05);
      });
    }
  });

  it("settle just above the price where demand jumps when no price clears", () => {
    let rationed = 0;
    for (let seed = 0; seed < 120; seed++) {
      const agents = drawAgents(20, seed);
      const exact = solveEquilibrium(agents, 50, paperFees);
      if (exact.state !== "rationed") continue;
      // A jump that lands within the tolerance, on either side of it, is a market that clears.
      const before = totalDemand(agents, 50, paperFees, exact.price - 1e-9);
      if (Math.min(50 - exact.total, before - 50) < 0.1) continue;
      rationed += 1;
      const found = run(agents, 50, paperFees, "Secant", 1);
      expect(found.stop).to.equal("Rationed");
      expect(found.price - exact.price).to.be.within(0, 1e-3);
    }
    expect(rationed).to.be.above(0);
  });

  it("leave price zero alone where capacity is slack", () => {
    const agents = drawAgents(20, 3);
    expect(solveEquilibrium(agents, 100, paperFees).state).to.equal("slack");
    const found = run(agents, 100, paperFees, "Secant", 1);
    expect(found.stop).to.equal("Converged");
    expect(found.price).to.equal(0);
    expect(found.allocations).to.deep.equal(found.demands);
    expect(found.rounds).to.have.length(2); // the second shows that nobody moves
  });

  it("do not stop early from price zero when agents move cautiously", () => {
    const agents = drawAgents(20, 7);
    const exact = solveEquilibrium(agents, 50, noExecutionFee);
    const found = run(agents, 50, noExecutionFee, "Constant", 1, { proximalWeight: 2 });
    const [first] = found.rounds;
    // The paper's two residuals alone are both zero here: this is what the third is for.
    expect(first!.residuals.primal).to.equal(0);
    expect(first!.residuals.dual).to.equal(0);
    expect(first!.residuals.movement).to.be.above(0.5);
    expect(found.rounds.length).to.be.above(5);
    expect(found.price).to.be.closeTo(exact.price, 0.1);
  });

  it("overshoot with a proximal term, and not without one", () => {
    const agents = drawAgents(20, 7);
    const peakOver = (options: RunOptions): number => {
      const { rounds, price } = run(agents, 50, noExecutionFee, "Constant", 1, options);
      return Math.max(...rounds.map((round) => round.price)) - price;
    };
    expect(peakOver({})).to.be.below(1e-3);
    expect(peakOver({ proximalWeight: 4 })).to.be.above(0.05);
  });

  it("record what was answered: price, total, residuals, and demands if asked for", () => {
    const found = run(drawAgents(20, 1), 50, noExecutionFee, "Secant", 1, { recordDemands: true });
    let before: Float64Array = new Float64Array(20);
    found.rounds.forEach(({ round, total, demands, residuals }, index) => {
      expect(round).to.equal(index);
      expect(sum(demands!)).to.be.closeTo(total, 1e-9);
      const moved = demands!.reduce((all, x, agent) => all + Math.abs(x - before[agent]!), 0);
      expect(residuals.movement).to.be.closeTo(moved, 1e-9);
      before = demands!;
    });
    expect(found.rounds.at(-1)!.demands).to.deep.equal(found.demands);
    const plain = run(drawAgents(20, 1), 50, noExecutionFee, "Secant", 1);
    expect(plain.rounds[0]).to.not.have.property("demands");
  });

  it("repeat exactly with the same seed and differ with another", () => {
    const agents = drawAgents(20, 1);
    const noisy = (seed: number): EpochResult => {
      const stepRule = { rule: "RobbinsMonro", initialStep: 0.02, stepOffset: 10 } as const;
      const rules = rulesOf(50, stepRule, { maxRounds: 40 });
      const market = { fees: noExecutionFee, initialPrice: 0, rules };
      return runRounds(agents, market, { noise: 0.5, samples: 3, seed });
    };
    expect(noisy(1)).to.deep.equal(noisy(1));
    expect(noisy(1).rounds[0]!.total).to.not.equal(noisy(2).rounds[0]!.total);
  });

  it("hear less noise the more samples a submission has", () => {
    const agents = drawAgents(20, 1);
    const exact = runOnce(agents, {}).total;
    const spread = (samples: number): number => {
      let squares = 0;
      for (let seed = 0; seed < 40; seed++) {
        squares += (runOnce(agents, { noise: 0.2, samples, seed }).total - exact) ** 2;
      }
      return Math.sqrt(squares / 40);
    };
    expect(spread(25)).to.be.below(0.5 * spread(1));
  });

  it("charge stale demands no more than their lock affords, trimmed or not", () => {
    for (const trim of [false, true]) {
      const agents = drawAgents(20, 5);
      const found = run(agents, 50, noExecutionFee, "Constant", 1, { deadband: 0.3, trim });
      let stale = 0;
      found.allocations.forEach((allocation, index) => {
        const answered = found.answeredPrices[index]!;
        if (answered < found.price) stale += 1;
        const lock = answered * found.demands[index]!;
        expect(found.price * allocation).to.be.at.most(Math.max(lock, 0) * (1 + 1e-12));
      });
      expect(stale > 0).to.equal(!trim);
    }
  });

  it("never allocate more than there is", () => {
    const cases = fc.record({
      agents: fc.array(anyAgent, { minLength: 1, maxLength: 8 }),
      fees: anyFees,
      capacity: between(1, 30),
      proximalWeight: between(0, 3),
      deadband: between(0, 1),
    });
    check(
      cases,
      ({ agents, fees, capacity, proximalWeight, deadband }) => {
        const stepRule = { rule: "Secant", initialStep: 0.05 } as const;
        const rules = rulesOf(capacity, stepRule, { maxRounds: 30 });
        const market = { fees, initialPrice: 0.5, rules };
        const { allocations, demands } = runRounds(agents, market, { proximalWeight, deadband });
        expect(sum(allocations)).to.be.at.most(capacity * (1 + 1e-12));
        allocations.forEach((a, index) => expect(a).to.be.within(0, demands[index]!));
      },
      100,
    );
  });

  it("refuse options that mean nothing", () => {
    const agents = drawAgents(2, 1);
    expect(() => run(agents, 5, paperFees, "Secant", 1, { noise: -1 })).to.throw(/noise is -1/);
    const rules = rulesOf(5, { rule: "Constant", initialStep: 1 }, { maxRounds: Infinity });
    const market = { fees: paperFees, initialPrice: 0, rules };
    expect(() => runRounds(agents, market)).to.throw(/maxRounds is Infinity/);
  });
});

describe("settlement", () => {
  it("scales everyone alike where demand exceeds capacity", () => {
    const allocations = settle(Float64Array.of(6, 2), Float64Array.of(3, 3), 3, 8, 4);
    expect([...allocations]).to.deep.equal([3, 1]);
  });

  it("scales a demand that answered a cheaper price by what it agreed to pay", () => {
    const allocations = settle(Float64Array.of(6, 2, 2), Float64Array.of(1, 4, 5), 4, 10, 10);
    expect([...allocations]).to.deep.equal([1.5, 2, 2]);
  });
});

/** The first round only: what agents answer to price zero. */
function runOnce(agents: readonly Agent[], options: RunOptions): EpochResult {
  const stepRule = { rule: "Constant", initialStep: 0.01 } as const;
  const rules = rulesOf(1000, stepRule, { maxRounds: 1 });
  return runRounds(agents, { fees: noExecutionFee, initialPrice: 0, rules }, options);
}
