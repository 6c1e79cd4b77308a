import {
  CollectStackTraces,
  EdrContext,
  L1_CHAIN_TYPE,
  l1GenesisState,
  l1HardforkFromString,
  l1SolidityTestRunnerFactory,
  OSAKA,
  type Artifact,
  type SolidityTestRunnerConfigArgs,
  type SuiteResult,
} from "@nomicfoundation/edr";

/** Which tests run, and how long they look. */
export type Stage = {
  /** Regular expressions over test names. */
  tests: string;
  except?: string | undefined;
  /** The most gas one test may use: what ends a mutant's endless loop. */
  gasLimit?: number | undefined;
  /** What the inputs are drawn by. */
  seed: string;
  fuzzRuns: number;
  invariantRuns: number;
  invariantDepth: number;
};

/** `Suite#test`. */
export type TestName = string;

/** What became of the tests; `slow` are those that took seconds. */
export type Outcome = { passed: TestName[]; failed: TestName[]; slow: TestName[] };

const SLOW = 2_000_000_000n; // ns

let runner: Promise<EdrContext> | undefined;

async function startRunner(): Promise<EdrContext> {
  const context = new EdrContext();
  await context.registerSolidityTestRunnerFactory(L1_CHAIN_TYPE, l1SolidityTestRunnerFactory());
  return context;
}

/** A pattern for these tests and no others. */
export function patternOf(names: readonly TestName[]): string {
  return `^(${names.map((name) => name.split("#")[1]!).join("|")})\\(`;
}

/** The names of the suites in a program. */
export function suitesOf(artifacts: readonly Artifact[]): string[] {
  return artifacts.filter(isSuite).map(({ id }) => id.name);
}

/**
 * Run the tests of a stage, as `hardhat test solidity` does, in this process and without the disk.
 *
 * @param names of the suites to run
 */
export async function runStage(
  artifacts: Artifact[],
  stage: Stage,
  names: readonly string[],
): Promise<Outcome> {
  const suites = artifacts
    .filter((artifact) => isSuite(artifact) && names.includes(artifact.id.name))
    .map(({ id }) => id);
  if (suites.length === 0) return { passed: [], failed: [], slow: [] };
  const context = await (runner ??= startRunner());
  const results = await new Promise<SuiteResult[]>((resolve, reject) => {
    const done: SuiteResult[] = [];
    const onSuite = (result: SuiteResult): void => {
      done.push(result);
      if (done.length === suites.length) resolve(done);
    };
    context
      .runSolidityTests(
        L1_CHAIN_TYPE,
        artifacts,
        suites,
        configurationOf(stage),
        { buildInfos: [], ignoreContracts: true },
        onSuite,
      )
      .catch(reject);
  });
  const tests = results.flatMap(({ id, testResults }) =>
    testResults.map((test) => {
      // The package declares an enum for it, which it does not bring.
      const status: string = test.status;
      return { name: `${id.name}#${plainName(test.name)}`, status, isSlow: test.durationNs > SLOW };
    }),
  );
  const namesOf = (matching: typeof tests): TestName[] => matching.map(({ name }) => name).sort();
  return {
    passed: namesOf(tests.filter(({ status }) => status === "Success")),
    failed: namesOf(tests.filter(({ status }) => status === "Failure")),
    slow: namesOf(tests.filter(({ isSlow }) => isSlow)),
  };
}

function plainName(signature: string): string {
  return signature.replace(/\(.*$/, "");
}

function isSuite({ id, contract }: Artifact): boolean {
  if (!id.source.endsWith(".t.sol") || contract.bytecode === "0x") return false;
  const abi = JSON.parse(contract.abi) as { type: string; name?: string }[];
  return abi.some(({ type, name }) => type === "function" && /^(test|invariant)/.test(name ?? ""));
}

function configurationOf(stage: Stage): SolidityTestRunnerConfigArgs {
  return {
    projectRoot: process.cwd(),
    hardfork: OSAKA,
    localPredeploys: l1GenesisState(l1HardforkFromString(OSAKA)),
    disableBlockGasLimit: true,
    disableTransactionGasCap: true,
    collectStackTraces: CollectStackTraces.OnFailure,
    testPattern: stage.tests,
    ...(stage.except === undefined ? {} : { excludeTestPattern: stage.except }),
    ...(stage.gasLimit === undefined ? {} : { gasLimit: BigInt(stage.gasLimit) }),
    fuzz: { runs: stage.fuzzRuns, seed: stage.seed },
    invariant: {
      runs: stage.invariantRuns,
      depth: stage.invariantDepth,
      failOnRevert: false,
      // Whether a sequence fails is all we ask, not how short it can be made.
      shrinkRunLimit: 0,
    },
  };
}
