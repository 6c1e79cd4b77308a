import { getEventListeners } from "node:events";
import { setImmediate as afterwards } from "node:timers/promises";

import { expect } from "chai";

import { pause, unless } from "../../../agents/chain/pause.ts";

const YEAR = 2 ** 31 - 1;

/** How something ended: what it gave, or name and message of what it threw. */
const endOf = (action: Promise<unknown>): Promise<unknown> =>
  action.catch((error: unknown) => `${(error as Error).name}: ${(error as Error).message}`);

describe("Being told to stop", () => {
  let leaving: AbortController;
  let signal: AbortSignal;
  beforeEach(() => {
    leaving = new AbortController();
    ({ signal } = leaving);
  });

  it("ends a pause at once, and lets none begin", async () => {
    expect(await endOf(pause(0, signal))).to.equal(undefined);
    const paused = pause(YEAR, signal);
    leaving.abort();
    expect(await endOf(paused)).to.equal("Stopped: told to stop");
    expect(await endOf(pause(YEAR, signal))).to.equal("Stopped: told to stop");
  });

  it("ends the wait for work at once, whatever becomes of the work", async () => {
    let fail!: (error: Error) => void;
    const work = new Promise((_, reject) => (fail = reject));
    const awaited = unless(signal, work);
    leaving.abort();
    expect(await endOf(awaited)).to.equal("Stopped: told to stop");
    fail(new Error("too late"));
  });

  it("counts before what the work has given already, and before its failure", async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown): void => void unheard.push(reason);
    process.on("unhandledRejection", hear);
    leaving.abort();
    for (const work of [() => Promise.resolve(7), () => Promise.reject(new Error("no"))]) {
      expect(await endOf(unless(signal, work()))).to.equal("Stopped: told to stop");
    }
    await afterwards();
    process.off("unhandledRejection", hear);
    expect(unheard).to.deep.equal([]);
    expect(getEventListeners(signal, "abort")).to.deep.equal([]);
  });

  it("is not waited for any more once the work has ended", async () => {
    expect(await endOf(unless(signal, Promise.resolve(7)))).to.equal(7);
    expect(await endOf(unless(signal, Promise.reject(new Error("no"))))).to.equal("Error: no");
    const awaited = unless(signal, new Promise(() => undefined));
    expect(getEventListeners(signal, "abort")).to.have.lengthOf(1);
    leaving.abort();
    await endOf(awaited);
    expect(getEventListeners(signal, "abort")).to.deep.equal([]);
  });
});
