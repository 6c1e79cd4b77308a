import { expect } from "chai";

import { looks, overflow, violations } from "./axe.ts";
import { keepScreenshot, openPage, takeFaults } from "./open-page.ts";
import { startSmallMarket, type SmallMarket } from "./small-market.ts";

describe("Every view", function () {
  this.timeout(120_000);

  let market: SmallMarket;
  before(async () => {
    market = await startSmallMarket(5);
    await market.join();
    await market.open(7);
    await market.clear();
  });
  after(() => market.chain.close());

  for (const { name, ...look } of looks) {
    it(`has nothing that axe finds fault with, and fits its width: ${name}`, async () => {
      const page = await openPage({ ...look, local: market.local });
      for (const view of ["watch", "join", "try"]) {
        await page.locator(`nav a[href="#${view}"]`).click();
        await page.locator(`main[data-view="${view}"] h1`).waitFor();
        await page.getByText("Live", { exact: true }).waitFor();
        await keepScreenshot(page, `${view}-${name}`);
        expect(await violations(page), view).to.deep.equal([]);
        expect(await overflow(page), `pixels that ${view} is too wide`).to.equal(0);
      }
    });
  }

  it("fits the width of a phone with letters twice as large", async () => {
    const page = await openPage({ viewport: { width: 360, height: 740 }, local: market.local });
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    for (const view of ["watch", "join", "try"]) {
      await page.locator(`nav a[href="#${view}"]`).click();
      await page.locator(`main[data-view="${view}"] h1`).waitFor();
      await page.getByText("Live", { exact: true }).waitFor();
      if (view === "join") {
        await page.getByRole("button", { name: "Use a development key" }).click();
        await page.getByRole("heading", { name: "Your account" }).waitFor();
      }
      expect(await overflow(page), `pixels that ${view} is too wide`).to.equal(0);
    }
  });

  it("is reached with the keys alone, from a link that skips to it", async () => {
    const page = await openPage({ local: market.local });
    await page.locator("h1").waitFor();
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").innerText()).to.equal("Skip to content");
    await page.keyboard.press("Enter");
    expect(await page.locator(":focus").evaluate((focused) => focused.id)).to.equal("main");
    await page.locator('nav a[href="#try"]').focus();
    await page.keyboard.press("Enter");
    await page.locator('main[data-view="try"]').waitFor();
    expect(await page.locator(":focus").evaluate((focused) => focused.id)).to.equal("main");
    expect(await page.title()).to.equal("Try · contract-clearing");
  });

  it("is served under a policy that the page and its server both state", async () => {
    const page = await openPage();
    const response = await page.reload();
    const header = response!.headers()["content-security-policy"];
    const inPage = await page
      .locator('meta[http-equiv="Content-Security-Policy"]')
      .getAttribute("content");
    expect(header).to.equal(`${inPage}; frame-ancestors 'none'`);
    expect(inPage).to.match(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    // What every test is held to would be seen: this is.
    await page.evaluate(() => {
      const image = document.createElement("img");
      image.src = "http://127.0.0.1:9/x.png";
      document.body.append(image);
      return new Promise((resolve) => {
        image.onerror = resolve;
      });
    });
    const faults = takeFaults().join("\n");
    expect(faults).to.include("a request to http://127.0.0.1:9").and.to.include("img-src");
  });
});
