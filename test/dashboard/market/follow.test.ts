import { expect } from "chai";

import { followMarket } from "../../../dashboard/market/follow.ts";
import { followedOf, type Followed, type Link } from "../../../dashboard/market/link.ts";
import type { Where } from "../../../dashboard/market/where.ts";
import { createStore, type Store } from "../../../dashboard/store.ts";
import type { LocalMarkets } from "../../../markets/local-markets.ts";
import { numberFromFixed } from "../../../mechanism/fixed-point.ts";
import { startFaultyProxy } from "../../agents/faulty-proxy.ts";
import { startSmallMarket, type SmallMarket } from "../small-market.ts";

/** The capacities of a market's epochs, as they have been read. */
const capacities = (now: Link): number[] =>
  followedOf(now)?.replay.epochs.map(({ capacity }) => numberFromFixed(capacity)) ?? [];
const isLive = (now: Link): boolean => now.status === "live";
const noteOf = (now: Link): string => ("note" in now ? now.note : "");

describe("A market that the page follows", function () {
  this.timeout(60_000);

  let market: SmallMarket;
  let link: Store<Link>;
  let stop: AbortController;
  before(async () => {
    market = await startSmallMarket(3);
    await market.join();
  });
  after(() => market.chain.close());
  beforeEach(() => {
    link = createStore<Link>({ status: "idle" });
    stop = new AbortController();
  });
  afterEach(() => stop.abort());

  const start = (where: Where, readLocal?: () => Promise<LocalMarkets | undefined>): void =>
    void followMarket(
      where,
      link,
      stop.signal,
      readLocal ?? (() => Promise.resolve<LocalMarkets | undefined>(undefined)),
    );
  const until = (holds: (now: Link) => boolean): Promise<Link> =>
    new Promise((resolve) => {
      link.follow((now) => {
        if (holds(now)) resolve(now);
      });
    });

  it("is read over a WebSocket as over HTTP, and kept up with", async () => {
    start({ rpc: market.chain.url.replace("http", "ws"), market: market.address });
    const { replay } = followedOf(await until(isLive))!;
    expect(replay.market.totals.members).to.equal(3n);
    await market.open(4);
    await until((now) => capacities(now).includes(4));
    await market.clear();
    await until((now) => followedOf(now)!.replay.epochs[0]!.reason !== null);
  });

  it("is as the chain has it after blocks were taken back, and others put in their place", async () => {
    const { provider, url } = market.chain;
    const snapshot: unknown = await provider.send("evm_snapshot", []);
    start({ rpc: url, market: market.address });
    const first = capacities(await until(isLive));
    await market.open(5);
    await market.clear();
    const now = await until((now) => {
      const last = followedOf(now)?.replay.epochs.at(-1);
      return capacities(now).length > first.length && last?.reason !== null;
    });
    expect(capacities(now)).to.deep.equal([...first, 5]);
    const { reading } = followedOf(now)!;

    await provider.send("evm_revert", [snapshot]);
    // A chain that is shorter than it was may be another node's that is behind: it is not believed at once.
    await until(({ status }) => status === "lost");
    expect(noteOf(link.get())).to.equal("The node is behind what it said before.");
    await until((now) => isLive(now) && capacities(now).length === first.length);
    expect(followedOf(link.get())!.reading).to.be.greaterThan(reading);
    await market.open(6);
    await until((now) => capacities(now).at(-1) === 6);
    expect(capacities(link.get())).to.deep.equal([...first, 6]);
    await market.clear();
  });

  it("is the one deployed last from here, also when that is another by now, on another node", async () => {
    const other = await startSmallMarket(2);
    try {
      let told = market.local;
      start({}, () => Promise.resolve(told));
      await until(isLive);
      expect(followedOf(link.get())).to.include({ rpc: market.chain.url, name: "small" });
      told = other.local;
      const isOther = (followed: Followed | undefined) => followed?.rpc === other.chain.url;
      await until((now) => isOther(followedOf(now)));
    } finally {
      stop.abort();
      await other.chain.close();
    }
  });

  it("is asked for in a sentence where nobody says which, or there is none", async () => {
    const { url } = market.chain;
    const saying = async (where: Where, local: LocalMarkets | undefined, words: string) => {
      const ends = new AbortController();
      const told = createStore<Link>({ status: "idle" });
      void followMarket(where, told, ends.signal, () => Promise.resolve(local));
      await new Promise<void>((resolve) => {
        told.follow((now) => {
          if (now.status === "refused") resolve();
        });
      });
      ends.abort();
      expect(noteOf(told.get())).to.include(words);
    };
    const nothing = { rpc: url, markets: [] };
    await saying({ market: market.address }, undefined, "Say which node to ask");
    await saying({ rpc: url }, undefined, "Give the address of a market on chain 31337.");
    await saying({}, nothing, "No market has been deployed from here on chain 31337 yet");
    await saying({ rpc: "http://127.0.0.1:9" }, nothing, "No node answers at 127.0.0.1:9");
    const stranger = "0x000000000000000000000000000000000000dEaD";
    await saying(
      { rpc: url, market: stranger },
      undefined,
      `Chain 31337: no contract at ${stranger}`,
    );
    for (const block of [await market.chain.provider.getBlockNumber(), 10 ** 15 - 1]) {
      const late = `From block: given ${block}, allowed the one of the market's deployment or any`;
      await saying({ rpc: url, market: market.address, block }, undefined, late);
    }
    start({});
    await until(({ status }) => status === "idle");
  });

  it("is not believed where the node keeps only some of its events", async () => {
    const proxy = await startFaultyProxy(market.chain.url, ({ method }) =>
      method === "eth_getLogs"
        ? { change: (logs) => (logs as unknown[]).slice(0, (logs as unknown[]).length / 2) }
        : "pass",
    );
    try {
      start({ rpc: proxy.url, market: market.address });
      const now = await until(({ status }) => status === "refused");
      expect(noteOf(now)).to.include("do not add up to what the market says");
    } finally {
      stop.abort();
      proxy.close();
    }
  });

  it("is let go of when the page is told to follow another", async () => {
    start({ rpc: market.chain.url, market: market.address });
    await until(isLive);
    stop.abort();
    let heard = 0;
    link.follow(() => (heard += 1));
    await market.open(8);
    await market.clear();
    expect(heard, "what the listener was told on coming").to.equal(1);
  });
});
