import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import { expect } from "chai";

import { connect } from "../../agents/connect.ts";
import { ChainError } from "../../agents/errors.ts";

/** What a server is asked, and what it answers. */
type Asked = { method: string | undefined; type: string | undefined; body: unknown };

/** A server on this machine that answers every request alike; the request's id stands for ID. */
async function withServer(
  answer: string,
  action: (url: string, asked: Asked[]) => Promise<void>,
): Promise<void> {
  const asked: Asked[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const { method, headers } = request;
      const body = JSON.parse(text) as { id: number };
      asked.push({ method, type: headers["content-type"], body });
      response.setHeader("content-type", "application/json");
      response.end(answer.replace("ID", `${body.id}`));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await action(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function complaintOf(url: string): Promise<Error> {
  try {
    await connect(url);
  } catch (error) {
    return error as Error;
  }
  return expect.fail("it connected");
}

describe("Connecting", () => {
  it("asks the node for its chain, once and for all", async () => {
    await withServer('{"jsonrpc":"2.0","id":ID,"result":"0x7a6a"}', async (url, asked) => {
      const provider = await connect(url);
      expect(asked).to.deep.equal([
        {
          method: "POST",
          type: "application/json",
          body: { jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] },
        },
      ]);
      const { chainId } = await provider.getNetwork();
      expect(chainId).to.equal(31_338n);
      expect(asked).to.have.lengthOf(1);
      expect(provider._getConnection().url).to.equal(url);
      provider.destroy();
    });
  });

  it("reads the chain afresh each time it is asked", async () => {
    await withServer('{"jsonrpc":"2.0","id":ID,"result":"0x5"}', async (url, asked) => {
      const provider = await connect(url);
      await provider.getBlockNumber();
      await provider.getBlockNumber();
      const methods = asked.map(({ body }) => (body as { method: string }).method);
      expect(methods).to.deep.equal(["eth_chainId", "eth_blockNumber", "eth_blockNumber"]);
      provider.destroy();
    });
  });

  describe("says in one line that there is no node", () => {
    it("and why, when nothing listens", async () => {
      const error = await complaintOf("http://127.0.0.1:1/v3/secret-key");
      expect(error).to.be.instanceOf(ChainError);
      expect(error.message).to.match(
        /^--rpc: no Ethereum node answers at 127\.0\.0\.1:1 \((ECONNREFUSED|bad port)\); start one with: npx hardhat node$/,
      );
      expect(error.cause).to.be.instanceOf(Error);
    });

    it("where no machine can be", async () => {
      const error = await complaintOf("https://node.invalid/v3/secret-key");
      expect(error.message).to.match(
        /^--rpc: no Ethereum node answers at node\.invalid \(\w+\); check the URL$/,
      );
    });

    for (const url of ["localhost", "localhost:8545", "ws://127.0.0.1:8545", "http://"]) {
      it(`when the URL is ${url}`, async () => {
        const error = await complaintOf(url);
        expect(error).to.be.instanceOf(ChainError);
        expect(error.message).to.equal(
          `--rpc: given "${url}", allowed a node's http(s) URL, as in http://127.0.0.1:8545`,
        );
      });
    }

    for (const answer of [
      "<html>hello</html>",
      '{"result":5}',
      '{"id":ID,"result":"hello"}',
      "{}",
    ]) {
      it(`when what is there answers ${answer}`, async () => {
        await withServer(answer, async (url) => {
          const error = await complaintOf(url);
          expect(error).to.be.instanceOf(ChainError);
          expect(error.message).to.match(
            /^--rpc: no Ethereum node answers at 127\.0\.0\.1:\d+ \(the answer is no/,
          );
        });
      });
    }
  });
});
