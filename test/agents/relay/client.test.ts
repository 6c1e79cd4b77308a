import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import { expect } from "chai";
import { verifyTypedData, Wallet } from "ethers";

import type { Deliver } from "../../../agents/fleet.ts";
import type { Market } from "../../../agents/market.ts";
import { viaRelay } from "../../../agents/relay/client.ts";
import { DEMAND_TYPES, domainOf } from "../../../agents/relay/signed-demand.ts";

const ADDRESS = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const wallet = new Wallet(`0x${"5a".repeat(32)}`);
const DIRECT = { hash: "0xd1", gasUsed: 5n };

/** Whether the node answers. */
let isNodeUp = true;
/** A market whose round ends at 1,000 and is 400 long: agents wait until 900. */
const market = {
  address: ADDRESS,
  contract: {
    getFunction: (name: string) => ({
      staticCall: () =>
        isNodeUp
          ? Promise.resolve({ totals: { deadline: 1000n }, rules: { roundLength: 400n } }[name])
          : Promise.reject(new Error("no node answers")),
    }),
  },
} as unknown as Market;

describe("An agent with a relay", () => {
  let bodies: string[];
  let answer: RequestListener;
  let url: string;
  let now: bigint;
  let sent: string[];
  let fallbacks: string[];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      answer(request, response);
    });
  });
  before(async () => {
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  beforeEach(() => {
    [bodies, sent, fallbacks, now, isNodeUp] = [[], [], [], 700n, true];
    answer = (_, response) => response.writeHead(202).end('{"status":"waiting"}');
  });

  const direct: Deliver = (_contract, _wallet, method) => {
    sent.push(method);
    return Promise.resolve(DIRECT);
  };
  const client = (relay = url): Deliver =>
    viaRelay(direct, {
      relay,
      market,
      chainId: 7n,
      now: () => Promise.resolve(now),
      onFallback: (agent, reason) => {
        expect(agent).to.equal(wallet.address);
        fallbacks.push(reason);
      },
    });
  const submit = (deliver: Deliver, round = 3n, demand: unknown = 9n) =>
    deliver(market.contract, wallet, "submit", [2n, round, demand]);

  it("signs its demand for this market, chain, epoch and round, and sends nothing itself", async () => {
    expect(await submit(client(`${url}/`))).to.deep.equal({ hash: "", gasUsed: 0n });
    const { signature, ...said } = JSON.parse(bodies[0]!) as Record<string, string>;
    expect(said).to.deep.equal({ agent: wallet.address, epoch: "2", round: "3", demand: "9" });
    const signer = verifyTypedData(
      domainOf({ chainId: 7n, address: ADDRESS }),
      DEMAND_TYPES,
      said,
      signature!,
    );
    expect(signer).to.equal(wallet.address);
    expect([sent, fallbacks]).to.deep.equal([[], []]);
  });

  it("signs the mean of samples, rounded down as the market does", async () => {
    await client()(market.contract, wallet, "submitSamples", [2n, 3n, [1n, 2n, 5n]]);
    expect(JSON.parse(bodies[0]!)).to.include({ demand: "2" });
  });

  it("waits until a quarter of the round is left, then submits by itself", async () => {
    const deliver = client();
    await submit(deliver);
    now = 899n;
    expect(await submit(deliver)).to.deep.equal({ hash: "", gasUsed: 0n });
    expect(sent).to.deep.equal([]);
    now = 900n;
    expect(await submit(deliver)).to.equal(DIRECT);
    expect(sent).to.deep.equal(["submit"]);
    expect(fallbacks).to.deep.equal(["the relay has not brought the demand to the chain"]);
    expect(bodies).to.have.length(1);
  });

  it("posts again in the next round", async () => {
    const deliver = client();
    await submit(deliver);
    await submit(deliver, 4n);
    expect(bodies.map((body) => (JSON.parse(body) as { round: string }).round)).to.deep.equal([
      "3",
      "4",
    ]);
    expect(sent).to.deep.equal([]);
  });

  it("submits by itself at once where the relay refuses", async () => {
    answer = (_, response) => response.writeHead(409).end("no, and for this reason");
    expect(await submit(client())).to.equal(DIRECT);
    expect(fallbacks).to.deep.equal(["the relay answers 409: no, and for this reason"]);
  });

  it("does not wait for a relay that has refused when its own submission has to be sent again", async () => {
    answer = (_, response) => response.writeHead(409).end("no");
    const deliver = client();
    await submit(deliver);
    expect(await submit(deliver)).to.equal(DIRECT);
    expect([sent.length, bodies.length, fallbacks.length]).to.deep.equal([2, 1, 1]);
  });

  it("is sent nowhere else by a relay", async () => {
    answer = (_, response) => response.writeHead(307, { location: `${url}/other` }).end();
    expect(await submit(client())).to.equal(DIRECT);
    expect(bodies).to.have.length(1);
  });

  it("submits by itself at once where no relay is", async () => {
    expect(await submit(client("http://127.0.0.1:9"))).to.equal(DIRECT);
    expect(fallbacks[0]).to.match(/^the relay does not answer: /);
  });

  it("does not wait for a relay that takes its time, nor for one that never ends its answer", async () => {
    answer = () => undefined;
    expect(await submit(client())).to.equal(DIRECT);
    expect(fallbacks[0]).to.match(/^the relay does not answer: .*(?:timeout|aborted)/);
    answer = (_, response) => response.writeHead(500).write("because of");
    expect(await submit(client())).to.equal(DIRECT);
    expect(fallbacks[1]).to.equal("the relay answers 500: because of");
  }).timeout(10_000);

  it("waits no longer for a relay that three of the round had no answer from, until the next round", async () => {
    let asked = 0;
    answer = (request) => {
      asked++;
      request.socket.destroy();
    };
    const others = Array.from(
      { length: 6 },
      (_, index) => new Wallet(`0x${index + 1}`.padEnd(66, "7")),
    );
    const silent = viaRelay(direct, {
      ...{ relay: url, market, chainId: 7n, now: () => Promise.resolve(now) },
      onFallback: (_, reason) => fallbacks.push(reason),
    });
    for (const one of others) await silent(market.contract, one, "submit", [2n, 3n, 9n]);
    expect([sent.length, asked]).to.deep.equal([6, 3]);
    expect(fallbacks.slice(3)).to.deep.equal(
      Array(3).fill("the relay has not answered others of this round"),
    );
    await silent(market.contract, others[0]!, "submit", [2n, 4n, 9n]);
    expect(asked).to.equal(4);
  });

  it("asks again for the end of its waiting when no node has told it", async () => {
    const deliver = client();
    await submit(deliver);
    [now, isNodeUp] = [900n, false];
    const error = await submit(deliver).catch((reason: unknown) => (reason as Error).message);
    expect(error).to.equal("no node answers");
    isNodeUp = true;
    expect(await submit(deliver)).to.equal(DIRECT);
  });

  it("posts another answer of the same round, as after a reorganisation, and submits it itself if it is late", async () => {
    const deliver = client();
    await submit(deliver);
    answer = (_, response) => response.writeHead(409).end("has signed another");
    expect(await submit(deliver, 3n, 8n)).to.equal(DIRECT);
    expect(bodies.map((body) => (JSON.parse(body) as { demand: string }).demand)).to.deep.equal([
      "9",
      "8",
    ]);
  });

  it("sends everything else directly", async () => {
    expect(await client()(market.contract, wallet, "closeRound", [])).to.equal(DIRECT);
    expect([sent, bodies]).to.deep.equal([["closeRound"], []]);
  });
});
