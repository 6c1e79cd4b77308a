import { expect } from "chai";

import type { Endpoint } from "../../../agents/chain/endpoint.ts";
import { NodeFault, RpcError } from "../../../agents/chain/faults.ts";
import { createTransport, NoAnswer, type Transport } from "../../../agents/chain/transport.ts";
import { ChainError } from "../../../agents/errors.ts";
import { OwnClock } from "./own-clock.ts";

type Play = (method: string, params: unknown[]) => unknown;

/** What was asked of each node, and how each request ended. */
type Stage = {
  transport: Transport;
  asked: Record<string, string[]>;
  outcomes: string[];
  failovers: string[];
};

/** Nodes that play a part; each is of chain 1 unless it says otherwise. */
function stage(plays: Record<string, Play>, patience = 500): Stage {
  const asked: Stage["asked"] = {};
  const [outcomes, failovers]: [string[], string[]] = [[], []];
  const endpoints = Object.entries(plays).map(([name, play]): Endpoint => ({
    name,
    request: async (method, params) => {
      (asked[name] ??= []).push(method);
      const given = await play(method, params);
      if (given instanceof Error) throw given;
      return method === "eth_chainId" && given === undefined ? "0x1" : given;
    },
    close: () => undefined,
  }));
  const transport = createTransport({
    endpoints,
    chainId: 1n,
    timeout: 100,
    patience,
    onRequest: (endpoint, method, outcome) => outcomes.push(`${endpoint} ${method} ${outcome}`),
    onFailover: (endpoint) => failovers.push(endpoint),
  });
  return { transport, asked, outcomes, failovers };
}

/** Answers to eth_chainId as it should, and else as the play says. */
const node =
  (play: () => unknown): Play =>
  (method) =>
    method === "eth_chainId" ? "0x1" : play();
/** One answer after the other; the last stays. */
const script = (...answers: unknown[]): Play =>
  node(() => (answers.length > 1 ? answers.shift() : answers[0]));

async function complaintOf(action: Promise<unknown>): Promise<Error> {
  try {
    await action;
  } catch (error) {
    return error as Error;
  }
  return expect.fail("there was no complaint");
}

const down = (): NodeFault => new NodeFault("unreachable", "ECONNREFUSED");

