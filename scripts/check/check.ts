// Everything that is checked before the tests: the build first, which others read, then two at a time. The linter takes
// as long as the others together.
import { spawn } from "node:child_process";

await run("build");
await Promise.all([
  run("check:code"),
  inTurn(["check:format", "check:contracts", "check:types", "check:imports"]),
]);

async function inTurn(scripts: readonly string[]): Promise<void> {
  for (const script of scripts) await run(script);
}

/** Run a script of package.json; the first that fails ends all. */
function run(script: string): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn("npm", ["run", script], {
      stdio: "inherit",
      shell: process.platform === "win32",
    });
    child.once("exit", (code) => {
      if (code === 0) resolve();
      else process.exit(1);
    });
  });
}
