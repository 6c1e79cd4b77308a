import { expect } from "chai";

import { createProgress, duration } from "../../../experiments/harness/progress.ts";

/** A terminal or a file, and a clock that is set by hand. */
function output(isTerminal: boolean) {
  const state = { time: 0, text: "" };
  return {
    state,
    isTerminal,
    write: (text: string) => void (state.text += text),
    now: () => state.time,
  };
}

describe("progress", () => {
  it("tells the time left from what was computed, not from what was found", () => {
    const seen = output(true);
    const progress = createProgress(100, seen);
    progress.begin("table6", 100, 1);
    seen.state.time = 1_000;
    progress.add(50, true);
    expect(seen.state.text).to.contain("table6 50/100, 50 % of all").and.not.contain("left");
    // Ten in five seconds: forty more take twenty.
    seen.state.time = 5_000;
    progress.add(10, false);
    expect(seen.state.text).to.contain("table6 60/100, 60 % of all, 20 s left");
  });

  it("shows at once what an interrupted run had found", () => {
    const seen = output(true);
    const progress = createProgress(128, seen);
    progress.begin("gas", 128, 1);
    progress.add(70, true);
    expect(seen.state.text).to.match(/gas 70\/128, 54 % of all$/);
  });

  it("counts slow results for more", () => {
    const seen = output(true);
    const progress = createProgress(10 * 1 + 10 * 9, seen);
    progress.begin("quick", 10, 1);
    seen.state.time = 1_000;
    progress.add(10, false);
    progress.end("done");
    seen.state.time = 1_200;
    progress.begin("slow", 10, 9);
    expect(seen.state.text).to.contain("slow 0/10, 10 % of all, 11 s left");
  });

  it("writes one line a result where nobody watches", () => {
    const seen = output(false);
    const progress = createProgress(20, seen);
    progress.begin("table4", 20, 1);
    progress.add(20, false);
    progress.end("20 replications, 3 s");
    expect(seen.state.text).to.equal("table4   20 replications, 3 s\n");
  });

  it("says durations as people do", () => {
    expect([0, 999, 59_400, 60_000, 200_000, 3_900_000].map(duration)).to.deep.equal([
      "0 s",
      "1 s",
      "59 s",
      "1 min 0 s",
      "3 min 20 s",
      "1 h 5 min",
    ]);
  });
});
