/**
 * What `compile.ts` uses of `assemblyscript/asc`. The package's own types are for the files that it compiles: they give
 * Array and Map other methods, in every file of a project that they are part of.
 */
export function main(
  args: readonly string[],
  host: {
    readFile: (name: string, folder: string) => Promise<string | null>;
    writeFile: (name: string, contents: string | Uint8Array) => void;
    stderr: { write: (text: string | Uint8Array) => void };
  },
): Promise<{ error: Error | null }>;
