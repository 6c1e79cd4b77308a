import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { InputError } from "../../markets/input-error.ts";

/** A server that listens. */
export type Listening = { url: string; close: () => void };

type Place = { host: string; port: number };

/**
 * Let a server listen.
 *
 * @param names of the fields or flags that say where
 * @throws InputError naming the one to put right, if the interface or the port is not to be had
 */
export async function listen(
  server: Server,
  place: Place,
  names: { host: string; port: string },
): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(refusal(error, place, names)));
    server.listen(place.port, place.host, resolve);
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

function refusal(
  cause: NodeJS.ErrnoException,
  { host, port }: Place,
  names: { host: string; port: string },
): InputError {
  const told = (sentence: string): InputError => new InputError(sentence, { cause });
  switch (cause.code) {
    case "EADDRINUSE":
      return told(
        `${names.port}: port ${port} of ${host} is taken; allowed a port that is free, or 0 for any`,
      );
    case "EACCES":
      return told(
        `${names.port}: given ${port}, allowed to this user a port from 1024 on, or 0 for any`,
      );
    default:
      return told(
        `${names.host}: given ${host} (${cause.code ?? cause.message}), allowed an address or name of this machine`,
      );
  }
}
