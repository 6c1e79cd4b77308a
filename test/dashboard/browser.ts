import chromium from "@sparticuz/chromium";
import { chromium as playwright, type Browser } from "playwright-core";

/**
 * A browser from npm, headless; where that one does not run, the Chrome or Chromium that PLAYWRIGHT_CHROMIUM names.
 *
 * @throws Error saying what to do on a machine that has neither
 */
export async function openBrowser(): Promise<Browser> {
  const given = process.env["PLAYWRIGHT_CHROMIUM"];
  if (given === undefined && !canRunNpms) {
    throw new Error(
      "the browser of @sparticuz/chromium is for Linux on x64: put the path of a Chrome or Chromium in PLAYWRIGHT_CHROMIUM",
    );
  }
  return playwright.launch({
    executablePath: given ?? (await chromium.executablePath()),
    args: given === undefined ? chromium.args : [],
    headless: true,
  });
}

const canRunNpms = process.platform === "linux" && process.arch === "x64";
