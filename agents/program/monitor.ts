import { createServer } from "node:http";

import type { Registry } from "prom-client";

import { listen, type Listening } from "./listen.ts";

/** How the process is: `problems` is empty when it is well. */
export type Health = { problems: string[]; about: Record<string, unknown> };

/**
 * Serve `/metrics` and `/health`.
 *
 * @throws InputError if the port or the interface is not to be had
 */
export async function startMonitor(
  place: { host: string; port: number },
  registry: Registry,
  health: () => Health,
): Promise<Listening> {
  const server = createServer((request, response) => {
    // Whatever a stranger asks for: URL would throw at "//", and end the program.
    const [path] = (request.url ?? "/").split("?");
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { "content-type": type, connection: "close" });
      response.end(body);
    };
    if (request.method !== "GET") answer(405, "text/plain", "only GET\n");
    else if (path === "/health") {
      const { problems, about } = health();
      const status = problems.length === 0 ? "ok" : "failing";
      const body = JSON.stringify({ status, problems, ...about });
      answer(problems.length === 0 ? 200 : 503, "application/json", `${body}\n`);
    } else if (path === "/metrics") {
      registry.metrics().then(
        (text) => answer(200, registry.contentType, text),
        (error: unknown) => answer(500, "text/plain", `${String(error)}\n`),
      );
    } else answer(404, "text/plain", "only /metrics and /health\n");
  });
  return listen(server, place, { host: "monitor.host", port: "monitor.port" });
}
