import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

type Compiler = {
  main: (
    args: readonly string[],
    host: {
      readFile: (name: string, folder: string) => Promise<string | null>;
      writeFile: (name: string, contents: string | Uint8Array) => void;
      stderr: { write: (text: string | Uint8Array) => void };
    },
  ) => Promise<{ error: Error | null }>;
};

// Not seen by TypeScript: the package's own types are for the files that it compiles, and give Array and Map other
// methods in every file of a project that they are part of.
const compiler = ["assemblyscript", "asc"].join("/");
const { main } = (await import(compiler)) as Compiler;

const root = fileURLToPath(new URL("../..", import.meta.url));
const source = "mechanism/kernel/assembly/index.ts";

/** Where the kernel is kept, compiled: what runs needs no compiler. */
export const kernelFile = new URL("../../mechanism/kernel/wasm.ts", import.meta.url);

/**
 * Compile the kernel.
 *
 * @returns the text of `kernelFile`
 * @throws Error with what the compiler says
 */
export async function compileKernel(): Promise<string> {
  let binary = new Uint8Array();
  let complaints = "";
  const { error } = await main(
    [
      ...[source, "--baseDir", root, "--outFile", "kernel.wasm"],
      ...["-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--enable", "simd"],
    ],
    {
      // The compiler asks for files that may be there and takes null for those that are not.
      readFile: (name, folder) => readFile(join(folder, name), "utf8").catch(() => null),
      writeFile: (_name, contents) => {
        binary = Uint8Array.from(Buffer.from(contents));
      },
      stderr: {
        write: (text: string | Uint8Array) => {
          complaints += Buffer.from(text).toString();
        },
      },
    },
  );
  if (error !== null) throw new Error(`${source}: ${complaints}`, { cause: error });
  const lines = Buffer.from(binary)
    .toString("base64")
    .match(/.{1,90}/g);
  return [
    "// Written by npm run build:kernel from assembly/: do not edit.",
    "",
    "/** The kernel as WebAssembly, base64. */",
    "export const WASM =",
    `${(lines ?? []).map((line) => `  "${line}"`).join(" +\n")};`,
    "",
  ].join("\n");
}
