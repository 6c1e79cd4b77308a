import { expect } from "chai";

import {
  converges,
  hasErgodicRate,
  hasLinearRate,
  isFejerMonotone,
} from "../../experiments/theorems/convergence-checks.ts";
import { hasSlope, isContinuous } from "../../experiments/theorems/demand-checks.ts";
import { largestJump, lipschitzOf, type Economy } from "../../experiments/theorems/economy.ts";
import {
  clears,
  followsCapacity,
  isPriceBounded,
} from "../../experiments/theorems/equilibrium-checks.ts";
import { judgeStatement, type Role, type Tally } from "../../experiments/theorems/statement.ts";
import { statements, theorems } from "../../experiments/theorems/theorems.ts";
import type { Agent } from "../../mechanism/agent.ts";

/** S(μ) = 2(10 − μ): L = 2 everywhere, and for m = 12 the price is 4. */
const linear: Economy = {
  agents: ["a", "b"].map((id): Agent => ({
    id,
    valuation: { family: "quadratic", alpha: 11, shape: 1 },
    cost: { family: "linear", beta: 0 },
  })),
  capacity: 12,
  fees: { unitFee: 1, executionFee: 0, progressiveFee: 0 },
};

describe("the checks of the theorems, on a demand of 2(10 − μ)", () => {
  it("find what can be worked out by hand", () => {
    expect(lipschitzOf(linear)).to.equal(2);
    expect(clears(linear)).to.deep.equal({ failed: false, size: 0 });
    expect(isPriceBounded(linear).size).to.be.closeTo(4 / 10, 1e-12);
    expect(followsCapacity(linear).size).to.be.closeTo(1, 1e-6);
    expect(hasSlope(linear, 1, -1).size).to.be.closeTo(-1, 1e-6);
    expect(hasSlope(linear, 1, 1).failed).to.equal(true);
  });

  it("see a price settle below a step of 2/L and not above it", () => {
    for (const [step, fails] of [
      [1.98, false],
      [2.02, true],
    ] as const) {
      expect(converges(linear, { step }).failed, `${step}/L`).to.equal(fails);
      expect(isFejerMonotone(linear, { step }).failed, `${step}/L`).to.equal(fails);
      expect(hasErgodicRate(linear, { step }).failed, `${step}/L`).to.equal(fails);
    }
  });

  it("find the rate that 1 − ηL gives, and none above 2/L", () => {
    const { failed, size } = hasLinearRate(linear, { step: 1.5 });
    expect(failed).to.equal(false);
    expect(size).to.be.closeTo(0.5, 1e-9);
    expect(hasLinearRate(linear, { step: 2.02 }).failed).to.equal(true);
  });

  it("find the jump that an execution fee makes", () => {
    // Worth ½(10 − μ)² each: at g = 8 both leave at μ = 6, with 4 units each.
    const charged = { ...linear, fees: { ...linear.fees, executionFee: 8 } };
    const { price, above, below } = largestJump(charged);
    expect(price).to.be.closeTo(6, 1e-9);
    expect(above).to.be.closeTo(8, 1e-9);
    expect(below).to.equal(0);
    expect(isContinuous(charged).failed).to.equal(true);
    expect(isContinuous(linear).failed).to.equal(false);
    expect(clears({ ...charged, capacity: 5 })).to.deep.equal({ failed: true, size: 1 });
  });
});

describe("the runs of the theorems", () => {
  /** Runs in which the claim is false. */
  const refuted: Record<string, string[]> = {
    monotone: ["jump-fee", "falls-log"],
    existence: ["slack", "gap", "table3"],
    uniqueness: ["twins", "held"],
    bounded: ["free"],
    slope: ["printed"],
    "price-bound": ["dear"],
    statics: ["gap", "slack"],
    convergence: ["slack", "diverges", "gap"],
    rate: ["printed", "proximal", "flat"],
    fejer: ["proximal", "small", "diverges", "gap"],
    ergodic: ["slack", "diverges", "gap"],
    noise: ["constant", "cut"],
    regret: ["drift"],
  };

  it("refute each claim where it is false, and nowhere else", () => {
    for (const { key, runs } of statements) {
      const failed = runs.filter(({ of }) => of({ seed: 1, replication: 1 }).failed);
      // Whether g > 0 spoils convergence where m is not chosen for it depends on the draw.
      const found = failed.map((run) => run.key).filter((name) => !["fee", "entry"].includes(name));
      expect(found, key).to.deep.equal(refuted[key]);
    }
  });
});

describe("the verdict on a statement", () => {
  const tally = (role: Role, failures: number): Tally => ({
    ...{ role, failures, draws: 7, where: `where ${role}` },
    ...{ measures: "size", mean: 0, smallest: 0, largest: 0 },
  });

  it("follows from where it was false", () => {
    const judge = (stated: number, needed: number): string => {
      const tallies = [tally("stated", stated), tally("needed", needed), tally("beyond", 7)];
      const { verdict, detail } = judgeStatement({ condition: "g = 0" }, tallies);
      return `${verdict}: ${detail}`;
    };
    expect(judge(0, 0)).to.equal("holds: ");
    expect(judge(1, 0)).to.equal("holds under: g = 0");
    expect(judge(0, 2)).to.equal("does not hold: false in 2 of 7 draws: where needed");
    expect(judge(1, 2)).to.equal("does not hold: false in 2 of 7 draws: where needed");
  });

  it("is no condition that nothing has tried", () => {
    const judgement = judgeStatement({ condition: "g = 0" }, [tally("stated", 1)]);
    expect(judgement.verdict).to.equal("does not hold");
  });

  it("has a row for each of the paper's statements, made of the counts in the samples", () => {
    const columns = statements.flatMap(({ key, runs }) =>
      runs.flatMap((run) => [`${key}/${run.key}/failed`, `${key}/${run.key}/size`]),
    );
    const row = columns.map((name) => Number(name === "convergence/near/failed"));
    const { json, csv } = theorems.conclude(
      { columns, rows: [row, row] },
      {},
      {
        ...{ seed: 1, replications: 2, engine: "float" },
      },
    );
    const { rows } = json as { rows: { statement: string; verdict: string; detail: string }[] };
    expect(rows.map(({ statement }) => statement.split(" ").slice(0, 2).join(" "))).to.have.members(
      [
        ...["Lemma 3.3", "Proposition 3.4", "Proposition 3.5", "Lemma 4.1", "Lemma 4.2"],
        ...["Eq. (18),", "Proposition 4.3", "Proposition 4.4", "Theorem 4.6", "Theorem 4.7"],
        ...["Theorem 4.8", "Corollary 4.9", "Proposition 4.10", "Proposition 4.11"],
        ...["Theorem 4.12", "Corollary 4.13"],
      ],
    );
    for (const { statement, verdict } of rows) {
      expect(verdict, statement).to.equal(statement === "Theorem 4.8" ? "does not hold" : "holds");
    }
    expect(rows.find(({ statement }) => statement === "Theorem 4.8")?.detail).to.equal(
      "false in 2 of 2 draws: γ = 0, η = 1.9/L",
    );
    expect(new Set(csv.map((line) => line.length)).size).to.equal(1);
  });
});
