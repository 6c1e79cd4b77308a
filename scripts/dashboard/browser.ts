import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import chromium, { inflate } from "@sparticuz/chromium";
import { chromium as playwright, type Browser } from "playwright-core";

/**
 * A browser from npm, headless, with the fonts and libraries that come with it, so that it needs and draws the same
 * everywhere; where that one does not run, the Chrome or Chromium that PLAYWRIGHT_CHROMIUM names.
 *
 * @throws Error saying what to do on a machine that has neither
 */
export async function openBrowser(): Promise<Browser> {
  const given = process.env["PLAYWRIGHT_CHROMIUM"];
  // Tests run as root in containers, where Chromium's sandbox refuses to start.
  const args = ["--no-sandbox"];
  if (given !== undefined) return playwright.launch({ executablePath: given, args });
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      "the browser of @sparticuz/chromium is for Linux on x64; put the path of a Chrome or Chromium into PLAYWRIGHT_CHROMIUM",
    );
  }
  const executablePath = await chromium.executablePath();
  const packed = dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium")));
  const libraries = await inflate(join(packed, "../bin/al2023.tar.br"));
  return playwright.launch({
    executablePath,
    args,
    env: {
      ...process.env,
      FONTCONFIG_PATH: join(tmpdir(), "fonts"),
      LD_LIBRARY_PATH: join(libraries, "lib"),
    },
  });
}
