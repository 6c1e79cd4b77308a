import { expect } from "chai";

import { costOf, receiptOf } from "../../../agents/chain/receipt.ts";

const RECEIPT = { status: "0x1", gasUsed: "0x64", blockNumber: "0x7", transactionHash: "0xb" };

describe("A receipt", () => {
  it("tells the cost: its gas at the price paid, and what a rollup asks for its place on L1", () => {
    expect(costOf({ ...RECEIPT, effectiveGasPrice: "0x3", l1Fee: "0x7" })).to.equal(307n);
    expect(costOf({ ...RECEIPT, effectiveGasPrice: "0x3" })).to.equal(300n);
    expect(costOf(RECEIPT)).to.equal(0n);
  });

  it("is looked for from the newest version on, until one has it", async () => {
    for (const [mined, asked] of [
      ["0xb", ["0xc", "0xb"]],
      ["0xd", ["0xc", "0xb", "0xa"]],
    ] as const) {
      const questions: unknown[] = [];
      const request = async (method: string, [hash]: unknown[]): Promise<unknown> => {
        questions.push([method, hash]);
        return hash === mined ? RECEIPT : null;
      };
      const given = await receiptOf({ request, close: () => undefined }, ["0xa", "0xb", "0xc"]);
      expect(given).to.equal(mined === "0xb" ? RECEIPT : null);
      const expected = asked.map((hash) => ["eth_getTransactionReceipt", hash]);
      expect(questions).to.deep.equal(expected);
    }
  });
});
