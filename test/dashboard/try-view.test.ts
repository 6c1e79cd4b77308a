import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";
import type { Page } from "playwright-core";

import { outcomeOf } from "../../dashboard/try/outcome.ts";
import { agentsOf, defaultSetting, type Setting } from "../../dashboard/try/setting.ts";
import { loadRun } from "../../scripts/input/load-run.ts";
import { formatIndex, formatNumber } from "../../scripts/output/format.ts";
import { keepScreenshot, openPage } from "./open-page.ts";

/** The figures the page shows, once they are those of a setting. */
async function shows(page: Page, setting: Setting): Promise<void> {
  const { price, efficiency, gini } = outcomeOf(setting);
  const tile = (title: string, value: string) =>
    page.locator(".tiles > div").filter({ hasText: title }).getByText(value, { exact: true });
  await tile("Price μ*", formatNumber(price)).waitFor();
  await tile("Efficiency", formatNumber(efficiency)).waitFor();
  await tile("Gini index", formatIndex(gini)).waitFor();
}

describe("Try", function () {
  this.timeout(120_000);

  it("solves the market anew as sliders move, by key or by number, and puts it in the address", async () => {
    const page = await openPage({ view: "try" });
    await shows(page, defaultSetting);
    const slider = page.getByRole("slider", { name: "Unit fee τ" });
    await slider.focus();
    for (let step = 0; step < 3; step++) await page.keyboard.press("ArrowRight");
    const turned = { ...defaultSetting, unitFee: 0.65 };
    await shows(page, turned);
    expect(await slider.getAttribute("aria-valuetext")).to.equal("0.65 tokens a unit");
    await page.getByLabel("Progressive fee φ, tokens a unit², as a number").fill("0.25");
    await page.keyboard.press("Enter");
    await shows(page, { ...turned, progressiveFee: 0.25 });
    await page.waitForURL(/#try\?tau=0\.65&phi=0\.25$/);

    await page.getByLabel("Capacity m, units, as a number").fill("-4");
    await page.keyboard.press("Enter");
    await page.getByText('Capacity m: given "-4", allowed a number from 1 up to 10000').waitFor();
    await shows(page, { ...turned, progressiveFee: 0.25 });

    // Another page at the same address shows the same market.
    await page.reload();
    await shows(page, { ...turned, progressiveFee: 0.25 });
    await page.getByRole("button", { name: "As at first" }).click();
    await shows(page, defaultSetting);
  });

  it("draws what equality costs, and warns where efficiency gives way, for a thousand agents", async () => {
    const page = await openPage({ view: "try?n=1000&m=2500" });
    await shows(page, { ...defaultSetting, agents: 1000, capacity: 2500 });
    await page
      .getByText(/From τ = [\d.]+ on: 1 % more takes more than 1 % of efficiency\./)
      .waitFor();
    await page.getByText("To the upper left is better.").waitFor();
    // More than one colour has been drawn.
    const colours = await page
      .locator("figure", { hasText: "What equality costs" })
      .locator("canvas")
      .evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
    expect(colours).to.be.greaterThan(10);
    await keepScreenshot(page, "try-thousand");
  });

  it("saves a market file and its agents that npm start takes", async () => {
    const page = await openPage({ view: "try?m=30&n=7&family=isoelastic&shape=0.7" });
    const folder = await mkdtemp(path.join(tmpdir(), "try-"));
    try {
      for (const name of ["try.json", "try-agents.csv"]) {
        const saving = page.waitForEvent("download");
        await page.getByRole("button", { name: `Save ${name}` }).click();
        const download = await saving;
        expect(download.suggestedFilename()).to.equal(name);
        await download.saveAs(path.join(folder, name));
      }
      const command = await page.locator(".deploy code").innerText();
      expect(command).to.equal("npm start -- --market try.json");
      const { market, agents } = loadRun(["--market", "try.json"], folder);
      expect(market).to.include({ capacity: 30, unitFee: 0.5, executionFee: 1 });
      const setting: Setting = {
        ...defaultSetting,
        ...{ capacity: 30, agents: 7, family: "isoelastic", shape: 0.7 },
      };
      expect(agents).to.deep.equal(agentsOf(setting));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("passes over what an address says that cannot be, and says so", async () => {
    const page = await openPage({ view: "try?m=30&tau=free" });
    await page
      .getByRole("alert")
      .filter({ hasText: 'Unit fee τ: given "free", allowed' })
      .waitFor();
    await shows(page, { ...defaultSetting, capacity: 30 });
  });
});
