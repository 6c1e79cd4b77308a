import { expect } from "chai";
import { Registry } from "prom-client";

import { NotTaken } from "../../../agents/relay/checks.ts";
import { createPool, type Pool } from "../../../agents/relay/pool.ts";
import { bodyOf, MAX_BODY, parseDemand } from "../../../agents/relay/request.ts";
import type { Listening } from "../../../agents/program/listen.ts";
import { startServer } from "../../../agents/relay/server.ts";
import type { SignedDemand } from "../../../agents/relay/signed-demand.ts";

const AGENT = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const demand: SignedDemand = { agent: AGENT, epoch: 1n, round: 2n, demand: 3n, signature: "0x12" };

describe("A relay's server", () => {
  let server: Listening;
  let pool: Pool;
  let problems: string[];
  let refusal: Error | null;
  let answered: number[];
  beforeEach(async () => {
    [pool, problems, refusal, answered] = [createPool(), [], null, []];
    server = await startServer(
      { host: "127.0.0.1", port: 0 },
      {
        pool,
        check: () => (refusal === null ? Promise.resolve() : Promise.reject(refusal)),
        onAnswer: (status) => answered.push(status),
        registry: new Registry(),
        problems: () => problems,
        rate: 1000,
      },
    );
  });
  afterEach(() => server.close());

  const post = async (body: string): Promise<[number, unknown]> => {
    const response = await fetch(`${server.url}/demands`, { method: "POST", body });
    return [response.status, await response.json()];
  };
  const get = async (path: string): Promise<[number, unknown]> => {
    const response = await fetch(`${server.url}${path}`);
    return [response.status, await response.json()];
  };

  it("takes what the market would count into the pool, and counts its answers", async () => {
    expect(await post(bodyOf(demand))).to.deep.equal([202, { status: "waiting" }]);
    expect(pool.of(AGENT)).to.deep.equal({ demand, status: "waiting" });
    expect(answered).to.deep.equal([202]);
  });

  it("takes no second demand of a round, and one of the next", async () => {
    await post(bodyOf(demand));
    const [status] = await post(bodyOf({ ...demand, demand: 4n }));
    expect(status).to.equal(409);
    expect((await post(bodyOf({ ...demand, demand: 4n, round: 3n })))[0]).to.equal(202);
    expect(answered).to.deep.equal([202, 409, 202]);
  });

  it("tells why it does not take one, or that it cannot ask the chain", async () => {
    refusal = new NotTaken(402, "too little");
    expect(await post(bodyOf(demand))).to.deep.equal([402, { error: "too little" }]);
    refusal = new Error("no node");
    expect(await post(bodyOf(demand))).to.deep.equal([503, { error: "no node" }]);
    expect(pool.of(AGENT)).to.equal(undefined);
  });

  it("tells of an agent's last demand, however its address is written", async () => {
    pool.add(demand);
    Object.assign(pool.of(AGENT)!, { status: "skipped", reason: "why", hash: "0x1" });
    const expected = {
      epoch: "1",
      round: "2",
      demand: "3",
      status: "skipped",
      reason: "why",
      hash: "0x1",
    };
    expect(await get(`/demands/${AGENT}`)).to.deep.equal([200, expected]);
    expect(await get(`/demands/${AGENT.toLowerCase()}`)).to.deep.equal([200, expected]);
    const other = `0x${"0".repeat(39)}1`;
    const error = `agent: given ${other}, nothing is known of it`;
    expect(await get(`/demands/${other}`)).to.deep.equal([404, { error }]);
  });

  it("tells what is wrong", async () => {
    expect(await get("/health")).to.deep.equal([200, { status: "ok", problems: [] }]);
    problems.push("the budget is spent");
    expect(await get("/health")).to.deep.equal([503, { status: "failing", problems }]);
    const error = "allowed: POST /demands, GET /demands/AGENT, GET /health, GET /metrics";
    expect(await get("/demands/0x12")).to.deep.equal([404, { error }]);
  });

  it("reads no more than it must", async () => {
    const error = `body: allowed ${MAX_BODY} bytes`;
    expect(await post(" ".repeat(MAX_BODY + 1))).to.deep.equal([413, { error }]);
    expect((await post(" ".repeat(MAX_BODY)))[0]).to.equal(400);
  });

  it("says in one line that its port is taken", async () => {
    const port = Number(new URL(server.url).port);
    const error = await startServer({ host: "127.0.0.1", port }, {} as never).catch(
      (cause: unknown) => cause,
    );
    expect((error as Error).message).to.equal(
      `--port: port ${port} of 127.0.0.1 is taken; allowed a port that is free, or 0 for any`,
    );
  });
});

describe("A request to a relay", () => {
  it("says the same as the demand it was made from", () => {
    expect(parseDemand(bodyOf(demand))).to.deep.equal(demand);
  });

  const good = JSON.parse(bodyOf(demand)) as Record<string, unknown>;
  const changed = (change: Record<string, unknown>): string =>
    JSON.stringify({ ...good, ...change });
  const whole = (bits: number): string => `a whole number below 2^${bits}, in a string`;
  const all = "agent, epoch, round, demand, signature";
  const refusals: [body: string, sentence: string][] = [
    ["{", `body: no JSON, allowed an object with ${all}`],
    ["[]", `body: allowed an object with ${all} and nothing else`],
    [changed({ more: 1 }), `body: allowed an object with ${all} and nothing else`],
    [changed({ agent: "me" }), 'agent: given "me", allowed an address, its checksum right'],
    [changed({ agent: undefined }), "agent: given nothing, allowed an address, its checksum right"],
    [changed({ epoch: "-1" }), `epoch: given "-1", allowed ${whole(24)}`],
    [changed({ epoch: String(2 ** 24) }), `epoch: given "16777216", allowed ${whole(24)}`],
    [changed({ round: "65536" }), `round: given "65536", allowed ${whole(16)}`],
    [changed({ demand: 5 }), `demand: given 5, allowed ${whole(88)}: units with 18 decimals`],
    [
      changed({ demand: String(2n ** 88n) }),
      `demand: given "${2n ** 88n}", allowed ${whole(88)}: units with 18 decimals`,
    ],
    [changed({ signature: "0x123" }), 'signature: given "0x123", allowed hex of 0 to 2048 bytes'],
    [
      changed({ signature: `0x${"ab".repeat(2049)}` }),
      `signature: given "0x${"ab".repeat(38)}a, allowed hex of 0 to 2048 bytes`,
    ],
  ];
  for (const [body, sentence] of refusals) {
    it(`is refused in one line: ${sentence.slice(0, 60)}`, () => {
      expect(() => parseDemand(body))
        .to.throw(NotTaken)
        .that.includes({ status: 400, message: sentence });
    });
  }

  it("may hold the largest of everything", () => {
    const most = { epoch: 2n ** 24n - 1n, round: 2n ** 16n - 1n, demand: 2n ** 88n - 1n };
    const largest = { ...demand, ...most, signature: `0x${"ab".repeat(2048)}` };
    expect(parseDemand(bodyOf(largest))).to.deep.equal(largest);
  });
});
