// Runs the Solidity tests under Hardhat's coverage, and fails unless every line of contracts/ was
// reached. A line counts as reached when all statements on it were. The invariant runs are left
// out: what they reach, the tests of single functions reach too.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { hardhat, root } from "./hardhat.ts";

const run = spawnSync(
  process.execPath,
  [hardhat, "test", "solidity", "--coverage", "--grep", "test_|testFuzz_"],
  { cwd: root, stdio: "inherit" },
);
if (run.status !== 0) {
  console.error(`the tests failed under coverage (${run.signal ?? `exit code ${run.status}`})`);
  process.exit(1);
}

let lines = 0;
const missed: string[] = [];
for (const record of readFileSync(resolve(root, "coverage/lcov.info"), "utf8").split("SF:")) {
  const [path = "", ...entries] = record.split("\n");
  const file = path.trim().replaceAll("\\", "/");
  if (!file.startsWith("contracts/")) continue;
  for (const entry of entries) {
    const [, line, hits] = /^DA:(\d+),(\d+)/.exec(entry) ?? [];
    if (line === undefined) continue;
    lines++;
    if (hits === "0") missed.push(`${file}:${line}`);
  }
}
for (const line of missed) console.error(`not reached: ${line}`);
console.log(`${lines - missed.length} of ${lines} lines of contracts/ reached`);
process.exit(lines > 0 && missed.length === 0 ? 0 : 1);
