import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { InputError } from "../../markets/input-error.ts";

/** A server that listens. */
export type Listening = { url: string; close: () => void };

/**
 * Let a server listen.
 *
 * @param refused says what the operator has to put right where the port or the interface is not to be had
 */
export async function listen(
  server: Server,
  { host, port }: { host: string; port: number },
  refused: (error: NodeJS.ErrnoException) => InputError,
): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(refused(error)));
    server.listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;
  const shown = bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
  return {
    url: `http://${shown}:${bound.port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
