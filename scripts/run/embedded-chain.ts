import hre from "hardhat";

/** A chain of its own inside this process, with a JSON-RPC address like any other. */
export type EmbeddedChain = { url: string; close: () => Promise<void> };

/** Start one: Hardhat's simulated network, mining on demand, on a free port of this machine only. */
export async function startEmbeddedChain(): Promise<EmbeddedChain> {
  const server = await hre.network.createServer("default", "127.0.0.1", 0);
  const { address, port } = await server.listen();
  return { url: `http://${address}:${port}`, close: () => server.close() };
}

/** Compile the contracts unless that has been done; says nothing when there is nothing to do. */
export async function ensureBuilt(): Promise<void> {
  await hre.tasks
    .getTask("build")
    .run({ quiet: true, noTests: true, defaultBuildProfile: "default" });
}
