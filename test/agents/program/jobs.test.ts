import { expect } from "chai";

import { createJobs } from "../../../agents/program/jobs.ts";

describe("Jobs", () => {
  it("are one at a time for each name, and all that have begun are waited for", async () => {
    const begun: string[] = [];
    const failed: unknown[] = [];
    const jobs = createJobs((...about) => failed.push(about));
    const gates = new Map<string, PromiseWithResolvers<undefined>>();
    const start = (name: string, what: string): void =>
      jobs.start(name, "submit", async () => {
        begun.push(what);
        const gate = Promise.withResolvers<undefined>();
        gates.set(name, gate);
        await gate.promise;
      });
    await jobs.idle();

    start("ann", "ann's first");
    start("ann", "ann's second");
    start("ben", "ben's first");
    expect([begun, jobs.size()]).to.deep.equal([["ann's first", "ben's first"], 2]);
    let isIdle = false;
    const idle = jobs.idle().then(() => (isIdle = true));

    const error = new Error("no");
    gates.get("ann")!.reject(error);
    await Promise.resolve(gates.get("ann")!.promise).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(failed).to.deep.equal([["ann", "submit", error]]);
    expect([jobs.size(), isIdle]).to.deep.equal([1, false]);
    start("ann", "ann's third");
    expect([begun.at(-1), jobs.size()]).to.deep.equal(["ann's third", 2]);

    gates.get("ben")!.resolve(undefined);
    await idle;
    expect(jobs.size()).to.equal(1);
    gates.get("ann")!.resolve(undefined);
    await jobs.idle();
    expect([jobs.size(), failed.length]).to.deep.equal([0, 1]);
  });
});
