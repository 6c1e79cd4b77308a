// Runs the Solidity tests as `hardhat test solidity` does, and writes what happened to the file
// named by TEST_SUMMARY: Hardhat's task gives the results, its command line only prints them.

import { writeFileSync } from "node:fs";

import hre from "hardhat";
import { z } from "zod";

import { invariantResults, printInvariantShares } from "./invariant-shares.ts";
import type { TestSummary } from "./test-summary.ts";

const taskResult = z.object({
  success: z.boolean(),
  value: z.unknown().optional(),
  error: z.unknown().optional(),
});
const testResults = z.object({
  suiteResults: z.array(
    z.object({
      id: z.object({ name: z.string() }),
      testResults: z.array(
        z.object({
          name: z.string(),
          status: z.enum(["Success", "Failure", "Skipped"]),
          reason: z.string().optional(),
        }),
      ),
    }),
  ),
});

const { success, value, error } = taskResult.parse(
  await hre.tasks
    .getTask(["test", "solidity"])
    .run({ noCompile: process.argv.includes("--no-compile") }),
);
const tests = testResults
  .parse(success ? value : error)
  .suiteResults.flatMap((suite) =>
    suite.testResults.map((test) => ({ ...test, name: `${suite.id.name}#${test.name}` })),
  );

const sharesSuffice = printInvariantShares(invariantResults.parse(success ? value : error));

const failures = tests
  .filter(({ status }) => status === "Failure")
  .map(({ name, reason = "no reason given: see its trace above" }) => ({ name, reason }));
if (!sharesSuffice) {
  failures.push({ name: "Invariant runs", reason: "too few calls, or too few that did something" });
}
const summary: TestSummary = {
  passed: tests.filter(({ status }) => status === "Success").length,
  failures,
  skipped: tests.filter(({ status }) => status === "Skipped").map(({ name }) => name),
};
const file = process.env["TEST_SUMMARY"];
if (file !== undefined) writeFileSync(file, JSON.stringify(summary));
process.exitCode = success && sharesSuffice ? 0 : 1;
