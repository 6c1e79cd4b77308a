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
        z.object({ name: z.string(), status: z.enum(["Success", "Failure", "Skipped"]) }),
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
    suite.testResults.map(({ name, status }) => ({ name: `${suite.id.name}#${name}`, status })),
  );

const sharesSuffice = printInvariantShares(invariantResults.parse(success ? value : error));

const summary: TestSummary = {
  passed: tests.filter(({ status }) => status === "Success").length,
  failed: tests.filter(({ status }) => status === "Failure").length + (sharesSuffice ? 0 : 1),
  skipped: tests.filter(({ status }) => status === "Skipped").map(({ name }) => name),
};
const file = process.env["TEST_SUMMARY"];
if (file !== undefined) writeFileSync(file, JSON.stringify(summary));
process.exitCode = success && sharesSuffice ? 0 : 1;
