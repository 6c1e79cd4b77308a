import { expect } from "chai";

import { readAmount } from "../../dashboard/views/join/amount.ts";

describe("An amount that is typed", () => {
  it("is taken to the last digit, or not at all", () => {
    expect(readAmount("Deposit", " 1234567.891 ", 6)).to.deep.equal({ value: 1234567.891 });
    expect(readAmount("Deposit", "0.0000001", 6)).to.deep.equal({
      complaint: "Deposit: given 0.0000001, allowed at most 6 decimals",
    });
    for (const given of ["", "0", "-1", "1e30", "NaN", "1,5", "0x10", "<b>1</b>"])
      expect(readAmount("Deposit", given, 18), given).to.have.property("complaint");
  });
});
