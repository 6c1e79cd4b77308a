import { expect } from "chai";

import { roundsOf } from "../../../experiments/bench/rounds.ts";

describe("Rounds until a market settles", () => {
  for (const executionFee of [0, 1]) {
    it(`are at most 6 for half of the draws and 12 for nearly all: g = ${executionFee}`, () => {
      const rounds = roundsOf({ n: 20, capacity: 50, executionFee }, 100);
      expect(rounds[49]).to.be.at.most(6);
      expect(rounds[94]).to.be.at.most(12);
      expect(rounds.at(-1)).to.be.below(Infinity);
      expect(rounds[0]).to.be.at.least(2);
    });
  }
});
