import { expect } from "chai";
import type { Scene } from "../../dashboard/views/watch/scene.ts";
import { deadlineText, wordsOf } from "../../dashboard/views/watch/words.ts";

describe("Dashboard: Watch's words", () => {
  const round = { price: 5, round: 2, demand: 4, members: 2 } as unknown as Scene["rounds"][number];
  const ended = (...got: number[]): Scene => ({
    key: "",
    market: "m",
    symbol: "PAY",
    epoch: 1,
    epochs: [1],
    capacity: 4,
    fees: undefined,
    rounds: [round],
    open: undefined,
    reason: "Converged",
    members: 2,
    shares: got.map((allocation, id) => ({ id: String(id), demand: 2, allocation })),
    revenue: 0,
    charges: 0,
  });

  it("say what was not given out of what was asked for", () => {
    expect(wordsOf(ended(2, 0)).detail).to.include(
      "Of 4 units asked for 2 were given out: who did not answer the last price",
    );
  });

  it("say nothing of it where all was given out", () => {
    expect(wordsOf(ended(2, 2)).detail).not.to.include("given out");
    expect(wordsOf({ ...ended(2, 2, 2), capacity: 6.001 }).detail).not.to.include("given out");
  });

  it("count down until all have answered, not after", () => {
    const open = {
      round: 1,
      price: 1,
      demand: 4,
      answered: 1,
      members: 2,
      deadline: 100,
      clock: { time: 40, at: performance.now() },
    };
    expect(deadlineText(open)).to.match(/^closes in 1:00 min, or when all have answered$/);
    expect(deadlineText({ ...open, answered: 2 })).to.equal("anybody may close it now");
  });
});
