import type { Settings } from "./compiler.ts";
import { patternOf, type Stage, type TestName } from "./suites.ts";

// Far above what a test of a few actions uses, and soon reached by a loop that never ends.
const CHEAP = 200_000_000;

const QUICK = { fuzzRuns: 32, invariantRuns: 4, invariantDepth: 48, gasLimit: CHEAP };

/** Cheap tests first: most mutants go no further. */
export function quickStages(costly: readonly TestName[]): Stage[] {
  const except = costly.length === 0 ? {} : { except: patternOf(costly) };
  return [
    { ...QUICK, name: "branches", tests: "^test_", ...except },
    { ...QUICK, name: "fuzz", tests: "^testFuzz_", ...except },
    { ...QUICK, name: "invariants", tests: "^invariant_", ...except },
  ];
}

/** Only the tests that a pattern names. */
export function chosenStage(tests: string): Stage {
  return { ...QUICK, name: "chosen", tests };
}

/** Every test, as long as `npm test` lets it look. */
export async function fullStage(): Promise<Stage> {
  const { default: hre } = await import("hardhat");
  const { fuzz, invariant } = hre.config.test.solidity.profiles["default"]!;
  return {
    name: "full",
    tests: "^(test|invariant)",
    fuzzRuns: fuzz.runs!,
    invariantRuns: invariant!.runs!,
    invariantDepth: invariant!.depth!,
  };
}

/** How the contracts are compiled for deployment. */
export async function deploymentSettings(): Promise<Settings> {
  const { default: hre } = await import("hardhat");
  return { ...(hre.config.solidity.profiles["default"]!.compilers[0]!.settings as Settings) };
}
