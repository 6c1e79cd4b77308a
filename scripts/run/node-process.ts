import { spawn, spawnSync, type StdioOptions } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

import { sleep } from "../../agents/send.ts";

/** A node in a process of its own. */
export type NodeProcess = { url: string; pid: number; stop: () => Promise<void> };

/** A program that serves a chain, and how it is started; its port comes last. */
export type Client = { name: string; command: string; args: readonly string[] };

const root = fileURLToPath(new URL("../..", import.meta.url));
const inModules = (path: string): string =>
  fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url));

export const hardhat: Client = {
  name: "Hardhat",
  command: process.execPath,
  args: [inModules(".bin/hardhat"), "node"],
};

/** The pinned anvil, or the one on PATH; the registry has it for Linux on x64 only. */
const anvilCommand = [inModules("@foundry-rs/anvil-linux-amd64/bin/anvil"), "anvil"].find(
  (command) => existsSync(command) || spawnSync(command, ["--version"]).status === 0,
);

/** A client of another make than Hardhat's; undefined on a machine that has none. */
export const anvil: Client | undefined =
  anvilCommand === undefined
    ? undefined
    : { name: "anvil", command: anvilCommand, args: ["--silent"] };

/**
 * Start a node; it is ready to be asked when this returns.
 *
 * @param at the port; a free one if not given
 */
export async function startNode(
  { name, command, args }: Client = hardhat,
  at?: number,
): Promise<NodeProcess> {
  const port = at ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  // It tells of every request on stdout, and of what is wrong on stderr.
  const stdio: StdioOptions = ["ignore", "ignore", "pipe"];
  const child = spawn(command, [...args, "--port", String(port)], { cwd: root, stdio });
  let complaints = "";
  child.stderr?.on("data", (data: Buffer) => (complaints += data.toString()));
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const kill = (): void => void child.kill("SIGKILL");
  // Whatever ends this process ends the node.
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    kill();
    await exited;
    process.off("exit", kill);
  };
  for (let tries = 0; !(await answers(url)); tries++) {
    if (child.exitCode !== null || tries === 600) {
      await stop();
      throw new Error(`${name} did not start on port ${port}: ${complaints}`);
    }
    await sleep(100);
  }
  return { url, pid: child.pid!, stop };
}

async function answers(url: string): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  const headers = { "content-type": "application/json" };
  return fetch(url, { method: "POST", headers, body }).then(
    ({ ok }) => ok,
    () => false,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
