import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import type { HDNodeWallet } from "ethers";
import { Wallet } from "ethers";

import { createLog } from "../../../agents/program/log.ts";
import { parseRelayFlags } from "../../../agents/relay/flags.ts";
import { runRelay } from "../../../agents/relay/run.ts";

/** A relay in this process. */
export type RunningRelay = { url: string; stop: () => Promise<void> };

/** @param args more of its command line */
export async function startRelay(
  rpc: string,
  market: string,
  payer: HDNodeWallet,
  args: readonly string[] = [],
): Promise<RunningRelay> {
  const flags = parseRelayFlags([
    ...["--rpc", rpc, "--market", market, "--port", "0", "--polling", "0.05"],
    ...args,
  ]);
  const stopping = new AbortController();
  const log = createLog("error", (line) => process.stderr.write(line));
  let ended: Promise<void> | undefined;
  const url = await new Promise<string>((resolve, reject) => {
    const wallet = new Wallet(payer.privateKey);
    const { signal } = stopping;
    ended = runRelay({ flags, wallet, log, stopping: signal, onListening: resolve });
    ended.catch(reject);
  });
  return {
    url,
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

/** Stands before a relay and decides what becomes of each demand: handed on, or `202` and nothing else. */
export async function startLiar(
  relay: string,
  liesTo: (agent: string) => boolean,
): Promise<{ url: string; asked: () => number; close: () => void }> {
  let asked = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const { agent } = JSON.parse(body) as { agent: string };
      if (liesTo(agent)) {
        asked++;
        response.writeHead(202).end('{"status":"waiting"}\n');
        return;
      }
      const answer = await fetch(`${relay}${request.url ?? ""}`, { method: "POST", body });
      asked++;
      response.writeHead(answer.status).end(await answer.text());
    })();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