describe("Asking nodes", () => {
  it("asks the preferred one as long as it answers", async () => {
    const { transport, asked, failovers } = stage({ one: script("0xa"), two: script("0xb") });
    for (let times = 0; times < 3; times++)
      expect(await transport.request("eth_call", [])).to.equal("0xa");
    expect(asked["two"]).to.equal(undefined);
    expect(failovers).to.deep.equal([]);
  });

  it("goes to the next when one is down, and comes back when it is up again", async () => {
    const { transport, outcomes, failovers } = stage({
      one: script(down(), "0xa"),
      two: script("0xb"),
    });
    expect(await transport.request("eth_call", [])).to.equal("0xb");
    expect(failovers).to.deep.equal(["two"]);
    expect(outcomes).to.deep.equal(["one eth_call unreachable", "two eth_call answer"]);
    expect(await transport.request("eth_call", [])).to.equal("0xa");
  });

  it("asks one last that has failed three times in a row", async () => {
    const { transport, asked } = stage({ one: script(down()), two: script("0xb") });
    for (let times = 0; times < 6; times++) await transport.request("eth_call", []);
    expect(asked["one"]!.filter((method) => method === "eth_call")).to.have.lengthOf(3);
  });

  for (const kind of ["timeout", "server-error", "bad-answer", "stale"] as const) {
    it(`asks again after a fault of the node: ${kind}`, async () => {
      const { transport, outcomes } = stage({ one: script(new NodeFault(kind, "no"), "0xa") });
      expect(await transport.request("eth_call", [])).to.equal("0xa");
      expect(outcomes).to.deep.equal([`one eth_call ${kind}`, "one eth_call answer"]);
    });
  }

  it("leaves one alone that limits its rate, for as long as it says", async () => {
    const limited = new NodeFault("rate-limited", "HTTP 429", 60_000);
    const { transport, asked } = stage({ one: script(limited, "0xa"), two: script("0xb") });
    for (let times = 0; times < 4; times++)
      expect(await transport.request("eth_call", [])).to.equal("0xb");
    expect(asked["one"]).to.deep.equal(["eth_chainId", "eth_call"]);
  });

  it("waits as long as a lone one says, and asks again then", async () => {
    const { transport, asked } = stage({
      one: script(new NodeFault("rate-limited", "HTTP 429", 30), "0xa"),
    });
    const start = performance.now();
    expect(await transport.request("eth_call", [])).to.equal("0xa");
    expect(performance.now() - start).to.be.at.least(29);
    expect(asked["one"]).to.deep.equal(["eth_chainId", "eth_call", "eth_call"]);
  });

  it("gives a request up when every node asks to be left alone for longer than it may take", async () => {
    const { transport, asked } = stage({
      one: script(new NodeFault("rate-limited", "HTTP 429", 60_000)),
    });
    const error = await complaintOf(transport.request("eth_call", []));
    expect(error).to.be.instanceOf(ChainError);
    expect(error.message).to.include("left alone");
    expect(asked["one"]).to.have.lengthOf(2);
  });

  it("takes a node's word for a revert at once, and for what is wrong with a transaction", async () => {
    for (const message of [
      "execution reverted",
      "nonce too low",
      "already known",
      "insufficient funds for gas",
    ]) {
      const { transport, asked } = stage({
        one: script(new RpcError(-32000, message)),
        two: script("0xb"),
      });
      const error = await complaintOf(transport.request("eth_call", []));
      expect(error).to.be.instanceOf(RpcError).and.to.have.property("message", message);
      expect(asked["two"]).to.equal(undefined);
    }
  });

  it("tries again where an error says nothing of the request, but not for ever", async () => {
    const { transport } = stage({ one: script(new RpcError(-32603, "Internal error"), "0xa") });
    expect(await transport.request("eth_call", [])).to.equal("0xa");
    const broken = stage({ one: script(new RpcError(-32603, "Internal error")) }, 60_000);
    const error = await complaintOf(broken.transport.request("eth_call", []));
    expect(error).to.be.instanceOf(RpcError);
    expect(broken.asked["one"]).to.have.lengthOf(7);
  });

  for (const message of [
    "header not found",
    "Received invalid block tag 12. Latest block number is 3",
    "BlockOutOfRangeError: block height is 3 but requested was 12",
  ]) {
    it(`passes over a node that has not got the block: ${message}`, async () => {
      const { transport, outcomes } = stage({
        one: script(new RpcError(-32602, message)),
        two: script("0xb"),
      });
      expect(await transport.request("eth_call", [])).to.equal("0xb");
      expect(outcomes[0]).to.equal("one eth_call stale");
    });
  }

  it("never asks anything of a node of another chain", async () => {
    const { transport, asked, outcomes } = stage({ one: () => "0x2", two: script("0xb") });
    expect(await transport.request("eth_call", [])).to.equal("0xb");
    expect(await transport.request("eth_call", [])).to.equal("0xb");
    expect(asked["one"]).to.deep.equal(["eth_chainId"]);
    expect(outcomes[0]).to.equal("one eth_call wrong-chain");
  });

  it("gives up in the end, naming the method, the node and what was wrong with it", async () => {
    const { transport } = stage({ one: script(down()) }, 100);
    const error = await complaintOf(transport.request("eth_call", []));
    expect(error).to.be.instanceOf(ChainError);
    expect(error.message).to.match(
      /^rpc: no node has answered eth_call within 0\.\d+ s; .*one: unreachable \(ECONNREFUSED\)$/,
    );
  });

  it("gives a block up early that no node has: a reorganisation may have taken it", async () => {
    const { transport, asked } = stage(
      { one: script(new NodeFault("stale", "no such block")) },
      60_000,
    );
    const error = await complaintOf(transport.request("eth_call", []));
    expect(error).to.be.instanceOf(NoAnswer);
    expect(asked["one"]).to.have.lengthOf(7);
  });

  it("refuses a result that the asker does not accept, and asks the next node", async () => {
    const { transport, outcomes } = stage({ one: script(5), two: script(7) });
    const result = await transport.request("eth_blockNumber", [], (given) => {
      if (given === 5) throw new NodeFault("stale", "at block 5");
    });
    expect(result).to.equal(7);
    expect(outcomes[0]).to.equal("one eth_blockNumber stale");
  });

  it("has at most 32 requests on their way", async () => {
    let [now, most] = [0, 0];
    const busy = async (): Promise<string> => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now--;
      return "0xa";
    };
    const { transport } = stage({ one: node(busy) }, 10_000);
    await transport.request("eth_call", []);
    await Promise.all(Array.from({ length: 100 }, () => transport.request("eth_call", [])));
    expect(most).to.equal(32);
  });

  it("asks nobody once it is closed", async () => {
    const { transport, asked } = stage({ one: script("0xa") });
    transport.close();
    expect(await complaintOf(transport.request("eth_call", []))).to.be.instanceOf(ChainError);
    expect(asked).to.deep.equal({});
  });
});

