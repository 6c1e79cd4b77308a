import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

import { buildDashboard } from "../../scripts/dashboard/build.ts";
import type { LocalMarkets } from "../../markets/local-markets.ts";
import { serveDashboard, type ServedDashboard } from "../../scripts/dashboard/serve.ts";
import { root } from "../../scripts/test/hardhat.ts";
import { openBrowser } from "../../scripts/dashboard/browser.ts";

/** The page as a test opens it. */
export type Opened = BrowserContextOptions & {
  /** A view, as in `#watch`. */
  view?: string;
  /** What the page's address says of node and market. */
  query?: Record<string, string>;
  /** What its server says was deployed from here. */
  local?: LocalMarkets;
};

let browser: Browser | undefined;
let served: ServedDashboard | undefined;
let local: LocalMarkets | undefined;
/** What no page may do, whatever a test is about. */
let faults: string[] = [];

/** The built page in a browser, both started once for all tests; pages are closed after each. */
export async function openPage(opened: Opened = {}): Promise<Page> {
  const { view = "watch", query = {}, ...options } = opened;
  if (served === undefined) {
    await buildDashboard();
    served = await serveDashboard(0, () => {
      if (local === undefined) throw new Error("a host that serves the page alone");
      return Promise.resolve(local);
    });
  }
  browser ??= await openBrowser();
  local = opened.local;
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  watch(page, [served.url, query["rpc"], local?.rpc]);
  const search = new URLSearchParams(query).toString();
  await page.goto(`${served.url}${search === "" ? "" : `?${search}`}#${view}`);
  return page;
}

function watch(page: Page, allowed: (string | undefined)[]): void {
  const origins = allowed.flatMap((url) => (url === undefined ? [] : [new URL(url).origin]));
  page.on("pageerror", (error) => faults.push(error.stack ?? error.message));
  page.on("console", (message) => {
    // A node that cannot be reached is told on the console by the browser itself.
    if (/Content.Security.Policy/i.test(message.text())) faults.push(message.text());
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && !origins.includes(url.origin)) {
      faults.push(`a request to ${url.origin}`);
    }
  });
}

/** Keep what a view looks like, to be looked at: out/screenshots/. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder = join(root, "out", "screenshots");
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** What pages have done that none may, and a clean sheet; asked for after every test. */
export function takeFaults(): string[] {
  const found = faults;
  faults = [];
  return found;
}

afterEach("no page breaks its policy or speaks to strangers", async () => {
  for (const context of browser?.contexts() ?? []) await context.close();
  expect(takeFaults()).to.deep.equal([]);
});

after("close browser and server", async () => {
  await browser?.close();
  await served?.close();
});
