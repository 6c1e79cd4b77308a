// Changes the code of mechanism/ and agents/ in small ways, one at a time, and runs the tests: a change that no test
// notices is a gap. Prints every gap and a table by file for each part, and fails where fewer than 85 % are noticed.
//
//   npm run mutate:code                              both folders
//   npm run mutate:code -- mechanism/random.ts ...   these files only
//   npm run mutate:code -- --incremental             what has changed since the last run with --incremental; it does
//                                                    not see changes in files that tests share

import { globSync } from "node:fs";
import { parseArgs } from "node:util";

import { Stryker } from "@stryker-mutator/core";

/** Some files, the tests that are to notice, those of them left out, and what of the project they need. */
type Part = { name: string; files: string[]; tests: string[]; slow: string[]; needs: string[] };

const filesOf = (folder: string): string[] => globSync(`${folder}/**/*.ts`);
// What is made for many agents has tests that take long, and all that they call would be held to them.
const isForMany = (file: string): boolean => /^mechanism\/(many-|kernel\/)/.test(file);
// The compiled kernel is in a language of its own.
const isKernel = (file: string): boolean => /^mechanism\/kernel\/(wasm|assembly)/.test(file);
const agentsNeed = [
  ...["agents/**", "markets/**", "sdk/**", "scripts/**", "ignition/**", "hardhat.config.ts"],
  ...["docs/operating.md", "artifacts/contracts/*/*.json", "artifacts/test/contracts/*/*/*.json"],
];

const parts: Part[] = [
  {
    name: "mechanism",
    files: filesOf("mechanism").filter((file) => !isForMany(file)),
    // Quick ones first: the first test that notices a change is the last that is run on it.
    tests: [
      "test/mechanism/**/!(twin|dynamics|equilibrium|baselines).test.ts",
      ...["twin", "dynamics", "equilibrium", "baselines"].map(
        (of) => `test/mechanism/${of}.test.ts`,
      ),
    ],
    slow: ["test/mechanism/many-*.test.ts"],
    needs: [],
  },
  {
    name: "mechanism-for-many",
    files: filesOf("mechanism").filter((file) => isForMany(file) && !isKernel(file)),
    tests: ["test/mechanism/{columns,entry-price,local-demand,many-*}.test.ts"],
    slow: [],
    needs: [],
  },
  {
    name: "agents",
    files: globSync("agents/*.ts"),
    tests: ["test/agents/*.ts"],
    // Those run a fleet on the contract itself.
    slow: ["test/agents/{fleet,replay}.test.ts"],
    needs: agentsNeed,
  },
  {
    name: "agents-chain",
    files: filesOf("agents/chain"),
    tests: ["test/agents/time-limit.ts", "test/agents/chain/*.test.ts"],
    slow: [],
    needs: agentsNeed,
  },
  {
    name: "agents-programs",
    files: [...filesOf("agents/program"), ...filesOf("agents/relay")],
    tests: [
      "test/agents/{plain-close-to,time-limit}.ts",
      "test/agents/program/{config,deliver,jobs,keys,monitor,operate,process,start}.test.ts",
      "test/agents/relay/{checks,client,collect,flags,pool,server,signed-demand}.test.ts",
      // On the contract itself, seconds for each change: for what no other test sees.
      "test/agents/program/{beginning-and-end,mistakes,transactions,nodes-that-fail}.test.ts",
      "test/agents/relay/{relay,fleet-over-relay}.test.ts",
    ],
    slow: [],
    needs: agentsNeed,
  },
];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { incremental: { type: "boolean", default: false } },
});
for (const file of positionals) {
  // Stryker is content with nothing to change.
  if (!parts.some(({ files }) => files.includes(file))) {
    throw new Error(
      `${file} is no file of mechanism/ or agents/ that is changed; name it as in mechanism/random.ts`,
    );
  }
}
for (const { name, files, tests, slow, needs } of parts) {
  const chosen =
    positionals.length === 0 ? files : files.filter((file) => positionals.includes(file));
  if (chosen.length === 0) continue;
  const out = `out/mutation/${name}`;
  console.log(`\n${name}`);
  // Sets the exit code to 1 where the score is below `break`, and throws if the tests fail without any change.
  await new Stryker({
    testRunner: "mocha",
    // Expanded here: mocha takes braces without a star for a file's name, and finds none.
    mochaOptions: { spec: tests.flatMap((pattern) => globSync(pattern)), ignore: slow },
    coverageAnalysis: "perTest",
    // Every test runs once before anything is changed: minutes on a busy machine.
    dryRunTimeoutMinutes: 15,
    mutate: chosen,
    // The copy that is changed holds these and nothing else; node_modules is linked.
    ignorePatterns: [
      "**",
      ...["package.json", "mechanism/**", "test/**", ...needs].map((kept) => `!${kept}`),
    ],
    tempDirName: `${out}/copy`,
    thresholds: { high: 95, low: 90, break: 85 },
    reporters: ["clear-text", "html", "json", "progress-append-only"],
    clearTextReporter: { logTests: false, reportTests: false, skipFull: false },
    htmlReporter: { fileName: `${out}/report.html` },
    jsonReporter: { fileName: `${out}/report.json` },
    incremental: values.incremental,
    incrementalFile: `${out}/incremental.json`,
    cleanTempDir: "always",
  }).runMutationTest();
}
