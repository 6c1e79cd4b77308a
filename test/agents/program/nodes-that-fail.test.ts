import { connect as connectTo, createServer, type AddressInfo, type Socket } from "node:net";

import { expect } from "chai";
import { keccak256 } from "ethers";

import { FAULTS } from "../../../agents/chain/faults.ts";
import { readTotals } from "../../../agents/market.ts";
import { replayOf, type Deployed } from "../fleet-chain.ts";
import type { Fate } from "../faulty-proxy.ts";
import { AGENTS, newMarket, overProxy, startRun, type RunningFleet } from "./running-fleet.ts";

/** Nothing listens there. */
const NOWHERE = "http://127.0.0.1:9";

describe("Agents as a program, over nodes that fail", function () {
  this.timeout(60_000);

  const over = overProxy();

  /** Run an epoch to its end; everybody is in before it opens. */
  async function clear(
    overrides: Record<string, unknown>,
  ): Promise<Deployed & { fleet: RunningFleet }> {
    const market = await newMarket(over.chain);
    over.fleet = startRun(market, overrides, { once: false });
    await untilJoined(market);
    await market.open();
    await over.fleet.heard("epoch ended");
    return { ...market, fleet: over.fleet };
  }

  async function untilJoined({ market }: Deployed): Promise<void> {
    while ((await readTotals(market)).members < AGENTS) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Each agent deposited once and answered each round at most once, and has sent nothing else. */
  async function checkNothingTwice(deployed: Deployed): Promise<void> {
    const { statements, market } = await replayOf(over.chain, deployed);
    expect(market.outcomes.get(1n)!.reason).to.equal("Converged");
    for (const { wallet, deposit } of deployed.members) {
      expect(statements.get(wallet.address)!.deposited).to.equal(deposit);
    }
  }

  it("clears the market on a node that does not fail, and counts no fault", async () => {
    const cleared = await clear({ rpc: [over.chain.url] });
    await checkNothingTwice(cleared);
    expect(await over.fleet!.metric("clearing_rpc_requests_total")).to.be.greaterThan(50);
    for (const fault of FAULTS) {
      expect(await over.fleet!.metric("clearing_rpc_requests_total", fault), fault).to.equal(0);
    }
    expect(await over.fleet!.metric("clearing_transactions_total", 'kind="join"')).to.equal(
      2 * AGENTS,
    );
    expect(await over.fleet!.metric("clearing_gas_spent_ether_total")).to.be.greaterThan(0);
    expect((await over.fleet!.health()).status).to.equal(200);
  });

  it("goes to the next node while the first is down", async () => {
    await checkNothingTwice(await clear({ rpc: [NOWHERE, over.chain.url] }));
    expect(await over.fleet!.metric("clearing_rpc_failovers_total")).to.be.greaterThan(10);
    const faults = await over.fleet!.metric("clearing_rpc_requests_total", 'outcome="unreachable"');
    expect(faults).to.be.greaterThan(0);
  });

  it("goes to the next node while the first is slow", async () => {
    const slow = await over.through(({ method }) =>
      method === "eth_chainId" ? "pass" : { delay: 60_000 },
    );
    await checkNothingTwice(await clear({ rpc: [slow, over.chain.url], timeout: 0.1 }));
    const faults = await over.fleet!.metric("clearing_rpc_requests_total", 'outcome="timeout"');
    expect(faults).to.be.greaterThan(0);
  });

  it("leaves a node alone that answers 429, for as long as Retry-After says", async () => {
    let limited = 0;
    const limit = await over.through(({ method }) => {
      if (method === "eth_chainId" || limited > 0) return "pass";
      limited++;
      return { status: 429, headers: { "retry-after": "3600" } };
    });
    await checkNothingTwice(await clear({ rpc: [limit, over.chain.url] }));
    expect(await over.fleet!.metric("clearing_rpc_requests_total", "rate-limited")).to.equal(1);
    expect(over.proxy!.asked.filter(({ method }) => method !== "eth_chainId")).to.have.lengthOf(1);
  });

  it("asks again after HTTP errors, pages and errors of the node's own", async () => {
    let count = 0;
    const fates: Fate[] = [
      { status: 502, body: "<html>Bad Gateway</html>" },
      { status: 200, body: "<html>hello</html>" },
      { error: { code: -32603, message: "Internal error" } },
      "drop",
    ];
    const url = await over.through(() => (++count % 5 === 0 ? fates[(count / 5) % 4]! : "pass"));
    await checkNothingTwice(await clear({ rpc: [url] }));
    for (const fault of ["server-error", "bad-answer", "unreachable"]) {
      expect(
        await over.fleet!.metric("clearing_rpc_requests_total", fault),
        fault,
      ).to.be.greaterThan(0);
    }
  });

  it("never acts on an older head than it has seen", async () => {
    let [old, count] = [undefined as unknown, 0];
    const url = await over.through(({ method, params }) => {
      if (method !== "eth_getBlockByNumber" || params[0] !== "latest") return "pass";
      // Every third head is the one of the beginning.
      return { change: (head) => (++count % 3 === 0 ? old : ((old ??= head), head)) };
    });
    await checkNothingTwice(await clear({ rpc: [url] }));
    expect(await over.fleet!.metric("clearing_rpc_requests_total", "stale")).to.be.greaterThan(5);
    expect(await over.fleet!.metric("clearing_transactions_total", "late")).to.equal(0);
  });

  it("sends what a node has accepted and dropped again, the same transaction", async () => {
    const dropped = new Set<string>();
    const url = await over.through(({ method, params }) => {
      const [raw] = params as [string];
      if (method !== "eth_sendRawTransaction" || dropped.has(raw)) return "pass";
      dropped.add(raw);
      return { result: keccak256(raw) };
    });
    await checkNothingTwice(await clear({ rpc: [url] }));
    expect(
      await over.fleet!.metric("clearing_transaction_steps_total", '"sent again"'),
    ).to.be.greaterThan(5);
    expect(await over.fleet!.metric("clearing_transaction_steps_total", '"replaced"')).to.equal(0);
  });

  it("takes no harm when the answer to a transaction is lost, or it arrives twice", async () => {
    let sends = 0;
    const url = await over.through(({ method }) =>
      method === "eth_sendRawTransaction" ? (++sends % 2 === 0 ? "swallow" : "twice") : "pass",
    );
    await checkNothingTwice(await clear({ rpc: [url] }));
    expect(await over.fleet!.metric("clearing_transaction_steps_total", "overtaken")).to.equal(0);
    expect(await over.fleet!.metric("clearing_transactions_total", "failed")).to.equal(0);
  });

  it("goes on over a WebSocket that is cut again and again", async () => {
    const sockets = new Set<Socket>();
    const { port } = new URL(over.chain.url);
    let passed = 0;
    const tunnel = createServer((socket) => {
      const node = connectTo(Number(port), "127.0.0.1");
      for (const one of [socket, node]) {
        sockets.add(one);
        one.on("error", () => undefined);
      }
      socket.pipe(node);
      node.pipe(socket);
      socket.on("data", () => {
        if (++passed % 60 === 0) socket.destroy();
      });
      socket.on("close", () => node.destroy());
    });
    await new Promise<void>((resolve) => tunnel.listen(0, "127.0.0.1", resolve));
    try {
      const url = `ws://127.0.0.1:${(tunnel.address() as AddressInfo).port}`;
      await checkNothingTwice(await clear({ rpc: [url] }));
      const cuts = await over.fleet!.metric("clearing_rpc_requests_total", 'outcome="unreachable"');
      expect(cuts).to.be.greaterThan(0);
    } finally {
      tunnel.close();
      for (const socket of sockets) socket.destroy();
    }
  });

  it("answers a round that opens while what it asked before is still on its way", async () => {
    const market = await newMarket(over.chain);
    over.fleet = startRun(market, { rpc: [over.chain.url] }, { once: false });
    await untilJoined(market);
    await over.fleet.stop();

    const read = market.market.contract.interface.getFunction("settledAccount")!.selector;
    let [held, release] = [0, (): void => undefined];
    const after = new Promise<void>((resolve) => (release = resolve));
    const url = await over.through(({ method, params: [call] }) => {
      const isRead = method === "eth_call" && (call as { data: string }).data.startsWith(read);
      if (!isRead || held === AGENTS) return "pass";
      held++;
      return { after };
    });
    over.fleet = startRun(market, { rpc: [url], timeout: 30 }, { once: false });
    await over.fleet.heard("started");
    while (held < AGENTS) await new Promise((resolve) => setTimeout(resolve, 20));
    await market.open();
    await over.fleet.heard("round");
    release();
    await over.fleet.heard("epoch ended");
    await checkNothingTwice(market);
  });

  it("stops when it is told to, also while no node answers", async () => {
    let isDown = false;
    const url = await over.through(({ method }) =>
      isDown ? { delay: 60_000 } : method === "eth_sendRawTransaction" ? { status: 503 } : "pass",
    );
    const market = await newMarket(over.chain);
    over.fleet = startRun(market, { rpc: [url], timeout: 60 }, { once: false });
    await over.fleet.heard("transaction sent");
    isDown = true;
    await over.fleet.stop();
    expect(over.fleet.records.at(-1)).to.include({ event: "stopped", epoch: "0" });
  });

  it("says in /health that no node answers, and goes on when one does", async () => {
    let isDown = false;
    const url = await over.through(() => (isDown ? "drop" : "pass"));
    const market = await newMarket(over.chain);
    over.fleet = startRun(
      market,
      { rpc: [url], monitor: { port: 0, staleAfter: 1 } },
      { once: false },
    );
    await untilJoined(market);
    isDown = true;
    let health = await over.fleet.health();
    while (health.status === 200) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      health = await over.fleet.health();
    }
    expect(health.status).to.equal(503);
    expect(health.body["problems"]).to.match(
      /no node has answered with the chain's head for \d+ s/,
    );
    isDown = false;
    await market.open();
    await over.fleet.heard("epoch ended");
    expect((await over.fleet.health()).status).to.equal(200);
  });
});
