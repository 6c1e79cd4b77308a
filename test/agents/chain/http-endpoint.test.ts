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
  let endpoint: Endpoint;
  /** What the server makes of a request with this id. */
  let meet: (id: number, response: ServerResponse, request: IncomingMessage) => void;
  before(async () => {
    server = createServer((request, response) => {
      void text(request).then((body) =>
        meet((JSON.parse(body) as { id: number }).id, response, request),
      );
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    endpoint = openEndpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
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
      response.writeHead(429, { "retry-after": date(1_060) }).end();
    };
    expect((await faultOf(ask("eth_chainId"))).retryAfter).to.equal(undefined);
  });
});
