import { expect } from "chai";
import { isError, ZeroAddress } from "ethers";

import { RpcError } from "../../../agents/chain/faults.ts";
import type { Head } from "../../../agents/chain/head.ts";
import { FleetProvider } from "../../../agents/chain/provider.ts";
import { NoAnswer } from "../../../agents/chain/transport.ts";

const SOMEBODY = `0x${"ab".repeat(20)}`;
const CALL = { to: SOMEBODY, data: "0x1234" };

describe("An ethers provider over several nodes", () => {
  let provider: FleetProvider;
  /** What was asked of the nodes, in order, and what they answer. */
  let asked: [string, ...unknown[]][];
  let answer: (method: string) => unknown;
  let head: Head | undefined;
  beforeEach(() => {
    asked = [];
    answer = () => "0x5";
    head = { number: 17, hash: "a", timestamp: 0n, baseFee: null, lineage: 0 };
    provider = new FleetProvider(
      {
        request: async (method, params) => {
          asked.push([method, ...params]);
          const given = answer(method);
          if (given instanceof Error) throw given;
          return given;
        },
        close: () => undefined,
      },
      { observe: () => expect.fail("nobody is to look"), last: () => head, age: () => 0 },
      31_337n,
    );
  });
  afterEach(() => provider.destroy());

  it("reads all of the state from the last head that was seen", async () => {
    expect(await provider.getBalance(SOMEBODY)).to.equal(5n);
    expect(await provider.getTransactionCount(SOMEBODY)).to.equal(5);
    answer = () => "0x60";
    expect(await provider.getCode(SOMEBODY)).to.equal("0x60");
    expect(await provider.call(CALL)).to.equal("0x60");
    expect(asked).to.deep.equal([
      ["eth_getBalance", SOMEBODY, "0x11"],
      ["eth_getTransactionCount", SOMEBODY, "0x11"],
      ["eth_getCode", SOMEBODY, "0x11"],
      ["eth_call", CALL, "0x11"],
    ]);
  });

  it("leaves another block than the latest as it is, and what is no state too", async () => {
    await provider.getBalance(SOMEBODY, 3);
    await provider.getTransactionCount(SOMEBODY, "pending");
    await provider.send("eth_getBlockByNumber", ["latest", false]);
    await provider.send("eth_estimateGas", [CALL, "latest"]);
    expect(asked).to.deep.equal([
      ["eth_getBalance", SOMEBODY, "0x3"],
      ["eth_getTransactionCount", SOMEBODY, "pending"],
      ["eth_getBlockByNumber", "latest", false],
      ["eth_estimateGas", CALL, "latest"],
    ]);
  });

  it("reads from each node's own latest block before the first look", async () => {
    head = undefined;
    await provider.getBalance(SOMEBODY);
    expect(asked).to.deep.equal([["eth_getBalance", SOMEBODY, "latest"]]);
  });

  it("asks the nodes for nothing but what it is asked, and each time anew", async () => {
    expect((await provider.getNetwork()).chainId).to.equal(31_337n);
    expect(asked).to.deep.equal([]);
    await Promise.all([provider.getBalance(SOMEBODY), provider.getBalance(SOMEBODY)]);
    expect(asked).to.have.lengthOf(2);
    // Should ethers ever go past the transport, no host is there to answer it.
    expect(provider._getConnection().url).to.match(/^http:\/\/\w+\.invalid$/);
  });

  it("tells a node's error as ethers does, with its code, its words and its data", async () => {
    answer = () => new RpcError(3, "execution reverted: no", "0x12345678");
    const reverted = await provider.call(CALL).catch((error: unknown) => error);
    expect(isError(reverted, "CALL_EXCEPTION")).to.equal(true);
    expect(reverted).to.have.property("data", "0x12345678");
    const given = await provider._send([
      { jsonrpc: "2.0", id: 4, method: "eth_call", params: [CALL, "0x1"] },
      { jsonrpc: "2.0", id: 9, method: "eth_call", params: [CALL, "0x2"] },
    ]);
    const error = { code: 3, message: "execution reverted: no", data: "0x12345678" };
    expect(given).to.deep.equal([
      { id: 4, error },
      { id: 9, error },
    ]);
  });

  it("tells a silence as it came, and to nobody but who asked", async () => {
    const silence = new NoAnswer("nobody");
    answer = (method) => (method === "eth_getCode" ? silence : "0x5");
    const [code, balance] = await Promise.allSettled([
      provider.getCode(ZeroAddress),
      provider.getBalance(ZeroAddress),
    ]);
    expect(code).to.deep.equal({ status: "rejected", reason: silence });
    expect(balance).to.deep.equal({ status: "fulfilled", value: 5n });
  });
});
