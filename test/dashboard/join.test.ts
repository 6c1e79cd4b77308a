import { expect } from "chai";
import { getAddress } from "ethers";
import type { Page } from "playwright-core";

import { numberFromFixed } from "../../mechanism/fixed-point.ts";
import { formatAmount } from "../../scripts/output/format.ts";
import { connectMarket } from "../../sdk/connect-market.ts";
import { looks, overflow, violations } from "./axe.ts";
import { keepScreenshot, openPage, type Opened } from "./open-page.ts";
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
  let untouched: string;
  before(async () => {
    market = await startSmallMarket(3);
    await market.join();
    await market.open(4);
    account = ((await market.chain.provider.send("eth_accounts", [])) as string[])[3]!;
  });
  after(() => market.chain.close());
  // Each test finds the market as it was opened, whatever another has done.
  beforeEach(async () => {
    untouched = (await market.chain.provider.send("evm_snapshot", [])) as string;
  });
  afterEach(() => market.chain.provider.send("evm_revert", [untouched]));

  /** Give the account a deposit, past the page. */
  async function fund(tokens: number): Promise<void> {
    const signer = await market.chain.provider.getSigner(account);
    const client = await connectMarket({ address: market.address, signer });
    await client.faucet(1000);
    await client.deposit(tokens);
  }

  /** Join as the account, in a wallet of the page. */
  async function enter(look: Opened = {}): Promise<{ page: Page; wallet: TestWallet }> {
    const page = await openPage({ ...look, view: "join", local: market.local });
    await page.getByText("Live", { exact: true }).waitFor();
    const wallet = await injectWallet(page, market.chain.url, account);
    await page.getByRole("button", { name: "Test Wallet" }).click();
    await page.getByRole("heading", { name: "Your account" }).waitFor();
    return { page, wallet };
  }

  it("says when the owner of the wallet declines, and what the contract refuses", async () => {
    const { page, wallet } = await enter();
    await confirmed(page, "Take 1,000 PAY from the faucet");
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

    await confirmed(page, "Take 1,000 PAY from the faucet");
    await logged(page, "failed: your account has taken from the faucet lately");
    const free = page.locator(".tiles > div").filter({ hasText: "can be withdrawn" });
    await free.getByText("1.5").waitFor();
    await page.getByLabel("Withdraw, tokens").fill("3");
    await page.getByRole("button", { name: "Withdraw" }).click();
    await page.getByText("Withdraw: given 3, allowed up to 1.5 PAY, what is free").waitFor();
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
    await fund(5);
    const { page, wallet } = await enter();
    await wallet.goTo(1);
    const sentence = "Test Wallet is on chain 1, this market is on chain 31337";
    await page.getByRole("alert").filter({ hasText: sentence }).waitFor();
    await page.getByLabel("Withdraw, tokens").fill("1");
    await confirmed(page, "Withdraw");
    await logged(page, `Withdraw 1 PAY failed: ${sentence}`);
    await page.getByRole("button", { name: "Switch the wallet" }).click();
    await page.getByRole("button", { name: "Switch the wallet" }).waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Withdraw" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await page.getByRole("dialog").locator("dd").allInnerTexts()).to.deep.equal([
      "1 PAY",
      "0 PAY",
      "4 PAY",
    ]);
    await page.getByRole("button", { name: "Not now" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await confirmed(page, "Withdraw");
    await logged(page, "Withdraw 1 PAY done");
  });

  it("takes a yes for the account and the market it was asked about, and for no other", async () => {
    await fund(5);
    const { page, wallet } = await enter();
    const accounts = (await market.chain.provider.send("eth_accounts", [])) as string[];
    const dialog = page.getByRole("dialog");
    const sent = await market.chain.provider.getBlockNumber();

    await page.getByLabel("Withdraw, tokens").fill("1");
    await page.getByRole("button", { name: "Withdraw" }).click();
    await dialog.getByText(`in the market ${market.address}`).waitFor();
    await wallet.become(accounts[4]!);
    await dialog.waitFor({ state: "detached" });
    await logged(page, "Withdraw 1 PAY failed: another account was chosen before you said yes");

    await page.getByLabel("Deposit, tokens").fill("1234567.8912");
    await page.getByRole("button", { name: "Deposit" }).click();
    await dialog.getByRole("heading", { name: "Deposit 1,234,567.8912 PAY?" }).waitFor();
    await page.evaluate(() => (location.hash = "#watch"));
    await dialog.waitFor({ state: "detached" });
    expect(await market.chain.provider.getBlockNumber(), "nothing was sent").to.equal(sent);
  });

  it("asks once, however often Enter is pressed", async () => {
    await fund(5);
    const { page } = await enter();
    const demand = page.getByLabel("Your demand, units");
    await demand.fill("1");
    // Both before the contract's quote has come.
    await demand.evaluate((input: HTMLInputElement) => {
      input.form!.requestSubmit();
      input.form!.requestSubmit();
    });
    await page.getByRole("dialog").locator("button.main").click();
    await logged(page, "Ask for 1 units done");
    expect(await page.locator("dialog").count()).to.equal(0);
    expect(await page.getByRole("log").locator("li").count()).to.equal(1);
  });

  it("is whoever was chosen last, whenever another wallet answers", async () => {
    const page = await openPage({ view: "join", local: market.local });
    await page.getByText("Live", { exact: true }).waitFor();
    const others = (await market.chain.provider.send("eth_accounts", [])) as string[];
    const { url } = market.chain;
    const slow = await injectWallet(page, url, others[4]!, { name: "Slow", isSlow: true });
    const quick = await injectWallet(page, url, account, { name: "Quick" });
    await page.getByRole("button", { name: "Slow" }).click();
    await page.getByRole("button", { name: "Quick" }).click();
    const you = page.locator("section", { has: page.getByRole("heading", { name: "You" }) });
    await you.getByText("Quick").last().waitFor();
    await slow.admit();
    await page.getByRole("button", { name: "Leave" }).click();
    await slow.become(others[5]!);
    await quick.become(others[5]!);
    await page.getByRole("button", { name: "Quick" }).waitFor();
    expect(await page.getByRole("button", { name: "Leave" }).count()).to.equal(0);
  });

  it("lets a person join, answer, see the price move, and settle", async () => {
    await fund(10);
    const { page } = await enter();
    await page.getByLabel("Deposit, tokens").fill("50");
    await confirmed(page, "Deposit");
    await logged(page, "Deposit 50 PAY done");

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
    await dialog.waitFor();
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
      await page.getByText(`Round 1 of epoch 1: ${formatAmount(price)} tokens a unit`).waitFor();
      await keepScreenshot(page, "join-open");
      await demand.fill("1");
      await confirmed(page, "Submit");
      await logged(page, "Ask for 1 units done");
    });
    expect(rounds).to.be.greaterThan(1);

    await page.getByRole("button", { name: "Settle the epoch" }).click();
    await dialog.waitFor();
    const asked = await dialog.locator("dd").allInnerTexts();
    await keepScreenshot(page, "join-settle");
    await dialog.getByRole("button", { name: "Settle" }).click();
    await page.getByText(/^Epoch 1 ended \(\w+\): you got /).waitFor();
    const { allocation, price, balance } = await reader.settle(account);
    const booked = (await reader.history()).statements.get(getAddress(account))!;
    const token = (value: number) => `${formatAmount(value)} PAY`;
    expect(allocation).to.be.greaterThan(0);
    expect(asked, "what was asked is what was done").to.deep.equal([
      `${formatAmount(allocation)} units`,
      `${token(price)} a unit`,
      token(numberFromFixed(booked.payment)),
      token(numberFromFixed(booked.charge)),
      token(balance),
    ]);
    const told = await page.getByText(/^Epoch 1 ended/).innerText();
    expect(told).to.include(`you got ${formatAmount(allocation)} units`);
  });

  for (const { name, ...look } of looks) {
    it(`has nothing that axe finds fault with, asked to confirm a demand: ${name}`, async () => {
      await fund(60);
      const { page } = await enter(look);
      await page.getByText("units are worth most to you").waitFor();
      const check = async (what: string): Promise<void> => {
        await keepScreenshot(page, `join-${what}-${name}`);
        expect(await violations(page), what).to.deep.equal([]);
        expect(await overflow(page), `pixels that ${what} is too wide`).to.equal(0);
      };
      await check("account");
      await page.getByRole("button", { name: "Submit" }).click();
      await page.getByRole("dialog").waitFor();
      await check("dialog");
    });
  }

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
