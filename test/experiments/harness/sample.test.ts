import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { createPool, inThisThread, type Pool } from "../../../experiments/harness/pool.ts";
import { sample, type SampleOptions } from "../../../experiments/harness/sample.ts";
import type { Samples } from "../../../experiments/harness/samples.ts";
import { toy } from "../toy-experiment.ts";

const base = { seed: 7, replications: 23, engine: "float", chunk: 4 } as const;

async function rejectionOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    return String(error);
  }
  throw new Error("nothing was refused");
}

describe("sampling", () => {
  let folder: string;
  let threads: Pool;
  const alone = inThisThread();

  before(() => {
    threads = createPool(2);
  });
  after(() => threads.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "samples-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = async (
    parameters: object,
    options: Partial<SampleOptions> = {},
  ): Promise<{ samples: Samples; forget: () => void; computed: number }> => {
    let computed = 0;
    const done = await sample(toy, parameters, {
      ...base,
      pool: alone,
      store: { folder, code: "code" },
      onDone: (count, isStored) => {
        if (!isStored) computed += count;
      },
      ...options,
    });
    return { ...done, computed };
  };

  it("gives the same numbers in this thread and in two workers, in any pieces", async () => {
    const { samples: expected } = await run({});
    expect(expected.columns).to.deep.equal(["uniform", "normal"]);
    expect(expected.rows).to.have.length(23);
    for (const chunk of [1, 5, 100]) {
      const { samples } = await run(
        {},
        { pool: threads, chunk, store: { folder, code: `${chunk}` } },
      );
      expect(samples).to.deep.equal(expected);
    }
  });

  it("gives other numbers for another seed, and no two replications the same", async () => {
    const { samples } = await run({});
    const { samples: other } = await run({}, { seed: 8 });
    const seen = [...samples.rows, ...other.rows].map(([uniform]) => uniform);
    expect(new Set(seen).size).to.equal(46);
  });

  it("goes on after an interruption with what it had, and ends where it would have", async () => {
    const { samples: expected } = await run(
      {},
      { store: { folder: join(folder, "other"), code: "a" } },
    );
    // The toy that fails has other parameters, so its store is put in the place of the one that does not.
    await rejectionOf(() => run({ failsAt: 13 }));
    const [name] = readdirSync(folder).filter((file) => file.endsWith(".jsonl"));
    expect(name).to.be.a("string");
    const { samples, computed } = await resumeWith(name!);
    expect(samples).to.deep.equal(expected);
    expect(computed).to.equal(23 - 12);
  });

  it("passes over a line that was torn, and can be interrupted again after it", async () => {
    const { samples: expected } = await run(
      {},
      { store: { folder: join(folder, "other"), code: "a" } },
    );
    await rejectionOf(() => run({ failsAt: 13 }));
    const [name] = readdirSync(folder).filter((file) => file.endsWith(".jsonl"));
    appendFileSync(join(folder, name!), '{"from":12,"rows":[[0.1');
    const { samples, computed } = await resumeWith(name!);
    expect(samples).to.deep.equal(expected);
    expect(computed).to.equal(11);
    const again = await run({});
    expect(again.samples).to.deep.equal(expected);
    expect(again.computed).to.equal(0);
  });

  /** Take a store of the toy that fails for that of the toy that does not. */
  async function resumeWith(name: string): ReturnType<typeof run> {
    const { renameSync } = await import("node:fs");
    await run({}, { replications: 1 });
    const own = readdirSync(folder).find((file) => file.endsWith(".jsonl") && file !== name)!;
    renameSync(join(folder, name), join(folder, own));
    return run({});
  }

  it("adds replications to those it has when more are asked for", async () => {
    await run({}, { replications: 10 });
    const { computed, samples } = await run({});
    expect(computed).to.equal(13);
    expect(samples).to.deep.equal((await run({}, { store: { folder, code: "new" } })).samples);
  });

  it("uses nothing that other code, another seed or other parameters computed", async () => {
    await run({});
    expect((await run({}, { seed: 8 })).computed).to.equal(23);
    expect((await run({ failsAt: 99 })).computed).to.equal(23);
    expect((await run({}, { store: { folder, code: "newer" } })).computed).to.equal(23);
    // And the other code's files are gone.
    expect((await run({})).computed).to.equal(23);
  });

  it("forgets on demand", async () => {
    const { forget } = await run({});
    forget();
    expect(existsSync(folder)).to.equal(false);
    expect((await run({})).computed).to.equal(23);
  });

  it("names the replication and column that gave no number, from a worker too", async () => {
    for (const pool of [alone, threads]) {
      const message = await rejectionOf(() => run({ notANumberAt: 9 }, { pool }));
      expect(message).to.contain("toy, replication 9: uniform: given NaN, allowed a finite number");
    }
  });
});
