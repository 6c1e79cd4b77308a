import type { Artifact } from "@nomicfoundation/edr";

import { assertCompiled, compile, type Output, type Settings, type Sources } from "./compiler.ts";
import { mutated, type Mutant } from "./mutants.ts";
import { ALIVE, blamed, switched } from "./switches.ts";

/** The project as it was when the run began, whoever edits it meanwhile. */
export type Project = { contracts: Sources; tests: Sources };

/** The contracts and their tests, compiled: what the test runner runs. */
export type Program = readonly Artifact[];

const VERSION = "0.8.37";

// As fast to compile as can be. The market has too many variables for the compiler's older pipeline.
const CONTRACT_SETTINGS: Settings = { viaIR: true };

/**
 * One program of all the mutants that can be chosen while it runs.
 *
 * @returns the program, and the mutants that are not in it: each needs a program of its own
 */
export function switchedProgram(
  project: Project,
  mutants: readonly Mutant[],
): { program: Program; others: Mutant[] } {
  const others = mutants.filter(({ site }) => site === undefined);
  let inside = mutants.filter(({ site }) => site !== undefined);
  for (;;) {
    const files = Object.entries(Object.groupBy(inside, ({ file }) => file)).map(
      ([file, here = []]) => [file, switched(project.contracts[file]!, here)] as const,
    );
    const switches = Object.fromEntries(files);
    const texts = Object.fromEntries(files.map(([file, { text }]) => [file, text]));
    const contracts = { ...project.contracts, ...texts };
    const output = compile(contracts, "types");
    const unfit = new Set(
      output.errors.flatMap(({ sourceLocation: at }) =>
        at === undefined ? [] : blamed(switches[at.file]!, at),
      ),
    );
    if (unfit.size === 0) {
      assertCompiled(output);
      return { program: compileProgram({ ...project, contracts }), others };
    }
    others.push(...unfit);
    inside = inside.filter((mutant) => !unfit.has(mutant));
  }
}

/** A program with this mutant and no other; undefined if it does not compile. */
export function ownProgram(project: Project, mutant: Mutant): Program | undefined {
  const contracts = withMutant(project.contracts, mutant);
  if (compile(contracts, "types").errors.length > 0) return undefined;
  return compileProgram({ ...project, contracts });
}

export function compileProgram({ contracts, tests }: Project): Program {
  const compiled = compile(contracts, "code", CONTRACT_SETTINGS);
  assertCompiled(compiled);
  return [...artifactsOf(compiled), ...compileTests(tests, contracts)];
}

/** The last tests compiled, with what they imported. */
let lastTests: { imported: Sources; artifacts: Artifact[] } | undefined;

/** Compiled again only if a contract changed that the tests import: most know the market by its interface alone. */
function compileTests(tests: Sources, contracts: Sources): Artifact[] {
  const isSame = Object.entries(lastTests?.imported ?? {}).every(
    ([name, text]) => contracts[name] === text,
  );
  if (lastTests === undefined || !isSame) {
    const output = compile(tests, "code", {}, contracts);
    assertCompiled(output);
    const imported = Object.fromEntries(output.imported.map((name) => [name, contracts[name]!]));
    lastTests = { imported, artifacts: artifactsOf(output) };
  }
  return lastTests.artifacts;
}

/** Whether the contracts are the same bytes with and without the mutant, compiled as they are deployed. */
export function isSameCode(project: Project, mutant: Mutant, settings: Settings): boolean {
  const codeOf = (contracts: Sources): string => {
    const output = compile(contracts, "code", settings);
    assertCompiled(output);
    return artifactsOf(output)
      .map(({ contract }) => contract.bytecode)
      .join("\n");
  };
  deployedCode ??= codeOf(project.contracts);
  return codeOf(withMutant(project.contracts, mutant)) === deployedCode;
}

let deployedCode: string | undefined;

function withMutant(contracts: Sources, mutant: Mutant): Sources {
  return { ...contracts, [mutant.file]: mutated(contracts[mutant.file]!, mutant) };
}

function artifactsOf({ contracts }: Output): Artifact[] {
  return Object.entries(contracts).flatMap(([source, inFile]) =>
    Object.entries(inFile).map(([name, { abi, evm }]) => ({
      id: { name, solcVersion: VERSION, source },
      contract: {
        abi: JSON.stringify(abi),
        bytecode: `0x${evm.bytecode.object}`,
        linkReferences: {},
        deployedBytecode: `0x${evm.deployedBytecode.object}`,
        deployedLinkReferences: {},
      },
    })),
  );
}

/** The program with one mutant alive; none for 0. */
export function withAlive(program: Program, id: number): Artifact[] {
  const word = id.toString(16).padStart(64, "0");
  return program.map(({ id: name, contract }) => ({
    id: name,
    contract: {
      ...contract,
      bytecode: contract.bytecode!.replaceAll(ALIVE, word),
      deployedBytecode: contract.deployedBytecode!.replaceAll(ALIVE, word),
    },
  }));
}
