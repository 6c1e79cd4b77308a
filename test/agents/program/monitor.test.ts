import { get } from "node:http";

import { expect } from "chai";
import { Registry } from "prom-client";

import { startMonitor } from "../../../agents/program/monitor.ts";

describe("The monitor of a fleet", () => {
  it("answers whatever is asked for, and goes on", async () => {
    const health = { problems: [], about: { round: 3 } };
    const monitor = await startMonitor(
      { host: "127.0.0.1", port: 0 },
      new Registry(),
      () => health,
    );
    const statusOf = (path: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(monitor.url);
        get({ hostname, port, path }, (response) => resolve(response.resume().statusCode)).on(
          "error",
          reject,
        );
      });
    try {
      for (const path of ["//", "///health", "*", "http://[", "/%", "/healthy"]) {
        expect(await statusOf(path), path).to.equal(404);
      }
      expect(await statusOf("/health?verbose")).to.equal(200);
      expect(await statusOf("/metrics")).to.equal(200);
    } finally {
      monitor.close();
    }
  });
});
