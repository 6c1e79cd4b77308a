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

  it("name the fee that is negative, and may all be zero", () => {
    const free = { unitFee: 0, executionFee: 0, progressiveFee: 0 };
    validateFees(free);
    for (const [name, told] of [
      ["unitFee", "unitFee (tau)"],
      ["executionFee", "executionFee (g)"],
      ["progressiveFee", "progressiveFee (phi)"],
    ] as const) {
      expect(() => validateFees({ ...free, [name]: -1 })).to.throw(
        RangeError,
        `${told} is -1; it must be a finite number at least 0`,
      );
    }
  });

  it("name the agent whose cost is wrong, or whose family is none, and keep the cause", () => {
    const valuation = { family: "log", alpha: 2 } as const;
    const dear = { id: "one", valuation, cost: { family: "linear", beta: -1 } } as const;
    expect(() => validateAgent(dear))
      .to.throw(RangeError, /^agent "one": beta of a linear cost is -1;/)
      .with.property("cause")
      .that.is.instanceOf(RangeError);
    const odd = { ...dear, cost: { family: "cubic", beta: 1 } } as unknown as typeof dear;
    expect(() => validateAgent(odd)).to.throw('agent "one": no cost family "cubic"; there are: ');
  });

  it("charge tau·x + phi·x²/2 + g, and nothing at zero", () => {
    const fees = { unitFee: 0.5, executionFee: 1, progressiveFee: 0.25 };
    expect(chargeOf(fees, 4)).to.equal(0.5 * 4 + 0.125 * 16 + 1);
    expect(chargeOf(fees, 0)).to.equal(0);
    expect(chargeOf(fees, -1)).to.equal(0);
    expect(chargeOf(fees, Number.NaN)).to.equal(0);
  });
});
