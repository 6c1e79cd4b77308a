import { expect } from "chai";

import { frontier } from "../../../experiments/beyond/frontier.ts";
import { claimsOf } from "../../../experiments/beyond/frontier-claims.ts";
import type { Finding } from "../../../experiments/tables/claim.ts";
import { levers, settingKey } from "../../../experiments/beyond/levers.ts";
import { solveEquilibrium } from "../../../mechanism/equilibrium.ts";
import { paperAgents, paperFees } from "../../../experiments/tables/population.ts";

const draw = { seed: 4, replication: 2 };
const parameters = frontier.prepare({ raters: "none", countries: "none" });
if (typeof parameters === "string") throw new Error(parameters);
const numbers = frontier.replicate(parameters, draw, "float") as Record<string, number>;

describe("the levers", () => {
  it("meet where each is as the paper has it", () => {
    const keys = levers.map((lever) => settingKey(lever, lever.usual));
    for (const measure of ["efficiency", "gini", "payoffGini", "worth"]) {
      const found = keys.map((key) => numbers[`${key}/${measure}`]);
      expect(new Set(found).size, measure).to.equal(1);
    }
  });

  it("share out all that is paid: payoffs add up to V − C", () => {
    // With equal payoffs their Gini index would be 0; with all to one, 1 − 1/n.
    const agents = paperAgents(50, draw);
    const { allocations, price } = solveEquilibrium(agents, 100, paperFees);
    const payoffs = agents.map(({ valuation, cost: { beta } }, at) => {
      const x = allocations[at]!;
      const { alpha } = valuation as { alpha: number };
      return alpha * Math.log(1 + x) - (beta + 0.5 + price) * x - Number(x > 0);
    });
    const paid = allocations.reduce((sum, x) => sum + (price + 0.5) * x + Number(x > 0), 0);
    const shares = payoffs.map((one) => one + paid / 50);
    const total = shares.reduce((sum, one) => sum + one, 0);
    expect(numbers["unitFee=0.5/worth"]).to.be.closeTo(total / 50, 1e-9);
    let apart = 0;
    for (const one of shares) for (const other of shares) apart += Math.abs(one - other);
    expect(numbers["unitFee=0.5/payoffGini"]).to.be.closeTo(apart / (2 * 50 * total), 1e-9);
  });

  it("hold the price of fairness and proportional allocation against the same market", () => {
    expect(numbers["proportional/overProportional"]).to.equal(0);
    const at = (key: string, measure: string): number => numbers[`${key}/${measure}`]!;
    const most = at("proportional", "priceOfFairness") * at("proportional", "efficiency");
    for (const key of ["progressiveFee=0.5", "unitFee=2", "executionFee=6"]) {
      expect(at(key, "priceOfFairness") * at(key, "efficiency")).to.be.closeTo(most, 1e-9);
      const over = 100 * (at(key, "efficiency") / at("proportional", "efficiency") - 1);
      expect(at(key, "overProportional")).to.be.closeTo(over, 1e-9);
    }
    expect(at("progressiveFee=2", "used")).to.be.below(at("progressiveFee=0", "used"));
  });

  it("are judged by the numbers", () => {
    const holds = (given: Record<string, number>): Finding[] =>
      claimsOf((key, measure) => new Float64Array(9).fill(given[`${key}/${measure}`] ?? 0)).map(
        (claim) => claim.holds,
      );
    expect(holds({})).to.deep.equal([false, false, false, false]);
    expect(holds({ "unitFee=2/gini": -0.1 })[0]).to.equal(true);
    expect(holds({ "executionFee=0/giniOverProportional": -41 })[1]).to.equal(true);
    const quarter = { "progressiveFee=0.25/overProportional": 1 };
    expect(holds({ ...quarter, "progressiveFee=0.25/giniOverProportional": -17 })[2]).to.equal(
      true,
    );
    expect(holds({ ...quarter, "progressiveFee=0.25/giniOverProportional": -9 })[2]).to.equal(
      false,
    );
    const turned = [0.1, 0.25, 0.5, 1, 2].map((phi) => [`progressiveFee=${phi}/gini`, -0.1]);
    const falling = Object.fromEntries(turned) as Record<string, number>;
    expect(holds(falling)[3]).to.equal(true);
    expect(holds({ ...falling, "executionFee=9/gini": -0.1 })[3]).to.equal(false);
  });
});
