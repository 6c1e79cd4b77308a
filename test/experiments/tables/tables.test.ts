import { expect } from "chai";

import { distanceFrom } from "../../../experiments/tables/paper-table.ts";
import { movieLensAgents } from "../../../experiments/tables/movielens-agents.ts";
import { table7 } from "../../../experiments/tables/movielens.ts";
import { table4 } from "../../../experiments/tables/table4.ts";
import { table5 } from "../../../experiments/tables/table5.ts";
import { costs, efficiencies, totalsOf } from "../../../experiments/tables/totals.ts";
import type { Agent } from "../../../mechanism/agent.ts";

const draw = { seed: 5, replication: 3 };

/** The parameters of an experiment that lacks nothing. */
function prepared<Parameters extends object>(given: Parameters | string): Parameters {
  if (typeof given === "string") throw new Error(given);
  return given;
}

describe("the sums of an allocation", () => {
  const agents = [8, 20].map((alpha): Agent => ({
    id: `${alpha}`,
    valuation: { family: "log", alpha },
    cost: { family: "linear", beta: 2 },
  }));
  const totals = totalsOf(agents, Float64Array.of(0, 3));
  const setting = { agents: 2, capacity: 10, unitFee: 0.5, executionFee: 1 };
  const of = (definitions: typeof efficiencies | typeof costs): Record<string, number> =>
    Object.fromEntries(definitions.map((one) => [one.name, one.of(totals, setting)]));

  it("count takers, and the Gini index over all and over takers", () => {
    expect(totals).to.deep.equal({
      value: 20 * Math.log1p(3),
      cost: 6,
      units: 3,
      takers: 1,
      gini: 0.5,
      takersGini: 0,
    });
  });

  it("give every definition of efficiency and cost its number", () => {
    // V = 27.7259, C = 6, fees = 0.5·3 + 1 = 2.5, Eff = V − 8.5.
    const surplus = 20 * Math.log(4) - 8.5;
    const efficiency = of(efficiencies);
    expect(efficiency["Eff / n"]).to.be.closeTo(surplus / 2, 1e-12);
    expect(efficiency["Eff / m"]).to.be.closeTo(surplus / 10, 1e-12);
    expect(efficiency["Eff / Σx"]).to.be.closeTo(surplus / 3, 1e-12);
    expect(efficiency["Eff per taker"]).to.be.closeTo(surplus, 1e-12);
    expect(efficiency["Eff / (C + fees)"]).to.be.closeTo(surplus / 8.5, 1e-12);
    expect(efficiency["V / (C + fees)"]).to.be.closeTo((20 * Math.log(4)) / 8.5, 1e-12);
    expect(of(costs)).to.include({ "C / n": 3, "C / m": 0.6, "C / Σx": 2, "C per taker": 6 });
    expect(of(costs)).to.include({ "(C + fees) / n": 4.25, "fees / n": 1.25 });
  });

  it("of nothing are shares of nothing, not NaN", () => {
    const nothing = totalsOf(agents, Float64Array.of(0, 0));
    for (const definition of [...efficiencies, ...costs]) {
      expect(definition.of(nothing, setting), definition.name).to.equal(0);
    }
  });
});

describe("the distance of a reading", () => {
  it("counts in the paper's deviations, or relative to figures that have none", () => {
    const near = { mean: 7, paper: { mean: 8, sd: 2 }, decimals: 2 };
    const far = { mean: 5, paper: { mean: 2 }, decimals: 2 };
    expect(distanceFrom([near])).to.equal(0.5);
    expect(distanceFrom([near, far])).to.equal(1);
    expect(distanceFrom([{ mean: 1.01, paper: { mean: 1, sd: 0 }, decimals: 2 }])).to.be.closeTo(
      2,
      1e-9,
    );
  });
});

describe("Table 4", () => {
  it("finds three mechanisms to be one where capacity is slack", () => {
    const parameters = prepared(table4.prepare({ raters: "none", countries: "none" }));
    const numbers = table4.replicate({ ...parameters, capacity: 1000 }, draw, "float") as Record<
      string,
      number
    >;
    for (const rule of ["proportional", "proposed"]) {
      expect(numbers[`default/payoff/${rule}/value`]).to.equal(
        numbers["default/payoff/none/value"],
      );
    }
    expect(numbers["default/payoff/flat/value"]).to.be.below(numbers["default/payoff/none/value"]!);
  });
});

describe("Table 5", () => {
  it("finds a unit fee that the price makes up for, where capacity binds: efficiency falls by τm/n", () => {
    const parameters = prepared(table5.prepare({ raters: "none", countries: "none" }));
    const numbers = table5.replicate(parameters, draw, "float") as Record<string, number>;
    const at = (fee: string, sum: string): number => numbers[`100/payoff/${fee}/${sum}`]!;
    for (const fee of ["0.5", "1.0", "1.5", "2.0"]) {
      for (const sum of ["value", "cost", "takers", "gini"]) {
        expect(at(fee, sum)).to.be.closeTo(at("0.0", sum), 1e-7 * (1 + at("0.0", sum)));
      }
      expect(at(fee, "units")).to.be.closeTo(at("0.0", "units"), 1e-7);
    }
  });

  it("finds that agents buy less of what is dearer, where capacity is slack", () => {
    const parameters = prepared(table5.prepare({ raters: "none", countries: "none" }));
    const numbers = table5.replicate({ ...parameters, capacity: 1000 }, draw, "float") as Record<
      string,
      number
    >;
    const units = ["0.0", "0.5", "1.0", "1.5", "2.0"].map(
      (fee) => numbers[`20/payoff/${fee}/units`]!,
    );
    units.slice(1).forEach((amount, at) => expect(amount).to.be.below(units[at]!));
  });
});

describe("agents from ratings", () => {
  const raters = [
    { user: 1, mean: 2, count: 10 },
    { user: 2, mean: 3, count: 30 },
    { user: 3, mean: 4, count: 20 },
  ];
  const alphas = (agents: readonly Agent[]): number[] =>
    agents.map(({ valuation }) => (valuation as { alpha: number }).alpha);

  it("map means and counts onto any range, least onto least", () => {
    const agents = movieLensAgents(raters, 3, draw, {
      alpha: [1, 2],
      beta: { from: "count", range: [0, 10] },
    });
    expect(alphas(agents)).to.deep.equal([1, 1.5, 2]);
    agents.forEach(({ cost: { beta } }, at) => expect(beta).to.be.closeTo([0, 10, 5][at]!, 1e-12));
  });

  it("are the same users under every scale", () => {
    const many = Array.from({ length: 50 }, (_, at) => ({
      user: at + 1,
      mean: 1 + at / 20,
      count: at + 5,
    }));
    const [first, second] = [
      movieLensAgents(many, 10, draw, { alpha: [0, 1], beta: { from: "count", range: [0, 1] } }),
      movieLensAgents(many, 10, draw, {
        alpha: [5, 20],
        beta: { from: "uniform", range: [0.5, 5] },
      }),
    ];
    expect(first.map(({ id }) => id)).to.deep.equal(second.map(({ id }) => id));
    for (const { cost } of second) expect(cost.beta).to.be.within(0.5, 5);
  });

  it("lack nothing but the file: without it Table 7 says what to do", () => {
    expect(table7.prepare({ raters: "the file is not here", countries: "none" })).to.equal(
      "the file is not here",
    );
  });
});
