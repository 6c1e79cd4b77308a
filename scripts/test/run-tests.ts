// Runs every test, the Solidity ones and then the TypeScript ones, and ends with one line:
//
//   N passed, N failed
//
// With --deep, on many more cases: hours instead of minutes.
//
// The exit code is 0 only when both runners reported, at least one test passed in each, and none
// failed. A runner that crashes, or that reports nothing, counts as one failure.

import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { hardhat, root } from "./hardhat.ts";
import type { TestSummary } from "./test-summary.ts";

const summarySchema = z.object({
  passed: z.number(),
  failed: z.number(),
  skipped: z.array(z.string()),
});

const given = process.argv.slice(2);
if (given.some((argument) => argument !== "--deep")) {
  console.error(`npm test takes --deep and nothing else, not ${given.join(" ")}`);
  process.exit(1);
}
const environment = { ...process.env, ...(given.length > 0 ? { DEEP: "1" } : {}) };

const scratch = mkdtempSync(join(tmpdir(), "contract-clearing-test-"));
process.on("exit", () => {
  rmSync(scratch, { recursive: true, force: true });
});

const mochaFiles = globSync("test/**/*.test.ts", { cwd: root }).sort();
const results = [
  run("Solidity", ["scripts/test/run-solidity-tests.ts"]),
  run("TypeScript", [hardhat, "test", "mocha", ...mochaFiles]),
];

const skipped = results.flatMap((result) => result.skipped);
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);

for (const name of skipped) console.log(`skipped: ${name}`);
if (skipped.length > 0) console.log(`${skipped.length} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Run one runner with its output streamed, and return what it reported. */
function run(kind: string, args: string[]): TestSummary {
  const file = join(scratch, `${kind}.json`);
  const { status, signal } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...environment, TEST_SUMMARY: file },
  });
  if (!existsSync(file)) {
    console.error(
      `${kind} tests: the runner reported nothing (${signal ?? `exit code ${status}`})`,
    );
    return { passed: 0, failed: 1, skipped: [] };
  }

  const summary = summarySchema.parse(JSON.parse(readFileSync(file, "utf8")));
  if (summary.passed + summary.failed === 0) {
    console.error(`${kind} tests: no test ran`);
    return { ...summary, failed: 1 };
  }
  if (status !== 0 && summary.failed === 0) {
    console.error(
      `${kind} tests: the runner failed after its tests (${signal ?? `exit code ${status}`})`,
    );
    return { ...summary, failed: 1 };
  }
  return summary;
}
