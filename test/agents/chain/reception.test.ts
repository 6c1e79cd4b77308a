import { expect } from "chai";

import { judge, NodeFault, RpcError } from "../../../agents/chain/faults.ts";
import { broadcast } from "../../../agents/chain/reception.ts";
import { NoAnswer, type Transport } from "../../../agents/chain/transport.ts";

/** What a transaction is received with by a node that says this. */
async function received(message: string): Promise<string> {
  const error = new RpcError(-32000, message);
  // As the transport does: what is no answer is tried again, and comes to nothing.
  if (judge(error) !== "answer") return judge(error);
  const transport: Transport = { request: () => Promise.reject(error), close: () => undefined };
  return broadcast(transport, "0x02").catch((cause: unknown) => (cause as Error).message);
}

describe("What a node says of a transaction", () => {
  for (const [expected, ...messages] of [
    [
      "taken",
      "already known",
      "AlreadyKnown",
      "Known transaction",
      "ALREADY_EXISTS: already known",
      "INTERNAL_ERROR: existing tx with same hash",
      "transaction already imported",
    ],
    [
      "underpriced",
      "replacement transaction underpriced",
      "Replacement transaction underpriced",
      "ReplacementNotAllowed",
      "INTERNAL_ERROR: could not replace existing tx",
      "transaction underpriced: tip needed 1, tip permitted 0",
      "max fee per gas less than block base fee: address 0x1, maxFeePerGas: 1, baseFee: 2",
      "Gas price below current base fee",
      "FeeTooLow, MaxFeePerGas too low. MaxFeePerGas: 1, BaseFee: 2",
      "FeeTooLow",
      "the fee is too low",
      "Transaction gasPrice (1) is too low for the next block, which has a baseFeePerGas of 2",
      "Replacement transaction underpriced. A gasPrice/maxFeePerGas of at least 5 is necessary to replace the existing transaction with nonce 3.",
    ],
    [
      "nonce gone",
      "nonce too low: next nonce 7, tx nonce 6",
      "Nonce too low. Expected nonce to be 7 but got 6.",
      "OldNonce, Current nonce: 7, nonce of rejected tx: 6",
      "NonceGap, Future nonce. Expected nonce: 3",
      "nonce too high",
      "the nonce 9 is too far ahead",
      "tx nonce is too low: invalid nonce",
    ],
    ["rate-limited", "Too Many Requests", "daily request count exceeded, request rate limited"],
  ]) {
    it(`is told as ${expected}, whatever the words`, async () => {
      for (const message of messages) expect(await received(message), message).to.equal(expected);
    });
  }

  it("is no refusal where it gives the hash, and not known where none gives an answer", async () => {
    const asked: unknown[] = [];
    const request = async (...question: unknown[]): Promise<unknown> => asked.push(question);
    expect(await broadcast({ request, close: () => undefined }, "0x02")).to.equal("taken");
    expect(asked).to.deep.equal([["eth_sendRawTransaction", ["0x02"]]]);
    const silence = new NoAnswer("the last, a node: server-error (already known)");
    const silent: Transport = { request: () => Promise.reject(silence), close: () => undefined };
    expect(await broadcast(silent, "0x02").catch((error: unknown) => error)).to.equal(silence);
  });

  it("is told in one line where the sender cannot pay", async () => {
    for (const message of [
      "insufficient funds for gas * price + value: balance 0, tx cost 1",
      "Sender doesn't have enough funds to send tx.",
      "InsufficientFunds, Account balance: 0, cumulative cost: 1",
      "Upfront cost exceeds account balance",
    ]) {
      expect(await received(message), message).to.match(/not enough ether for gas/);
    }
  });
});

describe("What a node says of too many events", () => {
  for (const [code, message] of [
    [-32005, "query returned more than 10000 results"],
    [-32602, "You can make eth_getLogs requests with up to a 10 block range."],
    [-32602, "Log response size exceeded."],
    [-32000, "block range is too wide"],
    [-32000, "eth_getLogs range is too large, max is 1k blocks"],
  ] as const) {
    it(`is its answer, and no reason to leave it alone: ${message}`, () => {
      expect(judge(new RpcError(code, message))).to.equal("answer");
    });
  }
});

describe("An error of a node", () => {
  for (const [verdict, code, message] of [
    ["rate-limited", -32005, "wait"],
    ["rate-limited", 429, "wait"],
    ["rate-limited", -32000, "ratelimit reached"],
    ["rate-limited", -32000, "rate-limit reached"],
    ["rate-limited", -32000, "your monthly credit limit is exceeded"],
    ["rate-limited", -32000, "daily credits are exceeded"],
    ["answer", 3, "no"],
    ["answer", -32601, "no"],
    ["server-error", 32601, "no"],
    ["server-error", -32603, "Internal error"],
    ["stale", -32000, "block not found"],
    ["stale", -32000, "block 12 is out of range"],
    ["stale", -32000, "the block is much greater than the head"],
    ["stale", -32000, "missing trie node"],
    ["stale", -32000, "unknown block"],
  ] as const) {
    it(`is ${verdict}: ${code} ${message}`, () => {
      expect(judge(new RpcError(code, message))).to.equal(verdict);
    });
  }

  it("is told by its name, and so is a fault of the node", () => {
    expect(String(new RpcError(3, "no"))).to.equal("RpcError: no");
    expect(String(new NodeFault("stale", "no"))).to.equal("NodeFault: no");
  });
});
