import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { getAddress } from "ethers";
import type { Registry } from "prom-client";

import { listen, type Listening } from "../program/listen.ts";
import { NotTaken } from "./checks.ts";
import type { Pool } from "./pool.ts";
import { MAX_BODY, parseDemand } from "./request.ts";
import type { SignedDemand } from "./signed-demand.ts";

export type Service = {
  pool: Pool;
  /** Whether the market would count it. @throws NotTaken if not */
  check: (demand: SignedDemand) => Promise<void>;
  /** Told of each answer to a posted demand. */
  onAnswer: (status: number) => void;
  registry: Registry;
  /** What is wrong; empty when all is well. */
  problems: () => string[];
  /** Requests a second that one remote address may make. */
  rate: number;
};

const TIMEOUT = 10_000;

/**
 * Serve `POST /demands`, `GET /demands/AGENT`, `/health` and `/metrics`.
 *
 * @throws InputError if the port or the interface is not to be had
 */
export async function startServer(
  place: { host: string; port: number },
  service: Service,
): Promise<Listening> {
  const allow = limitRate(service.rate);
  const server = createServer({ requestTimeout: TIMEOUT }, (request, response) => {
    const answered = allow(request.socket.remoteAddress ?? "")
      ? route(service, request, response)
      : Promise.reject(new NotTaken(429, `rate: allowed ${service.rate} requests a second`));
    answered.catch((error: unknown) => {
      const status = error instanceof NotTaken ? error.status : 503;
      if (request.method === "POST") service.onAnswer(status);
      // What is left of a body that was too long is not read.
      response.setHeader("connection", "close");
      say(response, status, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  return listen(server, place, { host: "--host", port: "--port" });
}

async function route(
  { pool, check, onAnswer, registry, problems }: Service,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = "/"] = (request.url ?? "/").split("?");
  const agent = /^\/demands\/(0x[0-9a-f]{40})$/i.exec(path)?.[1];
  if (request.method === "POST" && path === "/demands") {
    const demand = parseDemand(await bodyOf(request));
    const held = pool.of(demand.agent);
    const isOfRound = held?.demand.epoch === demand.epoch && held.demand.round === demand.round;
    if (isOfRound && held.status !== "dropped" && held.demand.demand !== demand.demand) {
      throw new NotTaken(409, `demand: ${demand.agent} has signed another for this round already`);
    }
    await check(demand);
    pool.add(demand);
    onAnswer(202);
    say(response, 202, { status: "waiting" });
  } else if (request.method === "GET" && agent !== undefined) {
    const held = pool.of(getAddress(agent.toLowerCase()));
    if (held === undefined)
      throw new NotTaken(404, `agent: given ${agent}, nothing is known of it`);
    const { demand, ...state } = held;
    const { epoch, round, demand: units } = demand;
    say(response, 200, {
      epoch: String(epoch),
      round: String(round),
      demand: String(units),
      ...state,
    });
  } else if (request.method === "GET" && path === "/health") {
    const wrong = problems();
    const status = wrong.length === 0 ? "ok" : "failing";
    say(response, wrong.length === 0 ? 200 : 503, { status, problems: wrong });
  } else if (request.method === "GET" && path === "/metrics") {
    response.writeHead(200, { "content-type": registry.contentType });
    response.end(await registry.metrics());
  } else {
    throw new NotTaken(
      404,
      "allowed: POST /demands, GET /demands/AGENT, GET /health, GET /metrics",
    );
  }
}

function say(response: ServerResponse, status: number, body: Record<string, unknown>): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(`${JSON.stringify(body)}\n`);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  request.setEncoding("utf8");
  for await (const part of request) {
    body += part as string;
    if (body.length > MAX_BODY) throw new NotTaken(413, `body: allowed ${MAX_BODY} bytes`);
  }
  return body;
}

/** Counts begin anew each second, so that nothing is kept of who is gone. */
function limitRate(rate: number): (address: string) => boolean {
  let second = 0;
  const counts = new Map<string, number>();
  return (address) => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) counts.clear();
    second = now;
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    return count <= rate;
  };
}
