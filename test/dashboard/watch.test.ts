import { expect } from "chai";
import type { Page } from "playwright-core";

import { formatNumber } from "../../scripts/output/format.ts";
import { readLogs } from "../../agents/events.ts";
import { replay } from "../../agents/replay.ts";
import { numberFromFixed } from "../../mechanism/fixed-point.ts";
import { startFaultyProxy } from "../agents/faulty-proxy.ts";
import { keepScreenshot, openPage } from "./open-page.ts";
import { startSmallMarket, type SmallMarket } from "./small-market.ts";

const headline = (page: Page) => page.locator("h1");
const says = (page: Page, text: string | RegExp) =>
  headline(page).filter({ hasText: text }).waitFor();
const tile = (page: Page, name: string) =>
  page.locator(".tiles > div").filter({ hasText: name }).locator("dd").first().innerText();
const pricesOf = (page: Page) =>
  page.getByRole("region", { name: "Rounds" }).locator("tbody td:nth-child(2)").allInnerTexts();

describe("Watch", function () {
  this.timeout(120_000);

  let market: SmallMarket;
  before(async () => {
    market = await startSmallMarket(6);
  });
  after(() => market.chain.close());

  /** What the chain says of every round, oldest first. */
  const readRounds = async () => {
    const last = await market.chain.provider.getBlockNumber();
    return replay(await readLogs(market.chain.provider, market.address, 0, last)).rounds;
  };

  it("shows a market clear, round by round, as it happens", async () => {
    const page = await openPage({ local: market.local });
    await says(page, "No epoch has been opened yet.");
    await market.join();
    await market.open(9);
    await says(page, "Round 0: the price is posted, answers are awaited.");
    let closed = 0;
    await market.clear(async () => {
      if (closed < 2) await says(page, `Round ${closed}: all have answered.`);
      if (closed === 1) await keepScreenshot(page, "watch-open");
      closed += 1;
    });
    await says(page, /^The market (cleared|settled) at /);

    const rounds = await readRounds();
    expect(rounds).to.have.length(closed);
    const prices = rounds.toReversed().map(({ price }) => formatNumber(numberFromFixed(price)));
    expect(await pricesOf(page)).to.deep.equal(prices);
    expect(await page.locator(".price").innerText()).to.equal(prices[0]);
    expect(await tile(page, "Rounds")).to.equal(String(closed));
    await page.locator(".tiles").getByText("mean of 6 in round").first().waitFor();
  });

  it("goes back to an epoch that is over, and stays there while the next runs", async () => {
    await market.open(6);
    await market.clear();
    const page = await openPage({ local: market.local });
    const rounds = await readRounds();
    const pricesIn = (epoch: bigint) =>
      rounds
        .filter((round) => round.epoch === epoch)
        .toReversed()
        .map(({ price }) => formatNumber(numberFromFixed(price)));
    await says(page, "The market");
    expect(await pricesOf(page)).to.deep.equal(pricesIn(2n));
    await page.getByLabel("Epoch").selectOption("1");
    await page.locator(".load").filter({ hasText: "of 9 units" }).waitFor();
    expect(await pricesOf(page)).to.deep.equal(pricesIn(1n));

    await market.open(12);
    await page.getByRole("option", { name: "Epoch 3" }).waitFor({ state: "attached" });
    expect(await pricesOf(page)).to.deep.equal(pricesIn(1n));
    await page.getByLabel("Epoch").selectOption("3");
    await says(page, "Round 0");
    await market.clear();
    await says(page, "The market");
  });

  it("says when the node is lost, keeps what it said, and goes on by itself", async () => {
    let isDead = false;
    const proxy = await startFaultyProxy(market.chain.url, () => (isDead ? "drop" : "pass"));
    try {
      const page = await openPage({ query: { rpc: proxy.url, market: market.address } });
      await says(page, "The market");
      isDead = true;
      await page.getByText("Connection lost").waitFor();
      await page.getByText("The node no longer answers.").waitFor();
      await says(page, "The market");
      await keepScreenshot(page, "watch-lost");
      await market.open(8);
      isDead = false;
      await says(page, "Round 0");
      expect(await page.locator("header").innerText()).to.include("Live");
      expect(await page.getByText("The node no longer answers.").count()).to.equal(0);
      await market.clear();
    } finally {
      proxy.close();
    }
  });

  it("follows over a WebSocket, and shows the chain's truth when rounds are taken back", async () => {
    const { provider, url } = market.chain;
    const rpc = url.replace("http", "ws");
    const page = await openPage({ query: { rpc, market: market.address } });
    await says(page, "The market");
    const before = await page.locator("h1").innerText();
    const load = await page.locator(".load").innerText();
    const snapshot: unknown = await provider.send("evm_snapshot", []);
    await market.open(10);
    await market.clear();
    await page.locator(".load").filter({ hasText: "of 10 units" }).waitFor();
    await says(page, "The market");
    await provider.send("evm_revert", [snapshot]);
    await page.locator(".load").filter({ hasText: load }).waitFor();
    expect(await page.locator("h1").innerText()).to.equal(before);
    expect(await pricesOf(page)).to.have.length.greaterThan(0);
    await market.open(11);
    await page.locator(".load").filter({ hasText: "of 11 units" }).waitFor();
    await market.clear();
  });

  it("says in one sentence that there is no market at the address on this chain", async () => {
    const stranger = "0x000000000000000000000000000000000000dEaD";
    const page = await openPage({ query: { rpc: market.chain.url, market: stranger } });
    await page
      .locator(".notice")
      .filter({ hasText: `Chain 31337: no contract at ${stranger} on chain 31337;` })
      .waitFor();
    expect(await page.getByText("No market", { exact: true }).count()).to.equal(1);
    await keepScreenshot(page, "watch-no-market");
  });

  it("keeps what is typed as soon as the form is open", async () => {
    const page = await openPage();
    await page.getByText("Not connected to a market yet.").waitFor();
    const typed = await page.locator(".connection").evaluate(async (details) => {
      const node = details.querySelector("input")!;
      details.querySelector("summary")!.click();
      node.value = "http://127.0.0.1:1";
      await new Promise((opened) => details.addEventListener("toggle", opened, { once: true }));
      return node.value;
    });
    expect(typed).to.equal("http://127.0.0.1:1");
  });

  it("fills the form with what the page is connected to, whenever it is opened", async () => {
    const page = await openPage({ local: market.local });
    await says(page, "The market");
    const [node, address] = [page.getByLabel("Node"), page.getByLabel("Market's address")];
    for (const key of ["Enter", "Space"]) {
      await page.locator(".connection summary").press(key);
      expect(await node.inputValue()).to.equal(market.chain.url);
      expect(await address.inputValue()).to.equal(market.address);
      await node.fill("http://elsewhere.example");
      await page.locator(".connection summary").press(key);
      expect(await node.isVisible()).to.equal(false);
    }
  });

  it("refuses what is no address, naming what is allowed", async () => {
    const page = await openPage();
    await page.getByText("Not connected to a market yet.").waitFor();
    await page.getByText("Not connected", { exact: true }).click();
    await page.getByLabel("Node").fill("localhost:8545");
    await page.getByRole("button", { name: "Connect" }).press("Enter");
    await page.getByText("Node: given localhost:8545, allowed an http").waitFor();
    await page.getByLabel("Node").fill(market.chain.url);
    await page.getByLabel("Market's address").fill("0x12");
    await page.getByLabel("Market's address").press("Enter");
    await page.getByText("Market: given 0x12, allowed the address of a contract").waitFor();
  });
});
