import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import solc from "solc";

import type { AstNode } from "./ast.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Solidity files by their name from the project's folder, or from `node_modules`. */
export type Sources = Readonly<Record<string, string>>;

/** Compiler settings, as the compiler's standard JSON names them. */
export type Settings = Readonly<Record<string, unknown>>;

export type CompilerError = {
  severity: string;
  message: string;
  formattedMessage: string;
  /** In bytes. */
  sourceLocation?: { file: string; start: number; end: number };
};

export type Contract = {
  abi: unknown[];
  evm: { bytecode: { object: string }; deployedBytecode: { object: string } };
};

export type Output = {
  errors: CompilerError[];
  asts: Record<string, AstNode>;
  contracts: Record<string, Record<string, Contract>>;
  /** Which of the files given to import were imported. */
  imported: string[];
};

/** What is asked of the compiler: syntax trees, errors alone, or code. */
export type Wanted = "ast" | "types" | "code";

const SELECTED: Record<Wanted, object> = {
  ast: { "": ["ast"] },
  types: { "*": ["abi"] },
  code: { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] },
};

/** The project's Solidity files below a folder. */
export function readSources(folder: string): Sources {
  const files = globSync(`${folder}/**/*.sol`, { cwd: root }).sort();
  return Object.fromEntries(files.map((file) => [file, readSource(file)]));
}

function readSource(name: string): string {
  const path =
    name.startsWith("contracts/") || name.startsWith("test/") ? name : join("node_modules", name);
  return readFileSync(join(root, path), "utf8");
}

/**
 * Compile `sources`. Errors are returned, not thrown.
 *
 * @param imported what else they import; read from the disk where it is not given
 */
export function compile(
  sources: Sources,
  wanted: Wanted,
  settings: Settings = {},
  imported: Sources = {},
): Output {
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(
      Object.entries(sources).map(([name, content]) => [name, { content }]),
    ),
    settings: {
      remappings: readFileSync(join(root, "remappings.txt"), "utf8").split("\n").filter(Boolean),
      // The code alone decides whether two programs are the same.
      metadata: { appendCBOR: false, bytecodeHash: "none" },
      debug: { debugInfo: [] },
      ...settings,
      outputSelection: Object.fromEntries(
        Object.keys(sources).map((name) => [name, SELECTED[wanted]]),
      ),
    },
  };
  const used = new Set<string>();
  const output = JSON.parse(
    (solc.compile as Compile)(JSON.stringify(input), {
      import: (name) => {
        const given = imported[name];
        if (given === undefined) return importSource(name);
        used.add(name);
        return { contents: given };
      },
    }),
  ) as RawOutput;
  return {
    errors: (output.errors ?? []).filter(({ severity }) => severity === "error"),
    asts: Object.fromEntries(
      Object.entries(output.sources ?? {}).map(([name, { ast }]) => [name, ast]),
    ),
    contracts: output.contracts ?? {},
    imported: [...used],
  };
}

/** @throws Error with the compiler's messages */
export function assertCompiled({ errors }: Output): void {
  if (errors.length > 0) {
    throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join("\n"));
  }
}

type Import = { contents: string } | { error: string };
type Compile = (input: string, callbacks: { import: (name: string) => Import }) => string;
type RawOutput = {
  errors?: CompilerError[];
  sources?: Record<string, { ast: AstNode }>;
  contracts?: Output["contracts"];
};

function importSource(name: string): Import {
  try {
    return { contents: readSource(name) };
  } catch (error) {
    return { error: String(error) };
  }
}
