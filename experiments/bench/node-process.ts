import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** A node in a process of its own. */
export type NodeProcess = {
  url: string;
  /** Processor seconds it has taken; null where the system does not tell. */
  processorTime: () => number | null;
  stop: () => Promise<void>;
};

export type Client = { name: string; command: string; args: string[] };

const root = fileURLToPath(new URL("../..", import.meta.url));
const anvils = [`${root}node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil`, "anvil"];
const anvil = anvils.find((one) => existsSync(one) || spawnSync(one, ["--version"]).status === 0);

/** The clients there are: anvil where there is one. */
export const clients: readonly Client[] = [
  {
    ...{ name: "Hardhat", command: process.execPath },
    args: [`${root}node_modules/.bin/hardhat`, "node"],
  },
  ...(anvil === undefined ? [] : [{ name: "anvil", command: anvil, args: ["--silent"] }]),
];

/** Start a node on a free port; it answers when this returns. */
export async function startNode({ name, command, args }: Client): Promise<NodeProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(command, [...args, "--port", String(port)], { cwd: root, stdio: "ignore" });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    kill();
    await exited;
    process.off("exit", kill);
  };
  for (let tries = 0; !(await answers(url)); tries++) {
    if (child.exitCode !== null || tries === 600) {
      await stop();
      throw new Error(`${name} did not start on port ${port}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, stop, processorTime: () => processorTime(child.pid!) };
}

async function answers(url: string): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  const headers = { "content-type": "application/json" };
  return fetch(url, { method: "POST", headers, body }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** utime and stime of /proc: hundredths of a second on every Linux. */
function processorTime(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return null;
  }
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