describe("Waiting for nodes", () => {
  let clock: OwnClock;
  beforeEach(() => {
    clock = new OwnClock();
  });
  afterEach(() => clock.giveBack());
  /** How often a node was asked what it is there for. */
  const calls = ({ asked }: Stage, name: string): number =>
    (asked[name] ?? []).filter((method) => method === "eth_call").length;

  it("pauses twice as long after each pass over all nodes, up to five seconds, and half by chance", async () => {
    const pauses = [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000];
    const patience = pauses.reduce((sum, pause) => sum + pause);
    const lone = stage({ one: script(down()) }, patience);
    const error = await complaintOf(lone.transport.request("eth_call", []));
    expect(clock.slept).to.deep.equal([...pauses, 5_000]);
    expect(error.name).to.equal("NoAnswer");
    expect(error.message).to.equal(
      "rpc: no node has answered eth_call within 21.35 s; " +
        "the last, one: unreachable (ECONNREFUSED)",
    );
    expect(error.cause).to.include({ kind: "unreachable" });
    clock.giveBack();
    clock = new OwnClock(0);
    const two = stage({ one: script(down()), two: script(down(), down(), "0xb") });
    expect(await two.transport.request("eth_call", [])).to.equal("0xb");
    expect(clock.slept).to.deep.equal([25, 50]);
  });

  it("asks one that goes on failing last for twice as long each time, up to a minute", async () => {
    const answers = [...Array.from({ length: 9 }, down), "0xa", down(), down(), "0xa"];
    const both = stage({ one: script(...answers), two: script("0xb") });
    const { transport } = both;
    for (let times = 0; times < 2; times++) await transport.request("eth_call", []);
    for (const rest of [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      await transport.request("eth_call", []);
      const before = calls(both, "one");
      clock.now += rest - 1;
      expect(await transport.request("eth_call", [])).to.equal("0xb");
      expect(calls(both, "one"), `within ${rest} ms`).to.equal(before);
      clock.now += 1;
    }
    for (const given of ["0xa", "0xb", "0xb", "0xa"]) {
      expect(await transport.request("eth_call", []), "as if it had never failed").to.equal(given);
    }
    expect(clock.slept).to.deep.equal([]);
  });

  it("asks nodes that all fail in the operator's order, and one that answers forgets its failures", async () => {
    const { transport, outcomes } = stage({
      one: script(down(), down(), down(), "0xa"),
      two: script(down(), down(), down(), down(), "0xb"),
    });
    expect(await transport.request("eth_call", [])).to.equal("0xa");
    const [one, two] = ["one", "two"].map((name) => `${name} eth_call unreachable`);
    expect(outcomes).to.deep.equal([one, two, one, two, one, two, "one eth_call answer"]);
    expect(await transport.request("eth_call", [])).to.equal("0xa");
  });

  it("looks a minute later whether a node of another chain is of the right one now", async () => {
    let chain = "0x2";
    const both = stage({
      one: (method) => (method === "eth_chainId" ? chain : "0xa"),
      two: script("0xb"),
    });
    const { transport } = both;
    await transport.request("eth_call", []);
    chain = "0x1";
    clock.now += 59_999;
    expect(await transport.request("eth_call", [])).to.equal("0xb");
    clock.now += 1;
    expect(await transport.request("eth_call", [])).to.equal("0xa");
    expect(await transport.request("eth_call", [])).to.equal("0xa");
    expect(both.asked["one"]).to.deep.equal(["eth_chainId", "eth_chainId", "eth_call", "eth_call"]);
    const alone = stage({ one: () => "0x2" });
    const error = await complaintOf(alone.transport.request("eth_call", []));
    expect(error.message).to.match(/the last, one: wrong-chain \(chain 2 instead of 1\)$/);
  });

  it("leaves one alone for a second that limits its rate and names no time", async () => {
    for (const limited of [new NodeFault("rate-limited", "no"), new RpcError(429, "no")]) {
      clock.slept.length = 0;
      const { transport } = stage({ one: script(limited, "0xa") }, 1_000);
      expect(await transport.request("eth_call", [])).to.equal("0xa");
      expect(clock.slept).to.deep.equal([1_000]);
    }
  });

  it("waits no longer than the first of them asks for, and at least the usual pause", async () => {
    const { transport, asked } = stage({
      one: script(new NodeFault("server-error", "HTTP 503", 400), "0xa"),
      two: script(new NodeFault("rate-limited", "HTTP 429", 300), "0xb"),
    });
    expect(await transport.request("eth_call", [])).to.equal("0xb");
    expect(clock.slept).to.deep.equal([300]);
    expect(asked["one"]).to.have.lengthOf(2);
    const brief = stage({ one: script(new NodeFault("rate-limited", "HTTP 429", 0), "0xa") });
    expect(await brief.transport.request("eth_call", [])).to.equal("0xa");
    expect(clock.slept).to.deep.equal([300, 50]);
  });

  it("has no pause beyond what a node asked of an earlier request", async () => {
    const { transport } = stage({
      one: script(new NodeFault("rate-limited", "HTTP 429", 501), "0xa"),
    });
    const error = await complaintOf(transport.request("eth_call", []));
    expect(error.message).to.equal(
      "rpc: no node has answered eth_call within 0 s; every node asks to be left alone",
    );
    clock.now = 491;
    expect(await transport.request("eth_call", [])).to.equal("0xa");
    expect(clock.slept).to.deep.equal([10]);
  });

  it("takes an error for a node's word when it has come six times, and no silence or limit for one", async () => {
    const broken = new RpcError(-32603, "Internal error");
    const times = <T>(count: number, what: T): T[] => Array.from({ length: count }, () => what);
    for (const [expected, ...answers] of [
      ["0xa", ...times(5, broken), "0xa"],
      [broken, ...times(6, broken), "0xa"],
      ["0xa", ...times(7, new NodeFault("server-error", "HTTP 500")), "0xa"],
      ["0xa", ...times(7, new RpcError(429, "no")), "0xa"],
    ]) {
      const { transport } = stage({ one: script(...answers) }, 60_000);
      const given = transport.request("eth_call", []);
      expect(await given.catch((error: unknown) => error)).to.equal(expected);
    }
  });

  it("tells of an error that is the answer, and of one that is nobody's", async () => {
    for (const error of [new RpcError(3, "execution reverted"), new TypeError("a mistake")]) {
      const { transport, outcomes } = stage({ one: script(error), two: script("0xb") });
      expect(await complaintOf(transport.request("eth_call", []))).to.equal(error);
      expect(outcomes).to.deep.equal(["one eth_call answer"]);
    }
  });

  it("needs nobody to watch, and gives each node its time for each answer", async () => {
    const asked: unknown[] = [];
    const endpointOf = (answers: unknown[]): Endpoint => ({
      name: "a node",
      request: async (...question) => {
        asked.push(question);
        const given = answers.shift();
        if (given instanceof Error) throw given;
        return given;
      },
      close: () => undefined,
    });
    const endpoints = [
      endpointOf(["0x1", down(), new RpcError(3, "revert")]),
      endpointOf(["0x1", 7]),
    ];
    const transport = createTransport({ endpoints, chainId: 1n, timeout: 123, patience: 1 });
    expect(await transport.request("eth_call", [5])).to.equal(7);
    expect((await complaintOf(transport.request("eth_call", [6]))).message).to.equal("revert");
    const [chain, call] = ["eth_chainId", "eth_call"];
    expect(asked).to.deep.equal([
      ...[chain, call, chain, call].map((of) => [of, of === call ? [5] : [], 123]),
      [call, [6], 123],
    ]);
  });

  it("ends with every connection when it is closed, and goes to no other node then", async () => {
    const [asked, closed]: [string[], string[]] = [[], []];
    const endpoints = ["one", "two"].map((name): Endpoint => ({
      name,
      request: async () => {
        asked.push(name);
        throw down();
      },
      close: () => closed.push(name),
    }));
    const transport = createTransport({ endpoints, chainId: 1n, timeout: 1, patience: 60_000 });
    const complaint = complaintOf(transport.request("eth_call", []));
    transport.close();
    expect((await complaint).message).to.equal("the connection to the node was closed");
    expect(asked).to.deep.equal(["one"]);
    expect(closed).to.deep.equal(["one", "two"]);
  });

  it("lets the next in when one has failed, and no more than before", async () => {
    let [now, most, isDown] = [0, 0, true];
    const { transport } = stage(
      {
        one: node(async () => {
          most = Math.max(most, ++now);
          await Promise.resolve();
          now--;
          return isDown ? new RpcError(3, "revert") : "0xa";
        }),
      },
      10_000,
    );
    const all = (): Promise<unknown> =>
      Promise.allSettled(Array.from({ length: 70 }, () => transport.request("eth_call", [])));
    await all();
    isDown = false;
    await all();
    expect(most).to.equal(32);
  });
});
