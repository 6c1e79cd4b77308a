import { expect } from "chai";

import { firstFees, raisedFees } from "../../../agents/chain/fees.ts";
import type { Head } from "../../../agents/chain/head.ts";

const head = (baseFee: bigint | null): Head => ({
  number: 1,
  hash: "a",
  timestamp: 0n,
  baseFee,
  lineage: 0,
});
const policy = { cap: 1000n, bumpPercent: 12, bumpAfter: 1 };

describe("Fees", () => {
  it("begin with twice the base fee and the tip", () => {
    expect(firstFees(head(100n), 3n, policy)).to.deep.equal({ maxFee: 203n, tip: 3n });
    expect(firstFees(head(null), 3n, policy)).to.deep.equal({ maxFee: 3n, tip: 3n });
  });

  it("never offer more than the cap, nor a tip above the whole", () => {
    expect(firstFees(head(600n), 3n, policy)).to.deep.equal({ maxFee: 1000n, tip: 3n });
    expect(firstFees(head(600n), 5000n, policy)).to.deep.equal({ maxFee: 1000n, tip: 1000n });
  });

  it("are raised by the bump, both, rounded up: nodes take no replacement for less", () => {
    const raised = raisedFees({ maxFee: 101n, tip: 3n }, { maxFee: 1n, tip: 1n }, policy);
    expect(raised).to.deep.equal({ maxFee: 114n, tip: 4n });
  });

  it("are raised to what a new transaction would offer where that is more", () => {
    const raised = raisedFees({ maxFee: 100n, tip: 3n }, { maxFee: 700n, tip: 9n }, policy);
    expect(raised).to.deep.equal({ maxFee: 700n, tip: 9n });
  });

  it("are not raised above the cap", () => {
    expect(raisedFees({ maxFee: 893n, tip: 1n }, { maxFee: 1n, tip: 1n }, policy)).to.equal(null);
    expect(raisedFees({ maxFee: 892n, tip: 1n }, { maxFee: 1n, tip: 1n }, policy)).to.deep.equal({
      maxFee: 1000n,
      tip: 2n,
    });
  });
});
