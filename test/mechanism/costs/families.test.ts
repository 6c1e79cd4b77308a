import { expect } from "chai";
import fc from "fast-check";

import { costFamilies, costFamilyOf, type Cost } from "../../../mechanism/costs/families.ts";
import { anyCost, between, check, costArbitraries } from "../arbitraries.ts";

describe("cost families", () => {
  it("are all covered by these tests", () => {
    expect(Object.keys(costArbitraries)).to.have.members(Object.keys(costFamilies));
  });

  it("are listed under the name their parameters carry", () => {
    for (const [name, family] of Object.entries(costFamilies)) {
      expect(family.family).to.equal(name);
    }
  });

  it("cost nothing for nothing, and have the derivatives their values show", () => {
    check(fc.tuple(anyCost, between(0.05, 20)), ([cost, x]) => {
      const family = costFamilyOf(cost);
      const h = 1e-4 * x;
      const [below, here, above] = [x - h, x, x + h].map((at) => family.value(cost, at));
      expect(family.value(cost, 0)).to.equal(0);
      expect(family.marginal(cost, x)).to.be.closeTo((above! - below!) / (2 * h), 1e-8);
      const bend = (above! - 2 * here! + below!) / (h * h);
      expect(family.secondDerivative(cost, x)).to.be.closeTo(bend, 1e-3);
      expect(family.secondDerivative(cost, x)).to.be.at.least(0);
    });
  });

  it("are what the closed forms take them for where they say they are quadratic", () => {
    check(fc.tuple(anyCost, between(0, 20)), ([cost, x]) => {
      const family = costFamilyOf(cost);
      if (family.isQuadratic !== true) return;
      const shape = family.marginal(cost, 0) * x + 0.5 * family.secondDerivative(cost, 0) * x * x;
      expect(family.value(cost, x)).to.be.closeTo(shape, 1e-12 * (1 + shape));
    });
  });

  it("refuse parameters out of range, and say which", () => {
    const bad: [Cost, RegExp][] = [
      [{ family: "linear", beta: -1 }, /^beta of a linear cost is -1; .* at least 0$/],
      [{ family: "quadratic", beta: -1, delta: 1 }, /^beta of a quadratic cost is -1; .* 0$/],
      [{ family: "quadratic", beta: 1, delta: -0.1 }, /^delta of a quadratic cost is -0.1; .* 0$/],
    ];
    for (const [cost, message] of bad) {
      expect(() => costFamilyOf(cost).validate(cost)).to.throw(RangeError, message);
    }
    for (const cost of [
      { family: "linear", beta: 0 },
      { family: "quadratic", beta: 0, delta: 0 },
    ] as const) {
      costFamilyOf<Cost>(cost).validate(cost);
    }
    expect(() => costFamilyOf({ family: "cubic" })).to.throw(
      RangeError,
      'no cost family "cubic"; there are: linear, quadratic',
    );
  });
});
