import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";
import type { Page } from "playwright-core";

import { sleep } from "../../agents/send.ts";
import { anvil, startNode, type NodeProcess } from "../../scripts/run/node-process.ts";
import { keepScreenshot, openPage } from "./open-page.ts";
import { startSmallMarket } from "./small-market.ts";

const says = (page: Page, text: string | RegExp) =>
  page.locator("h1").filter({ hasText: text }).waitFor();
const state = (page: Page, word: string) => page.getByText(word, { exact: true }).waitFor();
const notice = (page: Page, text: string) =>
  page.locator(".notice").filter({ hasText: text }).waitFor();
const portOf = ({ url }: NodeProcess): number => Number(new URL(url).port);
/** Until the process is no more. */
async function ended({ pid }: NodeProcess): Promise<void> {
  try {
    for (;;) {
      process.kill(pid, 0);
      await sleep(50);
    }
  } catch {
    // There is nobody to signal.
  }
}

describe("The page, when the node's process is killed and started again", function () {
  this.timeout(180_000);

  it("says that the market is gone with its chain, and goes on with the next, whose address is the same", async () => {
    let node = await startNode();
    const close: (() => Promise<void>)[] = [];
    try {
      const old = await startSmallMarket(3, { rpc: node.url });
      close.push(old.chain.close);
      await old.join();
      await old.open(4);
      await old.clear();
      await old.open(3);
      const page = await openPage({ local: old.local });
      await says(page, "Round 0");
      await page.getByLabel("Epoch").selectOption("1");
      await says(page, "The market");

      await node.stop();
      await state(page, "Connection lost");
      await notice(page, "The node no longer answers. What it said last is below");
      await says(page, "The market");

      node = await startNode(undefined, portOf(node));
      await state(page, "No market");
      await notice(
        page,
        "This market is no longer there: chain 31337 was started anew without it.",
      );
      expect(await page.locator(".board").isHidden(), "nothing of the old is shown").to.equal(true);
      await keepScreenshot(page, "watch-gone");

      const next = await startSmallMarket(5, { rpc: node.url });
      close.push(next.chain.close);
      expect(next.address).to.equal(old.address);
      await state(page, "Live");
      await says(page, "No epoch has been opened yet.");
      expect(await page.locator(".notice").innerText()).to.equal("");
      await next.join();
      await next.open(6);
      await next.clear();
      await says(page, "The market");
      await page.locator(".load").filter({ hasText: "of 6 units" }).waitFor();
      await page.getByRole("region", { name: "Agents" }).locator("tbody tr").nth(4).waitFor();
      expect(await page.getByLabel("Epoch").isHidden(), "one epoch, the new one's").to.equal(true);
    } finally {
      for (const each of close) await each();
      await node.stop();
    }
  });

  it("goes on where it was when the same chain comes back", async function () {
    // Hardhat's node keeps nothing; anvil writes its chain down at its end, and is for Linux on x64.
    if (anvil === undefined) this.skip();
    const folder = await mkdtemp(path.join(tmpdir(), "chain-"));
    const keeping = {
      ...anvil,
      args: [...anvil.args, "--state", path.join(folder, "state.json")],
    };
    let node = await startNode(keeping);
    const market = await startSmallMarket(3, { rpc: node.url });
    try {
      await market.join();
      await market.open(4);
      await market.clear();
      const page = await openPage({ query: { rpc: node.url, market: market.address } });
      await says(page, "The market");
      const price = await page.locator(".price").innerText();
      process.kill(node.pid, "SIGINT");
      await ended(node);
      await state(page, "Connection lost");
      node = await startNode(keeping, portOf(node));
      await state(page, "Live");
      expect(await page.locator(".price").innerText()).to.equal(price);
      await market.open(3);
      await says(page, "Round 0");
    } finally {
      await market.chain.close();
      await node.stop();
      await rm(folder, { recursive: true });
    }
  });
});
