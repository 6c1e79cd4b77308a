import type { Settings } from "./compiler.ts";
import { patternOf, type Stage, type TestName } from "./suites.ts";

// More than a test of a few actions uses. A loop that never ends runs into it, and the simulator keeps every step of a
// test that fails: ten times as much is more memory than most machines have.
const MOST_GAS = 30_000_000;

const QUICK = { fuzzRuns: 32, invariantRuns: 4, invariantDepth: 48, gasLimit: MOST_GAS };

/**
 * Cheap tests first: most mutants go no further.
 *
 * @param costly tests to leave for last
 */
export function quickStages(costly: readonly TestName[]): Stage[] {
  const except = exceptFor(costly);
  return [
    { ...QUICK, name: "branches", tests: "^test_", ...except },
    { ...QUICK, name: "fuzz", tests: "^testFuzz_", ...except },
    { ...QUICK, name: "invariants", tests: "^invariant_", ...except },
  ];
}

function exceptFor(costly: readonly TestName[]): Pick<Stage, "except"> {
  return costly.length === 0 ? {} : { except: patternOf(costly) };
}

/** Only the tests that a pattern names. */
export function chosenStage(tests: string): Stage {
  return { ...QUICK, name: "chosen", tests };
}

/** Every test, as long as `npm test` lets it look. */
export async function fullStages(costly: readonly TestName[]): Promise<Stage[]> {
  const { default: hre } = await import("hardhat");
  const { fuzz, invariant } = hre.config.test.solidity.profiles["default"]!;
  const runs = {
    fuzzRuns: fuzz.runs!,
    invariantRuns: invariant!.runs!,
    invariantDepth: invariant!.depth!,
  };
  const tests = "^(test|invariant)";
  return [
    { ...runs, name: "full", tests, gasLimit: MOST_GAS, ...exceptFor(costly) },
    ...(costly.length === 0 ? [] : [{ ...runs, name: "costly", tests: patternOf(costly) }]),
  ];
}

/** How the contracts are compiled for deployment. */
export async function deploymentSettings(): Promise<Settings> {
  const { default: hre } = await import("hardhat");
  return { ...(hre.config.solidity.profiles["default"]!.compilers[0]!.settings as Settings) };
}
