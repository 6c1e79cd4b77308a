import { expect } from "chai";
import fc from "fast-check";

import {
  difference,
  divUp,
  fixedFromNumber,
  formatFixed,
  numberFromFixed,
  parseFixed,
  sqrtDown,
  UNIT,
} from "../../mechanism/fixed-point.ts";
import { between, check } from "./arbitraries.ts";

const anyFixed = fc.bigInt({ min: -(2n ** 100n), max: 2n ** 100n });
const anyNatural = fc.bigInt({ min: 0n, max: 2n ** 200n });

describe("fixed point", () => {
  it("reads decimals exactly", () => {
    expect(parseFixed("1")).to.equal(UNIT);
    expect(parseFixed("0.1")).to.equal(10n ** 17n);
    expect(parseFixed("-3.25")).to.equal(-325n * 10n ** 16n);
    expect(parseFixed("123456789.123456789123456789")).to.equal(123456789123456789123456789n);
    expect(parseFixed("2.50", 6)).to.equal(2500000n);
    expect(parseFixed("2.500", 1)).to.equal(25n);
    expect(parseFixed("7", 0)).to.equal(7n);
    expect(parseFixed("7.0", 0)).to.equal(7n);
  });

  it("refuses what it cannot hold, and what is no decimal", () => {
    expect(() => parseFixed("0.1234567", 6)).to.throw(
      RangeError,
      '"0.1234567" has more than 6 decimals; round it first',
    );
    for (const text of ["", "1e3", ".5", "1.", "1,5", "0x10", " 1", "1 ", "--1", "1.2.3"]) {
      expect(() => parseFixed(text)).to.throw(
        RangeError,
        `"${text}" is not a decimal number; write it as in 12, 0.5 or -3.25`,
      );
    }
  });

  it("writes what it reads, without a superfluous zero", () => {
    check(fc.tuple(anyFixed, fc.nat(18)), ([value, decimals]) => {
      expect(parseFixed(formatFixed(value, decimals), decimals)).to.equal(value);
    });
    expect(formatFixed(25n * 10n ** 17n)).to.equal("2.5");
    expect(formatFixed(-1n)).to.equal("-0.000000000000000001");
    expect(formatFixed(0n)).to.equal("0");
    expect(formatFixed(40n, 0)).to.equal("40");
  });

  it("takes a float for the shortest decimal that names it, towards zero", () => {
    expect(fixedFromNumber(0.1)).to.equal(10n ** 17n);
    expect(fixedFromNumber(1e21)).to.equal(10n ** 39n);
    expect(fixedFromNumber(1.5e-18)).to.equal(1n);
    expect(fixedFromNumber(9e-19)).to.equal(0n);
    expect(fixedFromNumber(-2.9, 0)).to.equal(-2n);
    expect(fixedFromNumber(1.9999999, 6)).to.equal(1999999n);
    expect(fixedFromNumber(0)).to.equal(0n);
    expect(fixedFromNumber(12.5, 1)).to.equal(125n);
    expect(fixedFromNumber(1.25e-7, 8)).to.equal(12n);
    expect(fixedFromNumber(-1e-7, 7)).to.equal(-1n);
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      expect(() => fixedFromNumber(value)).to.throw(
        RangeError,
        `${value} has no fixed-point form; it must be a finite number`,
      );
    }
  });

  it("gives back the same float where 18 decimals hold all its digits", () => {
    check(between(1e-2, 1e12), (value) => {
      expect(numberFromFixed(fixedFromNumber(value))).to.equal(value);
    });
  });

  it("rounds a quotient up and a square root down", () => {
    check(fc.tuple(anyNatural, fc.bigInt({ min: 1n, max: 2n ** 90n })), ([a, b]) => {
      const quotient = divUp(a, b);
      expect(quotient * b >= a && (quotient === 0n || (quotient - 1n) * b < a)).to.equal(true);
    });
    check(fc.oneof(anyNatural, fc.bigInt({ min: 0n, max: 20n })), (value) => {
      const root = sqrtDown(value);
      expect(root * root <= value && (root + 1n) ** 2n > value).to.equal(true);
    });
  });

  it("measures a distance the same from both ends", () => {
    expect(difference(3n, 5n)).to.equal(2n);
    expect(difference(5n, 3n)).to.equal(2n);
  });
});
