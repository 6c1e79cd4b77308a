import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the proxy is asked to pass on. */
export type Asked = { method: string; params: unknown[]; id: number };

/** What becomes of one request. */
export type Fate =
  | "pass"
  /** The connection breaks before the node has heard of it. */
  | "drop"
  /** The node has done it, and the connection breaks before the answer. */
  | "swallow"
  /** The node is asked twice; the second answer is given. */
  | "twice"
  /** Milliseconds until it is passed on. */
  | { delay: number }
  /** Passed on when this has resolved. */
  | { after: Promise<void> }
  | { status: number; headers?: Record<string, string>; body?: string }
  | { error: { code: number; message: string; data?: unknown } }
  | { result: unknown }
  /** The node's own result, changed. */
  | { change: (result: unknown) => unknown };

export type FaultyProxy = {
  url: string;
  /** Every request, in order. */
  asked: Asked[];
  close: () => void;
};

/**
 * A JSON-RPC server that passes requests on to a node and does to each what the script says.
 *
 * @param decide called with each request
 */
export async function startFaultyProxy(
  node: string,
  decide: (request: Asked) => Fate,
): Promise<FaultyProxy> {
  const asked: Asked[] = [];
  const forward = async (body: string): Promise<string> => {
    const headers = { "content-type": "application/json" };
    return (await fetch(node, { method: "POST", headers, body })).text();
  };
  const serve = async (body: string, response: ServerResponse): Promise<void> => {
    const request = JSON.parse(body) as Asked;
    asked.push(request);
    const fate = decide(request);
    const answer = (rest: object): void =>
      void response.end(JSON.stringify({ jsonrpc: "2.0", id: request.id, ...rest }));
    if (fate === "drop") return void response.destroy();
    if (typeof fate === "object") {
      if ("status" in fate) {
        response.writeHead(fate.status, fate.headers);
        return void response.end(fate.body ?? "");
      }
      if ("error" in fate) {
        answer({ error: fate.error });
        return;
      }
      if ("result" in fate) {
        answer({ result: fate.result });
        return;
      }
      if ("after" in fate) await fate.after;
      if ("delay" in fate) await new Promise((resolve) => setTimeout(resolve, fate.delay));
    }
    let text = await forward(body);
    if (fate === "twice") text = await forward(body);
    if (fate === "swallow") return void response.destroy();
    if (typeof fate === "object" && "change" in fate) {
      const { result } = JSON.parse(text) as { result: unknown };
      answer({ result: fate.change(result) });
      return;
    }
    response.end(text);
  };
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    // As nodes do, so that a page may ask it too.
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "content-type");
    if (request.method === "OPTIONS") return void response.end();
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      // Who asked may be gone, and so may the node when a test is over.
      serve(Buffer.concat(chunks).toString(), response).catch(() => response.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
