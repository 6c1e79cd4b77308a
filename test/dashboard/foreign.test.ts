import { expect } from "chai";

import { foreign, foreignSymbol } from "../../dashboard/foreign.ts";

describe("Text that somebody else chose", () => {
  it("is cut, put on one line, and replaced where nothing is left", () => {
    expect(foreign("W".repeat(10_000), 5, "-")).to.equal("WWWW…");
    expect(foreign("a\nb\u0000", 5, "-")).to.equal("a b");
    expect(foreign("\u202e\u200f ", 5, "-")).to.equal("-");
  });

  it("turns no number round that stands beside it", () => {
    expect(foreign("\u202eevil", 9, "-")).to.equal("evil");
    expect(foreign("שקל", 9, "-")).to.equal("\u2068שקל\u2069");
  });

  it("does not go on with the number before it, as a token's symbol", () => {
    expect(["PAY", "שקל", "", "000,000", " .5"].map(foreignSymbol)).to.deep.equal([
      "PAY",
      "\u2068שקל\u2069",
      "tokens",
      "“000,000”",
      "“.5”",
    ]);
  });
});
