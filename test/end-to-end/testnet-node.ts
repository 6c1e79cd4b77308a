import hre from "hardhat";

/**
 * A node with a testnet's chain id, with the development keys' ether.
 *
 * @param interval milliseconds between two blocks; without it each transaction is mined as it comes
 * @param port a free one without it
 */
export async function startTestnet(
  chainId: number,
  { interval, port = 0 }: { interval?: number; port?: number } = {},
): Promise<{ url: string; port: number; close: () => Promise<void> }> {
  const mining = interval === undefined ? {} : { mining: { auto: false, interval } };
  const server = await hre.network.createServer(
    { network: "default", override: { chainId, ...mining } },
    "127.0.0.1",
    port,
  );
  const { address, port: given } = await server.listen();
  return { url: `http://${address}:${given}`, port: given, close: () => server.close() };
}

/** Known to everybody, and refused on a testnet unless somebody says it: what a test needs. */
export const phrase = "test test test test test test test test test test test junk";
