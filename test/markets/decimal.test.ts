import { expect } from "chai";
import fc from "fast-check";

import {
  fitsDigits,
  fixedFromDecimal,
  readDecimal,
  roundToDigits,
  shownBound,
} from "../../markets/decimal.ts";
import { check } from "../mechanism/arbitraries.ts";

/** `Digits.pack`, as the contract has it: whether it reverts. */
function packs(value: bigint): boolean {
  let mantissa = value;
  while (mantissa > 134217727n) {
    if (mantissa % 10n !== 0n) return false;
    mantissa /= 10n;
  }
  return true;
}

describe("a decimal as a person writes it", () => {
  it("is read exactly, with or without an exponent", () => {
    expect(readDecimal("0.050")).to.deep.equal({ mantissa: 5n, exponent: -2 });
    expect(readDecimal("-3.25")).to.deep.equal({ mantissa: -325n, exponent: -2 });
    expect(readDecimal(1e21)).to.deep.equal({ mantissa: 1n, exponent: 21 });
    expect(readDecimal("1200e-3")).to.deep.equal({ mantissa: 12n, exponent: -1 });
    expect(readDecimal("0.00")).to.deep.equal({ mantissa: 0n, exponent: 0 });
  });

  it("is no other notation and no other type", () => {
    for (const given of [
      "",
      " 1",
      "1 ",
      "+1",
      ".5",
      "5.",
      "0x1f",
      "1_000",
      "1,5",
      "NaN",
      "Infinity",
    ]) {
      expect(readDecimal(given), given).to.equal(undefined);
    }
    for (const given of [NaN, Infinity, null, undefined, true, [], {}, 5n, "1".repeat(101)]) {
      expect(readDecimal(given)).to.equal(undefined);
    }
  });

  it("has the digits that the contract's Digits library packs, and no others", () => {
    const value = fc.tuple(fc.bigInt(0n, 2n ** 30n), fc.integer({ min: 0, max: 15 }));
    check(value, ([mantissa, zeros]) => {
      const fixed = mantissa * 10n ** BigInt(zeros);
      const decimal = readDecimal(`${fixed.toString()}e-18`);
      expect(decimal && fixedFromDecimal(decimal)).to.equal(fixed);
      expect(decimal && fitsDigits(decimal)).to.equal(packs(fixed));
    });
  });

  it("is rounded to eight digits, to the nearest, and then packs", () => {
    expect(roundToDigits(123456785n)).to.equal(123456790n);
    expect(roundToDigits(999999996n)).to.equal(1000000000n);
    expect(roundToDigits(42n)).to.equal(42n);
    check(fc.bigInt(1n, 2n ** 88n), (value) => {
      const rounded = roundToDigits(value);
      expect(packs(rounded)).to.equal(true);
      expect(rounded * 2n * 10n ** 7n - value * 2n * 10n ** 7n <= value).to.equal(true);
    });
  });

  it("shows a bound with one decimal", () => {
    expect(shownBound(2n ** 88n - 1n)).to.equal("309485009.8…");
    expect(shownBound(15n * 10n ** 17n)).to.equal("1.5");
    expect(shownBound(0n)).to.equal("0");
  });
});
