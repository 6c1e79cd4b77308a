import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { root } from "../../scripts/test/hardhat.ts";

/** A project that has nothing but this package, as its user gets it. */
export type EmptyProject = { folder: string; remove: () => Promise<void> };

const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];

/** Pack the package and install it in a folder of its own, from npm's cache as far as that has it. */
export async function installPackage(): Promise<EmptyProject> {
  const folder = await mkdtemp(join(tmpdir(), "contract-clearing-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    // What npm pack would do first, without preparing a clone that is prepared.
    await run("npm", ["run", "prepack", ...quiet], root);
    const pack = ["pack", "--ignore-scripts", "--pack-destination", folder, ...quiet];
    await run("npm", pack, root);
    const [tarball] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
    const manifest = { name: "empty", version: "1.0.0", private: true, type: "module" };
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    await writeFile(join(folder, "package-lock.json"), await lockOf(manifest));
    await run("npm", ["install", "--prefer-offline", ...quiet, `./${tarball}`], folder);
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Our own versions of what the package needs at run time: the registry is not asked which are newest. */
async function lockOf(manifest: { name: string; version: string }): Promise<string> {
  const { packages } = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; link?: boolean }>;
  };
  const needed = Object.entries(packages).filter(
    ([path, { dev, devOptional, link }]) =>
      path.startsWith("node_modules/") && !(dev ?? devOptional ?? link ?? false),
  );
  return JSON.stringify({
    ...manifest,
    lockfileVersion: 3,
    packages: { "": manifest, ...Object.fromEntries(needed) },
  });
}

/**
 * Run a command to its end.
 *
 * @returns what it printed on stdout
 * @throws Error with all that it printed if it fails, or takes more than a minute and a half
 */
export async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 90_000,
    shell: process.platform === "win32" && command.startsWith("np"),
  });
  let [printed, complaints] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (printed += data.toString()));
  child.stderr.on("data", (data: Buffer) => (complaints += data.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return printed;
  throw new Error(`${command} ${args.join(" ")}: exit code ${code}\n${printed}${complaints}`);
}
