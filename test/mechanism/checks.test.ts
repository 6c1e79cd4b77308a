import { expect } from "chai";

import { checkNumber } from "../../mechanism/checks.ts";

describe("a number that is checked", () => {
  const passes = (value: number, range: Parameters<typeof checkNumber>[2]): boolean => {
    try {
      checkNumber("it", value, range);
      return true;
    } catch {
      return false;
    }
  };

  it("may be what the range takes, its ends as they say", () => {
    expect([-1, 0, 1].map((value) => passes(value, { atLeast: 0 }))).to.deep.equal([
      false,
      true,
      true,
    ]);
    expect([-1, 0, 1].map((value) => passes(value, { above: 0 }))).to.deep.equal([
      false,
      false,
      true,
    ]);
    expect([-1, 0, 1].map((value) => passes(value, { below: 0 }))).to.deep.equal([
      true,
      false,
      false,
    ]);
    expect([-1e300, 5].map((value) => passes(value, {}))).to.deep.equal([true, true]);
  });

  it("is finite, and a number, whatever the range", () => {
    for (const value of [NaN, Infinity, -Infinity, "5", null, undefined, 5n]) {
      expect(passes(value as number, {}), String(value)).to.equal(false);
    }
  });

  it("is refused with its name, the value given and the range allowed", () => {
    expect(() => checkNumber("rho", 1, { above: 0, below: 1 })).to.throw(
      RangeError,
      /^rho is 1; it must be a finite number above 0 and below 1$/,
    );
    expect(() => checkNumber("tau", NaN, { atLeast: 0 })).to.throw(
      /^tau is NaN; it must be a finite number at least 0$/,
    );
  });
});
