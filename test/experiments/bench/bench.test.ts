import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { changes } from "../../../experiments/bench/baseline.ts";
import { judged, type Figure } from "../../../experiments/bench/figure.ts";
import { readBenchFlags } from "../../../experiments/bench/flags.ts";
import { inTurn, summary, timed } from "../../../experiments/bench/runs.ts";
import { changeText, tableText } from "../../../experiments/bench/table.ts";
import { root } from "../../../scripts/test/hardhat.ts";

const figure = (ratio: number, noise: number, ratioIs: string): Figure => ({
  ...{ name: "one", measured: 2, unit: "ms", floor: null, peer: null },
  ...{ ratio, ratioIs, target: null, met: null, noise },
});

describe("The bench", () => {
  it("lets contestants run in turn, and compares those of the same run", async () => {
    const order: string[] = [];
    const contestant = (name: string, seconds: number[]) => () => {
      order.push(name);
      return seconds.shift()!;
    };
    // The first of each warms up.
    const slow = contestant("slow", [99, 2, 4, 12]);
    const fast = contestant("fast", [1, 1, 2, 3]);
    const runs = await inTurn(3, [slow, fast]);
    expect(order).to.deep.equal(Array<string[]>(4).fill(["slow", "fast"]).flat());
    expect(runs.median(0)).to.equal(4);
    expect(runs.ratio(0, 1)).to.deep.equal({ median: 2, noise: 0.25 });
  });

  it("tells the noise as half the middle half's range", () => {
    expect(summary([10, 8, 12, 9, 11])).to.deep.equal({ median: 10, noise: 0.1 });
  });

  it("counts processor time by the call", async () => {
    let calls = 0;
    const seconds = await timed(() => {
      calls++;
      for (const end = performance.now() + 1; performance.now() < end;);
    }, 0.005)();
    expect(seconds * calls).to.be.at.least(0.005);
  });

  it("says whether a target is met, and nothing where there is nothing to judge", () => {
    expect(judged({ atLeast: 4 }, 4)).to.deep.equal({ target: "≥ 4", met: true });
    expect(judged({ atMost: 2 }, 2.1)).to.deep.equal({ target: "≤ 2", met: false });
    expect(judged({ atMost: 2 }, null)).to.deep.equal({ target: "≤ 2", met: null });
    expect(judged(undefined, 1)).to.deep.equal({ target: null, met: null });
  });

  it("calls worse what is worse by more than its noise, whichever way is worse", () => {
    const verdicts = (ratio: number, ratioIs: string, noise = 0.05): string =>
      changes([figure(ratio, noise, ratioIs)], { one: { ratio: 4, noise } })[0]!.verdict;
    expect(verdicts(2.9, "peer / measured")).to.equal("worse");
    expect(verdicts(3.5, "peer / measured")).to.equal("same");
    expect(verdicts(5.1, "peer / measured")).to.equal("better");
    expect(verdicts(5.1, "measured / floor")).to.equal("worse");
    // Gas has no noise: the least of it shows.
    expect(verdicts(4.001, "measured / floor", 0)).to.equal("worse");
    expect(changes([figure(4, 0, "peer / measured")], {})).to.deep.equal([]);
    const text = changeText(
      changes([figure(8, 0, "measured / floor")], { one: { ratio: 4, noise: 0 } }),
    );
    expect(text).to.match(/^WORSE one: ratio 4 → 8/);
  });

  it("shows a target that is missed", () => {
    const missed = { ...figure(1, 0, "measured / floor"), target: "≤ 0.5", met: false };
    expect(tableText([missed])).to.match(/≤ 0.5 {2}NO$/);
  });

  it("refuses flags it cannot use in one line that says what is allowed", () => {
    const refused =
      (...argv: string[]) =>
      (): unknown =>
        readBenchFlags(argv);
    expect(refused("--only", "gass")).to.throw(/--only: given gass, allowed .*did you mean gas\?/);
    expect(refused("--only", "")).to.throw("--only: given nothing");
    expect(refused("--keep", "--quick")).to.throw("--keep: given together with --quick");
    expect(refused("--fast")).to.throw("--fast: given an unknown flag");
    expect(readBenchFlags(["--help"])).to.match(/--only PARTS/);
  });

  it("writes every figure with its floor, peer, ratio, target and whether it is met", () => {
    const out = mkdtempSync(join(tmpdir(), "bench-test-"));
    try {
      const argv = ["experiments/bench.ts", "--quick", "--only", "gas", "--out", out];
      const { status, stdout } = spawnSync(process.execPath, argv, { cwd: root, encoding: "utf8" });
      expect(status).to.equal(0);
      expect(stdout).to.match(/^\d+ cores of .*\n/);
      const figures = JSON.parse(readFileSync(join(out, "bench.json"), "utf8")) as object[];
      expect(figures.length).to.be.above(4);
      for (const one of figures) {
        const fields = ["name", "measured", "unit", "floor", "peer", "ratio", "target", "met"];
        expect(one).to.include.all.keys(fields);
      }
      expect(readFileSync(join(out, "index.html"), "utf8")).to.include("gas, deployment");
    } finally {
      rmSync(out, { recursive: true });
    }
  });
});
