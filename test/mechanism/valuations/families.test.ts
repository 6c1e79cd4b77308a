import { expect } from "chai";
import fc from "fast-check";

import {
  valuationFamilies,
  valuationFamilyOf,
  type Valuation,
} from "../../../mechanism/valuations/families.ts";
import { anyValuation, between, check, valuationArbitraries } from "../arbitraries.ts";

describe("valuation families", () => {
  it("are all covered by these tests", () => {
    expect(Object.keys(valuationArbitraries)).to.have.members(Object.keys(valuationFamilies));
  });

  it("are listed under the name their parameters carry", () => {
    for (const [name, family] of Object.entries(valuationFamilies)) {
      expect(family.family).to.equal(name);
    }
  });

  it("give nothing for nothing", () => {
    check(anyValuation, (valuation) => {
      expect(valuationFamilyOf(valuation).value(valuation, 0)).to.equal(0);
    });
  });

  it("have the marginal that the value's slope shows", () => {
    check(fc.tuple(anyValuation, between(0.05, 20)), ([valuation, x]) => {
      if (nearPeak(valuation, x)) return;
      const family = valuationFamilyOf(valuation);
      const h = 1e-5 * x;
      const slope = (family.value(valuation, x + h) - family.value(valuation, x - h)) / (2 * h);
      const scale = Math.abs(family.value(valuation, x)) / x;
      expect(family.marginal(valuation, x)).to.be.closeTo(slope, 1e-8 * scale + 1e-12);
    });
  });

  it("have the second derivative that the marginal's slope shows, never above zero", () => {
    check(fc.tuple(anyValuation, between(0.05, 20)), ([valuation, x]) => {
      if (nearPeak(valuation, x)) return;
      const family = valuationFamilyOf(valuation);
      const h = 1e-5 * x;
      const slope =
        (family.marginal(valuation, x + h) - family.marginal(valuation, x - h)) / (2 * h);
      const second = family.secondDerivative(valuation, x);
      expect(second).to.be.at.most(0);
      expect(second).to.be.closeTo(slope, 1e-6 * Math.abs(slope) + 1e-9);
    });
  });

  it("satisfy V'(0) = infinity in the isoelastic family only", () => {
    check(anyValuation, (valuation) => {
      const atZero = valuationFamilyOf(valuation).marginal(valuation, 0);
      expect(atZero === Infinity).to.equal(valuation.family === "isoelastic");
    });
  });

  it("are worth no more past the peak of a quadratic", () => {
    const { quadratic } = valuationFamilies;
    const valuation = { family: "quadratic", alpha: 6, shape: 2 } as const;
    expect(quadratic.value(valuation, 3)).to.equal(9);
    expect(quadratic.value(valuation, 50)).to.equal(9);
    expect(quadratic.marginal(valuation, 50)).to.equal(0);
  });

  it("refuse parameters out of range, and say which", () => {
    const bad: [Valuation, RegExp][] = [
      [{ family: "log", alpha: 0 }, /alpha of a log valuation is 0; .* above 0/],
      [{ family: "log", alpha: Number.NaN }, /alpha/],
      [{ family: "isoelastic", alpha: 0, shape: 0.5 }, /^alpha of an isoelastic.* above 0$/],
      [{ family: "isoelastic", alpha: 1, shape: 1 }, /^shape \(rho\).* above 0 and below 1$/],
      [{ family: "isoelastic", alpha: 1, shape: 0 }, /^shape \(rho\).* above 0 and below 1$/],
      [{ family: "saturating", alpha: 0, shape: 1 }, /^alpha of a saturating.* above 0$/],
      [{ family: "saturating", alpha: 1, shape: 0 }, /^shape \(kappa\) of a saturating.* above 0$/],
      [{ family: "quadratic", alpha: 1, shape: 0 }, /^shape \(kappa\) of a quadratic.* above 0$/],
      [{ family: "quadratic", alpha: Infinity, shape: 1 }, /alpha of a quadratic valuation/],
    ];
    for (const [valuation, message] of bad) {
      const validate = (): void => valuationFamilyOf(valuation).validate(valuation);
      expect(validate).to.throw(RangeError, message);
    }
    check(anyValuation, (valuation) => valuationFamilyOf(valuation).validate(valuation));
  });

  it("name the families there are when asked for another", () => {
    expect(() => valuationFamilyOf({ family: "toString" })).to.throw(
      RangeError,
      'no valuation family "toString"; there are: log, isoelastic, saturating, quadratic',
    );
  });
});

/** A quadratic has a kink at its peak, where differences across it say nothing. */
function nearPeak(valuation: Valuation, x: number): boolean {
  if (valuation.family !== "quadratic") return false;
  return Math.abs(x - valuation.alpha / valuation.shape) < 1e-3 * x;
}
