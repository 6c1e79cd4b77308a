import { request } from "node:http";

import { expect } from "chai";
import { Gauge, Registry } from "prom-client";

import { startMonitor, type Health } from "../../../agents/program/monitor.ts";
import type { Listening } from "../../../agents/program/listen.ts";

type Answer = { status: number; type: string; connection: string; body: string };

describe("The monitor of a fleet", () => {
  let monitor: Listening;
  let health: Health;
  let registry: Registry;
  const start = async (): Promise<void> => {
    health = { problems: [], about: { round: 3 } };
    registry = new Registry();
    monitor = await startMonitor({ host: "127.0.0.1", port: 0 }, registry, () => health);
  };
  afterEach(() => monitor.close());

  const ask = (path: string, method = "GET"): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(monitor.url);
      request({ hostname, port, path, method }, (response) => {
        let body = "";
        response.on("data", (part: Buffer) => (body += part.toString()));
        response.on("end", () =>
          resolve({
            status: response.statusCode!,
            type: response.headers["content-type"]!,
            connection: response.headers.connection!,
            body,
          }),
        );
      })
        .on("error", reject)
        .end();
    });
  const plain = { type: "text/plain", connection: "close" };

  it("says in /health how the process is, and why it is not well", async () => {
    await start();
    const json = { type: "application/json", connection: "close" };
    expect(await ask("/health?verbose")).to.deep.equal({
      status: 200,
      ...json,
      body: '{"status":"ok","problems":[],"round":3}\n',
    });
    health.problems.push("no node answers");
    expect(await ask("/health")).to.deep.equal({
      status: 503,
      ...json,
      body: '{"status":"failing","problems":["no node answers"],"round":3}\n',
    });
  });

  it("gives what is counted in /metrics, and says so where that fails", async () => {
    await start();
    new Gauge({ name: "here", help: "here", registers: [registry] }).set(7);
    const metrics = await ask("/metrics");
    expect(metrics).to.include({ status: 200, type: registry.contentType });
    expect(metrics.body).to.include("here 7");
    registry.metrics = () => Promise.reject(new Error("no figures"));
    const failed = { status: 500, ...plain, body: "Error: no figures\n" };
    expect(await ask("/metrics")).to.deep.equal(failed);
  });

  it("answers whatever else is asked for, and goes on", async () => {
    await start();
    const lost = { status: 404, ...plain, body: "only /metrics and /health\n" };
    for (const path of ["//", "///health", "*", "http://[", "/%", "/healthy"]) {
      expect(await ask(path), path).to.deep.equal(lost);
    }
    const wrong = { status: 405, ...plain, body: "only GET\n" };
    expect(await ask("/health", "POST")).to.deep.equal(wrong);
    expect((await ask("/health")).status).to.equal(200);
  });

  it("says where it listens, and stops at once", async () => {
    await start();
    expect(monitor.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await ask("/health")).status).to.equal(200);
    monitor.close();
    const error = await ask("/health").catch((reason: unknown) => reason);
    expect(error).to.have.property("code", "ECONNREFUSED");
  });
});
