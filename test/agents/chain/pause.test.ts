import { getEventListeners } from "node:events";
import { setImmediate as afterwards } from "node:timers/promises";

import { expect } from "chai";

import { pause, Stopped, unless } from "../../../agents/chain/pause.ts";

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
    // Nobody waits any more: a failure that is nobody's would end the process.
    fail(new Error("too late"));
    await afterwards();
  });

  it("counts before what the work has given already", async () => {
    leaving.abort();
    const ended = [() => Promise.resolve(7), () => Promise.reject(new Error("no"))];
    for (const work of ended) {
      expect(await unless(signal, work()).catch((error: unknown) => error)).to.be.instanceOf(
        Stopped,
      );
    }
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
