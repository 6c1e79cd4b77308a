import { expect } from "chai";

import { fixedFromNumber } from "../../../mechanism/fixed-point.ts";
import { fitDigitsDown } from "../../../mechanism/twin-arithmetic.ts";
import { capacityIn } from "../../../scripts/dashboard/demo-epochs.ts";

describe("The demo's epochs", () => {
  it("have capacities that the contract takes, whatever was asked for", () => {
    for (const capacity of [6, 50, 1250, 0.1, 7.3, 99_999_999, 12.345678]) {
      for (let epoch = 1; epoch <= 8; epoch++) {
        const given = fixedFromNumber(capacityIn(epoch, capacity));
        expect(given).to.equal(fitDigitsDown(given), `${capacity} in epoch ${epoch}`);
        expect(capacityIn(epoch, capacity)).to.be.within(0.59 * capacity, 1.41 * capacity);
      }
      expect(capacityIn(1, capacity)).to.equal(capacity);
    }
  });
});
