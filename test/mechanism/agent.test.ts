import { expect } from "chai";

import { chargeOf, validateAgent, validateFees } from "../../mechanism/agent.ts";
import { anyAgent, anyFees, check } from "./arbitraries.ts";

describe("agents and fees", () => {
  it("are accepted when every parameter is in range", () => {
    check(anyAgent, validateAgent);
    check(anyFees, validateFees);
  });

  it("name the agent whose parameters are wrong", () => {
    const agent = {
      id: "press-4",
      valuation: { family: "log", alpha: -2 },
      cost: { family: "linear", beta: 1 },
    } as const;
    expect(() => validateAgent(agent)).to.throw(RangeError, /agent "press-4": alpha .* -2/);
  });

  it("name the fee that is negative", () => {
    const fees = { unitFee: 0, executionFee: 0, progressiveFee: -1 };
    expect(() => validateFees(fees)).to.throw(RangeError, /progressiveFee \(phi\) is -1/);
  });

  it("charge tau·x + phi·x²/2 + g, and nothing at zero", () => {
    const fees = { unitFee: 0.5, executionFee: 1, progressiveFee: 0.25 };
    expect(chargeOf(fees, 4)).to.equal(0.5 * 4 + 0.125 * 16 + 1);
    expect(chargeOf(fees, 0)).to.equal(0);
  });
});
