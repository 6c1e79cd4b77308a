import { expect } from "chai";
import { Interface, makeError } from "ethers";

import { MARKET_ABI, TOKEN_ERRORS } from "../../agents/abi.ts";
import { ChainError, Declined, explain, Refused } from "../../agents/errors.ts";
import { parseFixed } from "../../mechanism/fixed-point.ts";

const known = new Interface([...MARKET_ABI, ...TOKEN_ERRORS]);
const agent = "0x000000000000000000000000000000000000dEaD";
const other = "0x000000000000000000000000000000000000bEEF";

const refusal = (name: string, ...values: unknown[]): string =>
  known.encodeErrorResult(name, values);

describe("An error of the chain", () => {
  const cases: [name: string, values: unknown[], sentence: string][] = [
    ["NotAdmitted", [agent], `${agent} is not on the allowlist; the owner can admit it`],
    ["AlreadyJoined", [agent], `${agent} has joined already`],
    ["NotJoined", [agent], `${agent} has not joined; deposit first`],
    [
      "InsufficientFreeBalance",
      [agent, 5n, 7n],
      `${agent} asked for 7 base units; 5 base units are free, the rest is locked by its demand`,
    ],
    [
      "InsufficientCollateral",
      [agent, 5n, 7n],
      `${agent} holds 5 base units; the demand needs 7 base units`,
    ],
    [
      "RoundNotOpen",
      [1n, 2n, 3n, 4n, true],
      "the demand answers epoch 1, round 2; open is epoch 3, round 4",
    ],
    [
      "RoundNotOpen",
      [1n, 2n, 3n, 4n, false],
      "the demand answers epoch 1, round 2; no epoch is open",
    ],
    ["AlreadyAnswered", [agent, 1n, 2n], `${agent} has answered epoch 1, round 2 already`],
    ["WrongSampleCount", [3n, 4n], "the submission has 3 samples; this market takes 4"],
    [
      "DemandAboveCapacity",
      [parseFixed("10.5"), parseFixed("10")],
      "the demand is 10.5 units; at most the capacity of 10 is taken",
    ],
    [
      "InvalidSignature",
      [agent],
      `${agent} has not signed this demand for this round of this market on this chain`,
    ],
    [
      "MalformedBatch",
      [34n, 97n],
      "the batch ends within an entry: 34 bytes are left of it, the entry takes 97",
    ],
    [
      "InsufficientGas",
      [5n, 7n],
      "5 gas is left to ask a contract about its signature, which takes 7; send more, or a smaller batch",
    ],
    ["EpochNotOpen", [3n], "epoch 3 is settled; the owner has not opened the next"],
    ["EpochStillOpen", [3n], "epoch 3 is still open"],
    [
      "RoundStillOpen",
      [1700n, 2n, 5n],
      "the round is open until 1970-01-01T00:28:20Z or until all answer; 2 of 5 have",
    ],
    [
      "ParameterOutOfRange",
      ["capacity", 0n, 1n, 9n],
      "capacity: given 0, allowed 1 to 9, as the contract counts",
    ],
    [
      "TooManyDigits",
      ["capacity", 123456789n],
      "capacity: given 123456789, allowed at most eight significant digits",
    ],
    ["ZeroAddress", ["provider"], "provider: given the zero address, allowed any other"],
    ["ZeroAmount", [], "the amount is zero; allowed is anything above"],
    ["InvalidRecipient", [agent], `tokens sent to ${agent} would be lost; name another address`],
    ["TooManyMembers", [9n], "the market is full: it has 9 members"],
    [
      "BalanceTooLarge",
      [agent, 7n, 5n],
      `${agent} would hold 7 base units; an account holds at most 5 base units`,
    ],
    [
      "TotalDemandTooLarge",
      [parseFixed("7.5"), parseFixed("5")],
      "all demands together would be 7.5 units; the market counts to 5",
    ],
    [
      "ERC20InsufficientBalance",
      [agent, 5n, 7n],
      `${agent} holds 5 base units outside the market; this takes 7 base units`,
    ],
    [
      "ERC20InsufficientAllowance",
      [agent, 5n, 7n],
      `${agent} may take 5 base units; this takes 7 base units; approve it first`,
    ],
    ["ERC2612ExpiredSignature", [5n], "the permit has expired; sign another"],
    [
      "ERC2612InvalidSigner",
      [agent, other],
      `the permit was signed by ${agent}, not by ${other}, or for something else`,
    ],
    ["FaucetLimited", [7n, 5n], "the faucet gives at most 5 base units at once"],
    [
      "FaucetPaused",
      [agent, 1700n],
      `${agent} has taken from the faucet lately; it may again from 1970-01-01T00:28:20Z on`,
    ],
  ];
  for (const [name, values, sentence] of cases) {
    it(`that the market refuses is told with its values: ${sentence}`, () => {
      const error = explain(
        makeError("reverted", "CALL_EXCEPTION", {
          action: "call",
          data: refusal(name, ...values),
          reason: null,
          transaction: { to: null, data: "" },
          invocation: null,
          revert: null,
        }),
      );
      expect(error).to.be.instanceOf(Refused).and.to.be.instanceOf(ChainError);
      expect(error).to.include({ name: "Refused", errorName: name, message: sentence });
    });
  }

  it("of every kind the contracts have has a sentence", () => {
    const told = new Set(cases.map(([name]) => name));
    const untold: string[] = [];
    known.forEachError(({ name }) => {
      if (!told.has(name)) untold.push(name);
    });
    expect(untold).to.deep.equal([]);
  });

  it("is told in whole tokens to whoever knows the token, later too", () => {
    const error = { data: refusal("InsufficientCollateral", agent, 1_500_000n, 7n) };
    const token = { decimals: 6, symbol: "PAY" };
    const sentence = `${agent} holds 1.5 PAY; the demand needs 0.000007 PAY`;
    expect(explain(error, token).message).to.equal(sentence);
    expect(explain(explain(error), token).message).to.equal(sentence);
  });

  it("of a wallet whose owner says no is told as that", () => {
    const error = explain(
      makeError("rejected", "ACTION_REJECTED", { action: "sendTransaction", reason: "rejected" }),
    );
    expect(error).to.be.instanceOf(Declined).and.to.be.instanceOf(ChainError);
    expect(error.message).to.equal("declined in the wallet; nothing was sent");
  });

  it("is found wherever a node's answer put the data", () => {
    const data = refusal("ZeroAmount");
    const places = [
      { data },
      { data: { data } },
      { error: { data } },
      { info: { error: { data } } },
      { info: { error: { data: { data, message: "reverted" } } } },
      { error: { error: { error: { error: { data } } } } },
    ];
    for (const place of places) {
      expect(explain(place), JSON.stringify(place)).to.have.property("errorName", "ZeroAmount");
    }
  });

  it("is passed on as it came where there is no data of the market's", () => {
    for (const place of [
      { error: { error: { error: { error: { error: { error: { data: "0x" } } } } } } },
      { data: "nothing" },
      { data: 5 },
      { data: { data: 5 } },
      { data: "0x12345678" },
      { data: "0x1234" },
      { data: `see ${refusal("ZeroAmount")}` },
      { info: null },
      { error: "text" },
    ]) {
      const error = Object.assign(new Error("something else"), place);
      expect(explain(error), JSON.stringify(place)).to.equal(error);
    }
    const endless: { error?: unknown } = {};
    endless.error = endless;
    expect(explain(endless)).to.be.instanceOf(Error).and.not.to.be.instanceOf(ChainError);
    for (const thrown of ["text", 7, null, undefined]) {
      const error = explain(thrown);
      expect(error).to.be.instanceOf(Error).and.not.to.be.instanceOf(ChainError);
      expect(error.message).to.equal(String(thrown));
    }
  });

  it("about ether says so, however the node words it", () => {
    const transaction = { to: null, data: "0x" } as never;
    for (const error of [
      makeError("poor", "INSUFFICIENT_FUNDS", { transaction }),
      new Error("Sender doesn't have enough funds to send tx. The max upfront cost is 5"),
      new Error("err: INSUFFICIENT FUNDS for gas * price + value"),
    ]) {
      const told = explain(error);
      expect(told).to.be.instanceOf(ChainError).and.not.to.be.instanceOf(Refused);
      expect(told).to.include({
        name: "ChainError",
        message: "the sender's account has not enough ether for gas; fund it and try again",
      });
    }
    const named = explain(new Error("insufficient funds"), undefined, agent);
    expect(named.message).to.equal(`${agent} has not enough ether for gas; fund it and try again`);
    const other = { message: "insufficient funds" };
    expect(explain(other)).not.to.be.instanceOf(ChainError);
  });

  it("is a node that does not answer, or refuses to", () => {
    const request = {} as never;
    const answered = (statusCode: number): Error =>
      makeError(`server response ${statusCode}`, "SERVER_ERROR", {
        request,
        response: { statusCode } as never,
      });
    const key = "the key in its URL is wrong, or has expired";
    const cases: [Error, string][] = [
      [answered(401), `the node refuses to answer (HTTP 401): ${key}`],
      [answered(403), `the node refuses to answer (HTTP 403): ${key}`],
      [answered(502), "the node does not answer (server response 502)"],
      [
        makeError("late", "TIMEOUT", { operation: "request", reason: "timeout" }),
        "the node does not answer in time",
      ],
      [
        Object.assign(new Error("connect"), { code: "ECONNREFUSED" }),
        "the node does not answer (ECONNREFUSED)",
      ],
    ];
    for (const [error, sentence] of cases) {
      expect(explain(error)).to.be.instanceOf(ChainError);
      expect(explain(error)).to.include({ message: sentence, cause: error });
    }
  });

  it("that reverts without the market's reason is told with the one there is", () => {
    const of = (reason: string | null): Error =>
      explain(
        makeError("execution reverted", "CALL_EXCEPTION", {
          action: "call",
          data: "0x",
          reason,
          transaction: { to: null, data: "" },
          invocation: null,
          revert: null,
        }),
      );
    expect(of("too late")).to.be.instanceOf(ChainError);
    expect(of("too late").message).to.equal("the call reverted: too late");
    expect(of(null).message).to.equal("the call reverted: execution reverted");
  });
});
