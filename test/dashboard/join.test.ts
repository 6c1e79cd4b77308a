import { expect } from "chai";
import type { Page } from "playwright-core";

import { connectMarket } from "../../sdk/connect-market.ts";
import { keepScreenshot, openPage } from "./open-page.ts";
import { startSmallMarket, type SmallMarket } from "./small-market.ts";
import { injectWallet, type TestWallet } from "./test-wallet.ts";

const logged = (page: Page, text: string | RegExp) =>
  page.getByRole("log").locator("li").filter({ hasText: text }).first().waitFor();

/** Press a button and say yes to what it asks. */
async function confirmed(page: Page, button: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("dialog").locator("button.main").click();
}

describe("Join", function () {
  this.timeout(120_000);

  let market: SmallMarket;
  let account: string;
  before(async () => {
    market = await startSmallMarket(3);
    await market.join();
    await market.open(4);
    account = ((await market.chain.provider.send("eth_accounts", [])) as string[])[3]!;
  });
  after(() => market.chain.close());

  /** Join as the account, in a wallet of the page. */
  async function enter(): Promise<{ page: Page; wallet: TestWallet }> {
    const page = await openPage({ view: "join", local: market.local });
    await page.getByText("Live", { exact: true }).waitFor();
    const wallet = await injectWallet(page, market.chain.url, account);
    await page.getByRole("button", { name: "Test Wallet" }).click();
    await page.getByRole("heading", { name: "Your account" }).waitFor();
    return { page, wallet };
  }

  it("says when the owner of the wallet declines, and what the contract refuses", async () => {
    const { page, wallet } = await enter();
    await page.getByRole("button", { name: "Take 1,000 PAY from the faucet" }).click();
    await logged(page, "from the faucet done");
    await page.getByLabel("Deposit, tokens").fill("1.5");
    await wallet.decline("eth_signTypedData_v4");
    await confirmed(page, "Deposit");
    await logged(page, "Deposit 1.5 PAY declined: declined in the wallet; nothing was sent");
    await wallet.decline("eth_sendTransaction");
    await confirmed(page, "Deposit");
    await page.getByRole("log").getByText("nothing was sent").nth(1).waitFor();
    await wallet.decline("");
    const before = await market.chain.provider.getTransactionCount(account);
    await confirmed(page, "Deposit");
    await logged(page, "Deposit 1.5 PAY done");
    expect(await market.chain.provider.getTransactionCount(account), "a permit").to.equal(
      before + 1,
    );

    await page.getByRole("button", { name: "Take 1,000 PAY from the faucet" }).click();
    await logged(page, "failed: your account has taken from the faucet lately");
    await page.getByLabel("Withdraw, tokens").fill("3");
    await page.getByRole("button", { name: "Withdraw" }).click();
    await logged(page, "failed: your account asked for 3 PAY; 1.5 PAY are free");
    await page.getByLabel("Your demand, units").fill("4");
    await confirmed(page, "Submit");
    await logged(
      page,
      "Ask for 4 units failed: your account holds 1.5 PAY; the demand needs 2 PAY",
    );
    await page.getByLabel("Your demand, units").fill("5");
    await page.getByRole("button", { name: "Submit" }).click();
    await page.getByText("the demand is 5 units; at most the capacity of 4 is taken").waitFor();
    await keepScreenshot(page, "join-refused");
  });

  it("says that the wallet is on another chain, sends nothing there, and goes where it should", async () => {
    const { page, wallet } = await enter();
    await wallet.goTo(1);
    const sentence = "Test Wallet is on chain 1, this market is on chain 31337";
    await page.getByRole("alert").filter({ hasText: sentence }).waitFor();
    await page.getByLabel("Withdraw, tokens").fill("1");
    await page.getByRole("button", { name: "Withdraw" }).click();
    await logged(page, `Withdraw 1 PAY failed: ${sentence}`);
    await page.getByRole("button", { name: "Switch the wallet" }).click();
    await page.getByRole("button", { name: "Switch the wallet" }).waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Withdraw" }).click();
    await logged(page, "Withdraw 1 PAY done");
  });

  it("lets a person join, answer, see the price move, and settle", async () => {
    const { page } = await enter();
    await page.getByLabel("Deposit, tokens").fill("60");
    await confirmed(page, "Deposit");
    await logged(page, "Deposit 60 PAY done");

    await page.getByLabel("Worth α, tokens, as a number").fill("16");
    await page.getByLabel("Worth α, tokens, as a number").press("Enter");
    const demand = page.getByLabel("Your demand, units");
    // The best response at a price of 0 is 16/(1 + 0.5) − 1, more than there is.
    await page.getByText("4 units are worth most to you").waitFor();
    expect(await demand.inputValue()).to.equal("4");
    await page.getByRole("button", { name: "Submit" }).click();
    const dialog = page.getByRole("dialog");
    const reader = await connectMarket({
      address: market.address,
      provider: market.chain.provider,
    });
    const { charge, payment } = await reader.quote(4);
    expect([charge, payment]).to.deep.equal([2, 0]);
    expect(await dialog.locator("dd").allInnerTexts()).to.deep.equal([
      "0 PAY a unit",
      "2 PAY",
      "0 PAY",
      "2 PAY",
    ]);
    await keepScreenshot(page, "join-confirm");
    await dialog.getByRole("button", { name: "Submit" }).click();
    await logged(page, "Ask for 4 units done");
    await page.getByText("You have answered; the next round takes your next answer.").waitFor();
    expect(await page.getByRole("button", { name: "Submit" }).isDisabled()).to.equal(true);

    let rounds = 0;
    await market.clear(async () => {
      rounds += 1;
      if (rounds !== 2) return;
      const { price } = (await reader.round())!;
      expect(price).to.be.greaterThan(0);
      const shown = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 7 }).format(price);
      await page.getByText(`Round 1 of epoch 1: ${shown} tokens a unit`).waitFor();
      await keepScreenshot(page, "join-open");
    });
    expect(rounds).to.be.greaterThan(1);

    await page.getByRole("button", { name: "Settle the epoch" }).click();
    await page.getByText(/^Epoch 1 ended \(\w+\): you got /).waitFor();
    const { allocation } = await reader.settle(account);
    const told = await page.getByText(/^Epoch 1 ended/).innerText();
    const units = Number(/you got ([\d.]+) units/.exec(told)![1]);
    expect(Math.abs(units - allocation) < 1e-5, `${units} is ${allocation}`).to.equal(true);
  });

  it("offers a development key on a local chain, and keeps none", async () => {
    const page = await openPage({ view: "join", local: market.local });
    await page.getByRole("button", { name: "Use a development key" }).click();
    await page.getByText("Development key 1").waitFor();
    const kept = await page.evaluate(() =>
      JSON.stringify([localStorage, sessionStorage, document.cookie]),
    );
    expect(kept).to.equal('[{},{},""]');
    await page.getByRole("button", { name: "Leave" }).click();
    await page.getByRole("button", { name: "Use a development key" }).waitFor();
  });
});
