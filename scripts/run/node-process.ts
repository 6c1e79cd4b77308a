import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** A node in a process of its own. */
export type Node = { url: string; stop: () => Promise<void> };

/** A program that serves a chain: how it is started on a port, and what it says when it is ready. */
export type Client = {
  name: string;
  command: string;
  args: (port: number) => string[];
  ready: string;
};

const root = fileURLToPath(new URL("../..", import.meta.url));
const inModules = (path: string): string =>
  fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url));

export const hardhat: Client = {
  name: "Hardhat",
  command: process.execPath,
  args: (port) => [inModules(".bin/hardhat"), "node", "--port", String(port)],
  ready: "Started HTTP",
};

/** The pinned anvil, or the one on PATH; the registry has it for Linux on x64 only. */
const anvilCommand = [inModules("@foundry-rs/anvil-linux-amd64/bin/anvil"), "anvil"].find(
  (command) => existsSync(command) || spawnSync(command, ["--version"]).status === 0,
);

/** A client of another make than Hardhat's; undefined on a machine that has none. */
export const anvil: Client | undefined =
  anvilCommand === undefined
    ? undefined
    : {
        name: "anvil",
        command: anvilCommand,
        args: (port) => ["--port", String(port), "--accounts", "10"],
        ready: "Listening on",
      };

/** Start a node on a free port; it is ready to be asked when this returns. */
export async function startNode({ command, args, ready }: Client = hardhat): Promise<Node> {
  const port = await freePort();
  const child = spawn(command, args(port), { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const kill = (): void => void child.kill("SIGKILL");
  // Whatever ends the tests ends the node.
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    kill();
    await exited;
    process.off("exit", kill);
  };
  try {
    await new Promise<void>((resolve, reject) => {
      let said = "";
      const hear = (data: Buffer): void => {
        if (said.includes(ready)) return; // it goes on to tell of every request
        said += data.toString();
        if (said.includes(ready)) resolve();
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      void exited.then(() => reject(new Error(`the node did not start: ${said}`)));
      setTimeout(
        () => reject(new Error(`the node is not ready after 60 s: ${said}`)),
        60_000,
      ).unref();
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}`, stop };
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
