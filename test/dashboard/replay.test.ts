import { expect } from "chai";
import type { Page } from "playwright-core";

import { formatNumber } from "../../scripts/output/format.ts";
import { formatRounds } from "../../scripts/output/write-outputs.ts";
import { headlineOf } from "../../scripts/output/wording.ts";
import { syntheticRun } from "../scripts/output/synthetic-run.ts";
import { keepScreenshot, openPage } from "./open-page.ts";

const fileOf = (name: string, text: string) => ({
  name,
  mimeType: "application/json",
  buffer: Buffer.from(text),
});
const open = (page: Page, ...files: ReturnType<typeof fileOf>[]) =>
  page.getByLabel("Replay a recorded run").setInputFiles(files);
const price = (page: Page, text: string) =>
  page.locator(".price").filter({ hasText: text }).waitFor();

describe("A recorded run", function () {
  this.timeout(60_000);

  const { run, summary } = syntheticRun({ n: 20, capacity: 50, gamma: 0 });
  const rounds = fileOf("rounds.json", formatRounds(run));
  const last = run.rounds.at(-1)!;
  const table = (page: Page) =>
    page.getByRole("region", { name: "Rounds" }).locator("tbody tr").count();

  it("is played round by round to its end, without any node", async () => {
    const page = await openPage();
    await open(page, rounds, fileOf("summary.json", JSON.stringify(summary)));
    await page.getByLabel("Speed").selectOption("fast");
    await page
      .locator("h1")
      .filter({ hasText: headlineOf(summary) })
      .waitFor();
    await price(page, formatNumber(last.price));
    expect(await table(page)).to.equal(Math.min(10, run.rounds.length));
    expect(await page.getByRole("button", { name: "Play again" }).count()).to.equal(1);
    await keepScreenshot(page, "watch-replay");
  });

  it("is gone through with the keys, back and forth", async () => {
    const page = await openPage();
    await open(page, rounds);
    await page.getByRole("button", { name: "Pause" }).click();
    const slider = page.getByRole("slider", { name: "Round" });
    await slider.focus();
    await slider.press("Home");
    await price(page, formatNumber(run.rounds[0]!.price));
    expect(await table(page)).to.equal(1);
    await slider.press("ArrowRight");
    await price(page, formatNumber(run.rounds[1]!.price));
    expect(await table(page)).to.equal(2);
    await slider.press("End");
    await price(page, formatNumber(last.price));
    // What ended it stands in summary.json alone: nothing is said of it.
    await page
      .locator("h1")
      .filter({ hasText: `Round ${last.round}: the price is` })
      .waitFor();
    await page.getByRole("button", { name: "Back to the chain" }).click();
    await page.getByText("Not connected to a market yet.").waitFor();
  });

  it("may be dropped on the page", async () => {
    const page = await openPage();
    const dropped = await page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], "rounds.json"));
      return transfer;
    }, formatRounds(run));
    await page.getByText("Replay a recorded run").waitFor();
    await page.dispatchEvent("main", "drop", { dataTransfer: dropped });
    await price(page, formatNumber(run.rounds[0]!.price));
  });

  it("is refused in one sentence if it is none", async () => {
    const page = await openPage();
    const told = page.getByRole("alert").filter({ hasText: /\S/ });
    await open(page, fileOf("notes.json", "{"));
    await told
      .filter({ hasText: "notes.json: not a recorded run; open the rounds.json" })
      .waitFor();
    const broken = { ...run, rounds: [{ ...run.rounds[0], price: "high" }] };
    await open(page, fileOf("rounds.json", JSON.stringify(broken)));
    await told.filter({ hasText: "rounds.0.price" }).waitFor();
    await open(page, fileOf("summary.json", JSON.stringify(summary)));
    await told.filter({ hasText: "There are no rounds in a summary.json" }).waitFor();
  });

  it("of a thousand agents and hundreds of rounds is shown whole only where asked for", async () => {
    const large = syntheticRun({ n: 1000, rule: "InverseSqrt", capacity: 500 }).run;
    const page = await openPage();
    await open(page, fileOf("rounds.json", formatRounds(large)));
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("slider", { name: "Round" }).press("End");
    await price(page, formatNumber(large.rounds.at(-1)!.price));
    const agents = page.getByRole("region", { name: "Agents" }).locator("tbody tr");
    expect(await agents.count()).to.equal(10);
    await page.getByRole("button", { name: "Show all 1,000 agents" }).click();
    expect(await agents.count()).to.equal(1000);
    await page.getByRole("button", { name: "Show the first 10" }).click();
    await keepScreenshot(page, "watch-replay-1000");
  });
});
