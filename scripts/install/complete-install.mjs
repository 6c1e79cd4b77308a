// Completes an install: Hardhat's native part, if npm left it out, and the compiled contracts.
//
// Hardhat's chain simulator is a native package whose `engines` asks for Node 22. npm on Node 20 leaves it out without a
// word, and the first `hardhat` command then fails. The lock file also pins a current Node (the `node-*` packages), so
// this runs npm once more on that one, which adds what was left out and touches nothing else.
//
// Runs as `prepare`, so: no dependencies, nothing newer than Node 20, silent when there is nothing to do.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 22;
const GUARD = "CONTRACT_CLEARING_COMPLETING_INSTALL";

const root = fileURLToPath(new URL("../..", import.meta.url));
const modules = join(root, "node_modules");

process.exitCode = completeInstall() || compileContracts();

function completeInstall() {
  if (process.env[GUARD] !== undefined || !simulatorLacksItsBinary() || !npmLeftItOutForItsNode())
    return 0;

  const npm = process.env["npm_execpath"];
  const node = findNode();
  if (node === undefined || npm === undefined) {
    console.log(
      `contract-clearing: Hardhat needs Node ${OLDEST_NODE} or newer and its native part is not installed: ` +
        `run \`npx -y -p node@24 -- npm ci\`, or switch to Node 24 and run \`npm ci\`.`,
    );
    return 0;
  }

  console.log(`contract-clearing: adding Hardhat's native part, which npm left out on this Node.`);
  const args = [
    npm,
    "install",
    "--no-save",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
  ];
  const { status, stdout, stderr } = spawnSync(node, [...args, "--loglevel=error"], {
    cwd: root,
    env: { ...process.env, [GUARD]: "1" },
    encoding: "utf8",
  });
  if (status === 0 && !simulatorLacksItsBinary()) return 0;

  console.error(
    `${stdout ?? ""}${stderr ?? ""}contract-clearing: could not add Hardhat's native part; ` +
      `run \`npx -y -p node@24 -- npm ci\`, or switch to Node 24 and run \`npm ci\`.`,
  );
  return 1;
}

/** Compile the contracts now, so that the first run need not; says nothing unless it fails. */
function compileContracts() {
  const hardhat = join(modules, "hardhat", "dist", "src", "cli.js");
  const node = findNode();
  if (process.env[GUARD] !== undefined || node === undefined) return 0;
  if (!existsSync(hardhat) || simulatorLacksItsBinary()) return 0;
  const { status, stdout, stderr } = spawnSync(node, [hardhat, "build", "--no-tests", "--quiet"], {
    cwd: root,
    encoding: "utf8",
  });
  if (status === 0) return 0;
  console.error(
    `${stdout ?? ""}${stderr ?? ""}contract-clearing: could not compile the contracts.`,
  );
  return 1;
}

/** Whether Hardhat's simulator is installed without the native package for this machine (false without Hardhat). */
function simulatorLacksItsBinary() {
  const manifest = join(modules, "@nomicfoundation", "edr", "package.json");
  if (!existsSync(manifest)) return false;
  const { optionalDependencies = {} } = JSON.parse(readFileSync(manifest, "utf8"));
  const ours = Object.keys(optionalDependencies).filter((name) =>
    name.startsWith(`@nomicfoundation/edr-${process.platform}-${process.arch}`),
  );
  return ours.length > 0 && !ours.some((name) => existsSync(join(modules, name)));
}

/** Whether npm ran on an old Node; not so when the user asked npm to omit optional packages, for one. */
function npmLeftItOutForItsNode() {
  const agent = process.env["npm_config_user_agent"] ?? "";
  const major = /\bnode\/v(\d+)\./.exec(agent)?.[1];
  return agent.startsWith("npm/") && Number(major) < OLDEST_NODE;
}

/** The Node running this when it is new enough (npm puts the pinned one first on PATH), else the pinned one. */
function findNode() {
  const packages = [
    `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`,
    `node-bin-${process.platform}-${process.arch}`,
  ];
  const binary = process.platform === "win32" ? "node.exe" : "node";
  const candidates = [
    process.execPath,
    ...packages.map((name) => join(modules, name, "bin", binary)),
  ];
  return candidates.find((path) => {
    const { status, stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
    return status === 0 && Number(/^v(\d+)\./.exec(stdout)?.[1]) >= OLDEST_NODE;
  });
}
