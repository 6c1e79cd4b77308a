// Runs every test and ends with one line:
//
//   N passed, N failed
//
// Before it, whatever failed is told once more: where only the end of a log is kept, that is there.
//
// Two runners at a time, each mostly on one core; what a runner prints comes when it ends.
//
// With --deep, on many more cases: hours instead of minutes.
//
// The exit code is 0 only when every runner reported, at least one test passed in each, and none
// failed. A runner that crashes, or that reports nothing, counts as one failure.

import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";

import { z } from "zod";

import { hardhat, root } from "./hardhat.ts";
import type { TestSummary } from "./test-summary.ts";

// Folders of test/ that a runner takes together, those that take longest first: the two who work end at about the same
// time then. Who writes into the same folders (builds, deployments) is in one group.
const GROUPS = [
  "end-to-end sdk",
  "proofs",
  "dashboard mechanism",
  "differential",
  "agents",
  "experiments",
];

const summarySchema = z.object({
  passed: z.number(),
  failures: z.array(z.object({ name: z.string(), reason: z.string() })),
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

const children = new Set<ChildProcess>();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    for (const child of children) child.kill(signal);
    process.exit(1);
  });
}

// Built once, before both run: neither writes what the other reads.
const build = await start([hardhat, "build", "--quiet"], "inherit");
if (build.failure !== undefined) {
  console.error(`the build failed (${build.failure})`);
  console.log("0 passed, 1 failed");
  process.exit(1);
}

const runners: { name: string; args: string[] }[] = [
  { name: "Solidity", args: ["scripts/test/run-solidity-tests.ts", "--no-compile"] },
  ...typeScriptGroups().map(([name, files]) => ({
    name,
    // First what keeps chai's own closeTo, whichever of the files connects to a chain.
    args: [hardhat, "test", "mocha", "--no-compile", "test/agents/plain-close-to.ts", ...files],
  })),
];
const results: TestSummary[] = [];
const work = async (): Promise<void> => {
  for (let next = runners.shift(); next !== undefined; next = runners.shift()) {
    const { output, ...summary } = await run(next.name, next.args);
    process.stdout.write(`\n=== ${next.name} ===\n${output}`);
    results.push(summary);
  }
};
await Promise.all([work(), work()]);

const skipped = results.flatMap((result) => result.skipped);
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failures = results.flatMap((result) => result.failures);

for (const name of skipped) console.log(`skipped: ${name}`);
if (skipped.length > 0) console.log(`${skipped.length} skipped`);
for (const { name, reason } of failures) console.log(`failed: ${name}\n${reason}\n`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** The test files by runner. */
function typeScriptGroups(): [name: string, files: string[]][] {
  const files = globSync("test/**/*.test.ts", { cwd: root }).sort();
  const groupOf = (file: string): string =>
    GROUPS.find((folders) => folders.split(" ").includes(file.split(sep)[1]!)) ?? "the rest";
  const found = Map.groupBy(files, groupOf);
  return [...GROUPS, "the rest"].flatMap((name) =>
    found.has(name) ? [[name, found.get(name)!]] : [],
  );
}

/** Run one runner and return what it reported, and what it printed. */
async function run(kind: string, args: string[]): Promise<TestSummary & { output: string }> {
  const file = join(scratch, `${kind}.json`);
  const { failure, printed } = await start(args, "pipe", { TEST_SUMMARY: file });
  const failed = (why: string, summary: TestSummary): TestSummary & { output: string } => ({
    ...summary,
    failures: [{ name: `${kind} tests`, reason: why }],
    output: printed,
  });
  if (!existsSync(file)) {
    const nothing = { passed: 0, failures: [], skipped: [] };
    return failed(`the runner reported nothing (${failure ?? "exit code 0"})`, nothing);
  }
  const summary = summarySchema.parse(JSON.parse(readFileSync(file, "utf8")));
  if (summary.passed + summary.failures.length === 0) return failed("no test ran", summary);
  if (failure !== undefined && summary.failures.length === 0) {
    return failed(`the runner failed after its tests (${failure})`, summary);
  }
  return { ...summary, output: printed };
}

/** Run a program with this Node: how it failed, if it did, and what it printed if that was piped. */
function start(
  args: string[],
  output: "inherit" | "pipe",
  variables: Record<string, string> = {},
): Promise<{ failure: string | undefined; printed: string }> {
  return new Promise((resolve, reject) => {
    const stdio: StdioOptions = ["inherit", output, output];
    const env = { ...environment, ...variables };
    const child = spawn(process.execPath, args, { cwd: root, stdio, env });
    children.add(child);
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      children.delete(child);
      const failure = code === 0 ? undefined : (signal ?? `exit code ${code}`);
      resolve({ failure, printed: Buffer.concat(chunks).toString() });
    });
  });
}
