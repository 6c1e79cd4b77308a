import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";

import { expect } from "chai";
import { keccak256 } from "ethers";

import { openEndpoint, type Endpoint } from "../../../agents/chain/endpoint.ts";
import { NodeFault, RpcError } from "../../../agents/chain/faults.ts";

const HASH = `0x${"ab".repeat(32)}`;
const OTHER = `0x${"cd".repeat(32)}`;
const RECEIPT = { transactionHash: HASH, status: "0x1", gasUsed: "0x5208", blockNumber: "0x7" };
const BLOCK = { number: "0x7", hash: HASH, parentHash: OTHER, timestamp: "0x1" };

describe("A node behind HTTP", () => {
  let server: Server;
  let host: string;
  let endpoint: Endpoint;
  /** What the server makes of a request with this id. */
  let meet: (id: number, response: ServerResponse, request: IncomingMessage) => void;
  /** What the server was asked, in order. */
  const asked: (Pick<IncomingMessage, "url" | "method" | "headers"> & { body: object })[] = [];
  before(async () => {
    server = createServer((request, response) => {
      void text(request).then((body) => {
        const { url, method, headers } = request;
        asked.push({ url, method, headers, body: JSON.parse(body) as object });
        meet((JSON.parse(body) as { id: number }).id, response, request);
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    asked.length = 0;
    endpoint = openEndpoint(`http://${host}`);
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  const ask = (method: string, params: unknown[] = [], timeout = 20_000): Promise<unknown> =>
    endpoint.request(method, params, timeout);
  const faultOf = async (answer: Promise<unknown>): Promise<NodeFault> => {
    const fault = await answer.catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(NodeFault);
    return fault as NodeFault;
  };
  const gives = (result: unknown): void => {
    meet = (id, response) => response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  };

  it("is asked as JSON-RPC is, by numbers that count up, with the name and password in its URL", async () => {
    gives("0x5");
    expect(await ask("eth_chainId")).to.equal("0x5");
    expect(await ask("eth_getBalance", ["0x1", "latest"])).to.equal("0x5");
    expect(asked[0]).to.include({ method: "POST", url: "/" });
    expect(asked[0]!.headers).to.include({ "content-type": "application/json" });
    expect(asked[0]!.headers).not.to.have.property("authorization");
    expect(asked.map(({ body }) => body)).to.deep.equal([
      { jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] },
      { jsonrpc: "2.0", id: 2, method: "eth_getBalance", params: ["0x1", "latest"] },
    ]);
    const guarded = openEndpoint(`http://us%65r:p%C3%A4ss@${host}/v2/a-key?b=c`);
    expect(guarded.name, "no key is told").to.equal(host);
    expect(await guarded.request("eth_chainId", [], 20_000)).to.equal("0x5");
    expect(asked[2]!.url).to.equal("/v2/a-key?b=c");
    const credentials = Buffer.from("user:päss").toString("base64");
    expect(asked[2]!.headers).to.include({ authorization: `Basic ${credentials}` });
  });

  for (const [what, method, params, wrong, right] of [
    ["a number", "eth_getTransactionCount", ["0x1", "latest"], null, "0x5"],
    ["a number", "eth_chainId", [], { chain: 1 }, "0x7a69"],
    ["bytes", "eth_call", [{}, "latest"], "0x123", "0x1234"],
    ["bytes", "eth_getCode", ["0x1", "latest"], null, "0x"],
    ["events", "eth_getLogs", [{}], {}, []],
    ["the hash of what was sent", "eth_sendRawTransaction", ["0x02"], HASH, keccak256("0x02")],
    [
      "the block asked for",
      "eth_getBlockByNumber",
      ["0x8", false],
      BLOCK,
      { ...BLOCK, number: "0x8" },
    ],
    ["a block", "eth_getBlockByNumber", ["latest", false], { ...BLOCK, timestamp: "now" }, BLOCK],
    ["a block", "eth_getBlockByNumber", ["latest", false], { ...BLOCK, hash: null }, null],
    ["a block to be", "eth_getBlockByNumber", ["pending", false], "0x7", { ...BLOCK, hash: null }],
    ["the receipt asked for", "eth_getTransactionReceipt", [OTHER], RECEIPT, null],
    ["a receipt", "eth_getTransactionReceipt", [HASH], { ...RECEIPT, gasUsed: 21_000 }, RECEIPT],
  ] as [string, string, unknown[], unknown, unknown][]) {
    it(`gives ${what} to ${method}, or else answers another request`, async () => {
      gives(wrong);
      expect((await faultOf(ask(method, params))).kind).to.equal("bad-answer");
      gives(right);
      expect(await ask(method, params)).to.deep.equal(right);
    });
  }

  it("is not believed an error with another request's id, unless it is the node's own", async () => {
    const error = { code: 3, message: "execution reverted" };
    const says = (id: unknown, message = error.message): void => {
      meet = (_, response) => response.end(JSON.stringify({ id, error: { ...error, message } }));
    };
    says(-5);
    expect((await faultOf(ask("eth_call"))).kind).to.equal("bad-answer");
    says(null);
    expect(await ask("eth_call").catch((cause: unknown) => cause)).to.be.instanceOf(RpcError);
    says(-5, "rate limit");
    expect(await ask("eth_call").catch((cause: unknown) => cause)).to.be.instanceOf(RpcError);
  });

  it("may compress its answer, and may not cut it, drip it or answer with a page", async () => {
    meet = (id, response) => {
      response.setHeader("content-encoding", "gzip");
      response.end(gzipSync(JSON.stringify({ jsonrpc: "2.0", id, result: "0x5" })));
    };
    expect(await ask("eth_chainId")).to.equal("0x5");
    meet = (_, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write('{"jsonrpc":"2.0","id"', () => response.destroy());
    };
    expect((await faultOf(ask("eth_chainId"))).kind).to.equal("unreachable");
    meet = (_, response) => response.end("<html>We will be back soon</html>");
    expect((await faultOf(ask("eth_chainId"))).kind).to.equal("bad-answer");
    meet = (_, response, request) => {
      const drip = setInterval(() => response.write(" "), 5);
      request.socket.on("close", () => clearInterval(drip));
    };
    expect((await faultOf(ask("eth_chainId", [], 50))).kind).to.equal("timeout");
  });

  it("is left alone until a date by its own clock, however wrong the machine's is", async () => {
    const date = (seconds: number): string => new Date(seconds * 1000).toUTCString();
    meet = (_, response) => {
      response.sendDate = false;
      response.writeHead(429, { date: date(1_000), "retry-after": date(1_060) }).end();
    };
    expect((await faultOf(ask("eth_chainId"))).retryAfter).to.equal(60_000);
    meet = (_, response) => {
      response.sendDate = false;
      response.writeHead(429, { date: date(1_000), "retry-after": date(940) }).end();
    };
    expect((await faultOf(ask("eth_chainId"))).retryAfter).to.equal(0);
    meet = (_, response) => {
      response.sendDate = false;
      response.writeHead(429, { "retry-after": date(1_060) }).end();
    };
    expect((await faultOf(ask("eth_chainId"))).retryAfter).to.equal(undefined);
  });

  const key = ": the key in its URL is wrong, or has expired";
  const refusals: [number, Record<string, string>, string, string, number | undefined][] = [
    [429, {}, "rate-limited", "HTTP 429", undefined],
    [429, { "retry-after": "7" }, "rate-limited", "HTTP 429", 7_000],
    [429, { "retry-after": "soon" }, "rate-limited", "HTTP 429", undefined],
    [500, {}, "server-error", "HTTP 500", undefined],
    [503, { "retry-after": "2" }, "server-error", "HTTP 503", 2_000],
    [503, { "retry-after": "601" }, "server-error", "HTTP 503", 600_000],
    [503, { "retry-after": "-1" }, "server-error", "HTTP 503", 0],
    [401, {}, "server-error", `HTTP 401${key}`, undefined],
    [403, {}, "server-error", `HTTP 403${key}`, undefined],
  ];
  it("is told by its HTTP status, and for how long it asks to be left alone", async () => {
    for (const [status, headers, kind, message, retryAfter] of refusals) {
      meet = (_, response) => response.writeHead(status, headers).end("<html></html>");
      expect(await faultOf(ask("eth_chainId"))).to.include({ kind, message, retryAfter });
    }
    meet = (id, response) => {
      const error = { code: -32000, message: "out of gas", data: "0x12" };
      response.writeHead(500).end(JSON.stringify({ jsonrpc: "2.0", id, error }));
    };
    const error = await ask("eth_call").catch((cause: unknown) => cause);
    expect(error, "its own error says more than HTTP's").to.be.instanceOf(RpcError);
    expect(error).to.include({ code: -32000, message: "out of gas", data: "0x12" });
  });

  it("is told by what is wrong with its answer", async () => {
    const foreign = "the answer is no JSON-RPC, or to another request";
    for (const [answer, message] of [
      [{ id: 99, result: "0x5" }, foreign],
      [{ result: "0x5" }, foreign],
      [{ id: 0 }, foreign],
      [{ id: 0, error: "no" }, foreign],
      [null, foreign],
      ["0x5", foreign],
      [{ id: 99, error: { code: 3, message: "revert" } }, "the error is of another request"],
      [{ id: 0, result: "5" }, "the answer is none to eth_chainId"],
    ] as [{ id?: number } | string | null, string][]) {
      meet = (id, response) => {
        // The right number is known only now.
        const own = typeof answer === "object" && answer?.id === 0 ? { ...answer, id } : answer;
        response.end(JSON.stringify(own));
      };
      const fault = await faultOf(ask("eth_chainId"));
      expect(fault, JSON.stringify(answer)).to.include({ kind: "bad-answer", message });
    }
    meet = () => undefined;
    const late = await faultOf(ask("eth_chainId", [], 5));
    expect(late).to.include({ kind: "timeout", message: "no answer within 5 ms" });
  });

  it("is told by why it was not reached, as the system says it", async () => {
    const { fetch } = globalThis;
    const because = (cause: unknown): Error => new TypeError("fetch failed", { cause });
    const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    try {
      for (const [error, message] of [
        [because(refused), "ECONNREFUSED"],
        [because(new Error("bad port")), "bad port"],
        [because(Object.assign(new Error("odd"), { code: 7 })), "odd"],
        [because("a reason"), "a reason"],
        [because({ code: "EPIPE" }), "EPIPE"],
        [because(undefined), "fetch failed"],
        ["nothing but words", "nothing but words"],
        [null, "null"],
      ]) {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as others may
        globalThis.fetch = () => Promise.reject(error);
        const fault = await faultOf(ask("eth_chainId"));
        expect(fault).to.include({ kind: "unreachable", message });
      }
    } finally {
      globalThis.fetch = fetch;
    }
  });
});
