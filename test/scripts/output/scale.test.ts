import { expect } from "chai";
import fc from "fast-check";

import {
  aligned,
  decimalsOf,
  quantileOf,
  roundTicks,
  scaleAround,
} from "../../../scripts/output/scale.ts";

describe("an axis", () => {
  it("holds its values in at most five intervals and wastes less than two", () => {
    const value = fc
      .double({ min: -1e9, max: 1e9, noNaN: true })
      .filter((v) => v === 0 || Math.abs(v) > 1e-9);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const { min, max, step } = scaleAround(values);
        const slack = 1e-6 * step;
        expect(min).to.be.at.most(Math.min(...values) + slack);
        expect(max).to.be.at.least(Math.max(...values) - slack);
        expect(Math.round((max - min) / step)).to.be.within(1, 5);
      }),
    );
  });

  it("starts at zero where asked, and stands without values", () => {
    expect(scaleAround([2, 11.5], { fromZero: true })).to.eql({ min: 0, max: 12.5, step: 2.5 });
    expect(scaleAround([0, 0], { fromZero: true }).max).to.be.above(0);
    expect(scaleAround([NaN])).to.eql({ min: 0, max: 1, step: 0.2 });
  });

  it("shares its grid with a second one", () => {
    const [left, right] = aligned({ min: 0, max: 3, step: 1 }, { min: 0, max: 1, step: 0.2 });
    expect(left.max).to.equal(5);
    expect(right.max).to.equal(1);
  });

  it("has whole rounds only, nine at most", () => {
    expect(roundTicks(0, 4)).to.eql([0, 1, 2, 3, 4]);
    expect(roundTicks(3, 3)).to.eql([3]);
    expect(roundTicks(0, 47)).to.eql([0, 10, 20, 30, 40]);
    for (let last = 0; last < 3000; last += 7) {
      const ticks = roundTicks(0, last);
      expect(ticks.length).to.be.within(1, 9);
      expect(ticks.every(Number.isInteger)).to.be.true;
    }
  });

  it("shows the decimals its ticks need", () => {
    expect([20, 2.5, 0.2, 0.25, 0.001].map((step) => decimalsOf({ min: 0, max: 1, step }))).to.eql([
      0, 1, 1, 2, 3,
    ]);
  });
});

describe("a quantile", () => {
  it("lies between its neighbours", () => {
    expect(quantileOf([1, 2, 4], 0.5)).to.equal(2);
    expect(quantileOf([1, 2, 4], 0.75)).to.equal(3);
    expect(quantileOf([5], 0.9)).to.equal(5);
    expect(quantileOf([], 0.9)).to.equal(0);
  });
});
