import { expect } from "chai";

import { turningPoint } from "../../mechanism/turning-point.ts";

describe("a turning point", () => {
  it("is found to the last digits, near zero and far away", () => {
    for (const at of [3e-250, 1e-9, 0.3, 1, 2, 12345.678, 9e200]) {
      const [holding, failing] = turningPoint((x) => x < at, 1);
      expect(holding).to.be.below(at);
      expect(failing).to.be.at.least(at);
      expect(failing - holding).to.be.at.most(2e-15 * failing);
    }
  });

  it("of a condition that fails from the start on is zero, as near as doubles come", () => {
    const [holding, failing] = turningPoint((x) => x === 0, 1);
    expect(holding).to.equal(0);
    expect(failing).to.be.below(1e-300);
  });
});
