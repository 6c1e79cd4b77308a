import hre from "hardhat";

import type { Settings } from "./compiler.ts";
import { patternOf, type Stage, type TestName } from "./suites.ts";

// More than a test of a few actions uses. A loop that never ends runs into it, and the simulator keeps every step of a
// test that fails: ten times as much is more memory than most machines have.
const MOST_GAS = 30_000_000;

const { fuzz, invariant } = hre.config.test.solidity.profiles["default"]!;

// The same inputs as those of `npm test`, but fewer.
const QUICK = {
  seed: fuzz.seed,
  fuzzRuns: 32,
  invariantRuns: 4,
  invariantDepth: 48,
  gasLimit: MOST_GAS,
};
const FULL = {
  seed: fuzz.seed,
  fuzzRuns: fuzz.runs!,
  invariantRuns: invariant!.runs!,
  invariantDepth: invariant!.depth!,
};

/**
 * Cheap tests first: most mutants go no further.
 *
 * @param costly tests to leave for last
 */
export function quickStages(costly: readonly TestName[]): Stage[] {
  const except = exceptFor(costly);
  return [
    { ...QUICK, tests: "^test_", ...except },
    { ...QUICK, tests: "^testFuzz_", ...except },
    { ...QUICK, tests: "^invariant_", ...except },
  ];
}

/** Only the tests that a pattern names. */
export function chosenStage(tests: string): Stage {
  return { ...QUICK, tests };
}

/** Every test, as long as `npm test` lets it look. */
export function fullStages(costly: readonly TestName[]): Stage[] {
  return [
    { ...FULL, tests: "^(test|invariant)", gasLimit: MOST_GAS, ...exceptFor(costly) },
    ...(costly.length === 0 ? [] : [{ ...FULL, tests: patternOf(costly) }]),
  ];
}

function exceptFor(costly: readonly TestName[]): Pick<Stage, "except"> {
  return costly.length === 0 ? {} : { except: patternOf(costly) };
}

/** How the contracts are compiled for deployment. */
export function deploymentSettings(): Settings {
  return { ...(hre.config.solidity.profiles["default"]!.compilers[0]!.settings as Settings) };
}
