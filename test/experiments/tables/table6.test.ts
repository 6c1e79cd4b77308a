import { expect } from "chai";

import type { Samples } from "../../../experiments/harness/samples.ts";
import { drawSize, paperAgents, sizes } from "../../../experiments/tables/population.ts";
import { table6 } from "../../../experiments/tables/table6.ts";
import { unfinished } from "../../../experiments/tables/unfinished.ts";
import type { Agent } from "../../../mechanism/agent.ts";

const parameters = (() => {
  const prepared = table6.prepare({ raters: "none", countries: "none" });
  if (typeof prepared === "string") throw new Error(prepared);
  return prepared;
})();

/** The model once more, from the paper's formulas and nothing of the project's. */
function model(agents: readonly Agent[], countsFee: boolean): Record<string, number[]> {
  const [tau, g, m] = [0.5, 1, 100];
  const known = agents.map(({ valuation, cost }) => {
    if (valuation.family !== "log" || cost.family !== "linear") throw new Error("log agents only");
    return { alpha: valuation.alpha, beta: cost.beta };
  });
  const answer = (price: number): number[] =>
    known.map(({ alpha, beta }) => {
      const x = Math.max(0, alpha / (beta + tau + price) - 1);
      const gain = alpha * Math.log(1 + x) - (beta + tau + price) * x - g;
      return countsFee && gain <= 0 ? 0 : x;
    });
  const total = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0);
  const wanted = answer(0);
  let [lower, upper] = [0, 100];
  for (let pass = 0; pass < 100; pass++) {
    const middle = (lower + upper) / 2;
    if (total(answer(middle)) > m) lower = middle;
    else upper = middle;
  }
  const clearing = total(wanted) <= m ? wanted : answer(upper);
  return {
    none: wanted,
    proportional: wanted.map((x) => x * Math.min(1, m / total(wanted))),
    flat: answer(countsFee ? 0.95 : 1),
    equilibrium: clearing,
  };
}

/** Σα·ln(1 + x), Σβx and the Gini index by its double sum, eq. (9). */
function sums(agents: readonly Agent[], xs: readonly number[]): [number, number, number] {
  let [value, cost, apart] = [0, 0, 0];
  agents.forEach(({ valuation, cost: { beta } }, at) => {
    value += (valuation as { alpha: number }).alpha * Math.log(1 + xs[at]!);
    cost += beta * xs[at]!;
    for (const other of xs) apart += Math.abs(xs[at]! - other);
  });
  const mean = xs.reduce((sum, x) => sum + x, 0) / xs.length;
  return [value, cost, apart / (2 * xs.length ** 2 * mean)];
}

