// Contracts depend on OpenZeppelin and PRB Math only, and their tests besides those on the test library.

import { globSync, readFileSync } from "node:fs";
import { dirname, normalize } from "node:path";

const PACKAGES = ["@openzeppelin/contracts/", "@prb/math/"];
const TEST_PACKAGES = [...PACKAGES, "forge-std/", "hardhat/console.sol"];
const IMPORT = /^\s*import\s+(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']/gm;

const files = globSync(["contracts/**/*.sol", "test/contracts/**/*.sol"]).sort();
const faults = files.flatMap((file) => {
  const inTests = file.startsWith("test");
  const packages = inTests ? TEST_PACKAGES : PACKAGES;
  const folders = inTests ? ["test/contracts/", "contracts/"] : ["contracts/"];
  return [...readFileSync(file, "utf8").matchAll(IMPORT)]
    .map((match) => match[1]!)
    .filter((path) =>
      path.startsWith(".")
        ? !folders.some((folder) => normalize(`${dirname(file)}/${path}`).startsWith(folder))
        : !packages.some((name) => path.startsWith(name)),
    )
    .map((path) => `${file} imports "${path}"; allowed: ${[...folders, ...packages].join(", ")}`);
});

if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exitCode = 1;
}
