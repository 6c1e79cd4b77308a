import { expect } from "chai";

import { RpcError } from "../../../agents/chain/faults.ts";
import type { Head } from "../../../agents/chain/head.ts";
import { chainTime } from "../../../agents/chain/time.ts";
import { NoAnswer, type Transport } from "../../../agents/chain/transport.ts";

const head: Head = { number: 7, hash: "a", timestamp: 1_000n, baseFee: null, lineage: 0 };

/** The time by a node that answers this. */
async function timeBy(answer: unknown): Promise<{ time: bigint; asked: unknown[] }> {
  const asked: unknown[] = [];
  const request: Transport["request"] = async (...question) => {
    asked.push(question);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { time: await chainTime({ request, close: () => undefined }, head), asked };
}

describe("The chain's clock", () => {
  for (const [what, answer, expected] of [
    ["that of the next block, where a node tells", { timestamp: "0x3e9" }, 1_001n],
    ["never behind the head", { timestamp: "0x3e7" }, 1_000n],
    ["the head's where a node makes up no next block", null, 1_000n],
    ["the head's where the next block has no time", {}, 1_000n],
    ["the head's where a node refuses", new RpcError(-32601, "not supported"), 1_000n],
  ] as const) {
    it(`is ${what}`, async () => {
      const { time, asked } = await timeBy(answer);
      expect(time).to.equal(expected);
      expect(asked).to.deep.equal([["eth_getBlockByNumber", ["pending", false]]]);
    });
  }

  it("is not known where no node answers at all", async () => {
    const silence = new NoAnswer("nobody");
    const error = await timeBy(silence).catch((cause: unknown) => cause);
    expect(error).to.equal(silence);
  });
});