describe("Table 6", () => {
  it("measures what the paper's formulas give, worked out a second time", async () => {
    for (let replication = 0; replication < 25; replication++) {
      const draw = { seed: 11, replication };
      const numbers = await table6.replicate(parameters, draw, "float");
      const agents = paperAgents(drawSize(draw), draw);
      for (const answers of ["payoff", "formula"] as const) {
        for (const [rule, xs] of Object.entries(model(agents, answers === "payoff"))) {
          const [value, cost, gini] = sums(agents, xs);
          const prefix = `${answers}/${rule}`;
          expect(numbers[`${prefix}/value`], prefix).to.be.closeTo(value, 1e-8 * value);
          expect(numbers[`${prefix}/cost`], prefix).to.be.closeTo(cost, 1e-8 * value);
          expect(numbers[`${prefix}/gini`], prefix).to.be.closeTo(gini, 1e-8);
          expect(numbers[`${prefix}/takers`]).to.equal(xs.filter((x) => x > 0).length);
        }
      }
    }
  });

  it("has the proposed mechanism settle near the exact equilibrium, the optimum never below it", async () => {
    const surplus = (numbers: Record<string, number>, prefix: string): number =>
      numbers[`${prefix}/value`]! -
      numbers[`${prefix}/cost`]! -
      0.5 * numbers[`${prefix}/units`]! -
      numbers[`${prefix}/takers`]!;
    for (let replication = 0; replication < 25; replication++) {
      const numbers = await table6.replicate(parameters, { seed: 4, replication }, "float");
      const [proposed, exact, optimum] = ["proposed", "equilibrium", "optimum"].map((row) =>
        surplus(numbers, `payoff/${row}`),
      );
      expect(numbers["payoff/proposed/units"]).to.be.at.most(100 * (1 + 1e-12));
      expect(proposed).to.be.closeTo(exact!, 0.005 * exact!);
      expect(optimum).to.be.at.least(exact! - 1e-9);
      expect(optimum).to.be.at.least(proposed! - 1e-9);
      expect(optimum).to.be.at.least(surplus(numbers, "payoff/proportional") - 1e-9);
    }
  });

  it("gets the same allocations from doubles and from the contract's twin", async () => {
    for (let replication = 0; replication < 6; replication++) {
      const numbers = await table6.replicate(parameters, { seed: 2, replication }, "twin");
      expect(numbers["apart"]).to.be.below(1e-9);
    }
  });

  it("draws every size of Table 3 as often as any other", () => {
    const counts = new Map(sizes.map((size) => [size as number, 0]));
    for (let replication = 0; replication < 2000; replication++) {
      const size = drawSize({ seed: 1, replication });
      counts.set(size, counts.get(size)! + 1);
    }
    // 500 each; the standard deviation is 19.4.
    for (const count of counts.values()) expect(count).to.be.within(420, 580);
  });

  it("writes the shape that readers were promised, and verdicts that follow from it", async () => {
    const rows: Record<string, number>[] = [];
    for (let replication = 0; replication < 8; replication++) {
      rows.push(await table6.replicate(parameters, { seed: 1, replication }, "float"));
    }
    const samples: Samples = {
      columns: Object.keys(rows[0]!),
      rows: rows.map((row) => Object.values(row)),
    };
    const { json } = table6.conclude(samples, parameters, {
      seed: 1,
      replications: 8,
      engine: "float",
    });
    const written = json as { reading: string; rows: Record<string, unknown>[] };
    expect(written.reading).to.contain("eq. (2)");
    expect(written.rows.map((row) => row["mechanism"])).to.deep.equal([
      "No enforcement",
      "Proportional allocation",
      "Smart contract (flat)",
      "Proposed equilibrium",
      "Exact equilibrium",
      "Social optimum",
    ]);
    for (const row of written.rows) {
      const cells = ["efficiency", "cost", "gini"].map(
        (key) =>
          row[key] as { mean: number; sd: number; paper: number | null; paperSd: number | null },
      );
      for (const { mean, sd } of cells)
        expect([typeof mean, typeof sd]).to.deep.equal(["number", "number"]);
      if (cells[0]!.paper === null) {
        expect(row["verdict"]).to.equal(null);
        continue;
      }
      const near = cells.every(({ mean, paper, paperSd }) => Math.abs(mean - paper!) <= paperSd!);
      expect(row["verdict"] === "reproduces").to.equal(near);
    }
  });
});

describe("an unfinished Algorithm 1", () => {
  const agents = paperAgents(100, { seed: 1, replication: 0 });
  const fees = { unitFee: 0.5, executionFee: 0, progressiveFee: 0 };

  it("has after one round what agents want for nothing", () => {
    const once = unfinished(agents, 100, fees, { rounds: 1, initialStep: 0.1 });
    const wanted = model(agents, false)["none"]!;
    once.forEach((x, at) => expect(x).to.be.closeTo(wanted[at]!, 1e-12));
  });

  it("averages two rounds, the second at the price that eq. (24) gives", () => {
    const twice = unfinished(agents, 100, fees, { rounds: 2, initialStep: 0.01 });
    const wanted = model(agents, false)["none"]!;
    const price = 0.01 * (wanted.reduce((sum, x) => sum + x, 0) - 100);
    agents.forEach(({ valuation, cost: { beta } }, at) => {
      const { alpha } = valuation as { alpha: number };
      const second = Math.max(0, alpha / (beta + 0.5 + price) - 1);
      expect(twice[at]).to.be.closeTo((wanted[at]! + second) / 2, 1e-12);
    });
  });
});
