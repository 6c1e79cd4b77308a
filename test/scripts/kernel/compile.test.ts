import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { compileKernel, kernelFile } from "../../../scripts/kernel/compile.ts";

describe("the kernel", () => {
  it("is what its source compiles to", async () => {
    expect(await readFile(kernelFile, "utf8")).to.equal(await compileKernel());
  });
});
