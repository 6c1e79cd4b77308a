import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** A node in a process of its own. */
export type Node = { url: string; stop: () => Promise<void> };

const root = fileURLToPath(new URL("../..", import.meta.url));
const hardhat = fileURLToPath(new URL("../../node_modules/.bin/hardhat", import.meta.url));

/** `npx hardhat node` on a free port; ready to be asked when this returns. */
export async function startNode(): Promise<Node> {
  const port = await freePort();
  const child = spawn(process.execPath, [hardhat, "node", "--port", String(port)], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
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
        said += data.toString();
        if (said.includes("Started HTTP")) resolve();
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
