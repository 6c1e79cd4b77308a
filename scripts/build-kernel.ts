// Compiles mechanism/kernel/assembly to mechanism/kernel/wasm.ts. Run it after a change there; a test notices if not.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { compileKernel, kernelFile } from "./kernel/compile.ts";

await writeFile(fileURLToPath(kernelFile), await compileKernel());
