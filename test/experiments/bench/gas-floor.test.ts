import { readFileSync } from "node:fs";

import { expect } from "chai";

import { calldataGas } from "../../../agents/calldata-gas.ts";
import { floorInside, GAS_GOALS, gasFloor } from "../../../experiments/bench/gas-floor.ts";

const measured = JSON.parse(readFileSync("test/gas-snapshot.json", "utf8")) as Record<
  string,
  number
>;

describe("The least gas a transaction can take", () => {
  it("is 21,000 for one that carries and touches nothing", () => {
    expect(gasFloor({ data: "0x" })).to.equal(21_000);
  });

  it("asks 4 for a byte of zeros and 16 for any other", () => {
    expect(calldataGas(Uint8Array.of(0, 0xff, 0, 1))).to.equal(4 + 16 + 4 + 16);
  });

  it("asks for slots, the event and signatures what the EVM does", () => {
    expect(floorInside({ data: "0x", read: 2 })).to.equal(2 * 2_100);
    expect(floorInside({ data: "0x", rewritten: 1 })).to.equal(5_000);
    expect(floorInside({ data: "0x", event: { topics: 2, words: 2 } })).to.equal(1_637);
    expect(floorInside({ data: "0x", words: 3 })).to.equal(768);
    expect(floorInside({ data: "0x", signatures: 1 })).to.equal(3_100);
  });

  for (const [name, { floor, atMost }] of Object.entries(GAS_GOALS)) {
    it(`is below what the contract takes: ${name}`, () => {
      expect(measured[name]).to.be.within(floor, 1.6 * floor);
      expect(atMost).to.be.above(floor);
    });
  }
});
