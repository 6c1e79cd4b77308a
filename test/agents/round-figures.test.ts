import { expect } from "chai";

import type { ReplayedRound } from "../../agents/replay.ts";
import { roundFigures } from "../../agents/round-figures.ts";
import { parseFixed } from "../../mechanism/fixed-point.ts";

describe("A closed round in numbers", () => {
  const round: ReplayedRound = {
    epoch: 3n,
    round: 4n,
    price: parseFixed("1.5"),
    nextPrice: parseFixed("1.25"),
    demand: parseFixed("8"),
    movement: parseFixed("0.75"),
    answered: 2,
    members: 3,
    demands: new Map(),
    hash: "0x",
  };

  it("is the round as it was, in units and tokens a unit", () => {
    expect(roundFigures(round, 10)).to.deep.equal({
      epoch: 3,
      round: 4,
      price: 1.5,
      nextPrice: 1.25,
      demand: 8,
      movement: 0.75,
      primalResidual: 2,
      dualResidual: 0.25,
      answered: 2,
    });
  });

  it("has its excess as the primal residual, and at price zero no spare capacity", () => {
    expect(roundFigures(round, 5).primalResidual).to.equal(3);
    const free = { ...round, price: 0n };
    expect(roundFigures(free, 10).primalResidual).to.equal(0);
    expect(roundFigures(free, 5).primalResidual).to.equal(3);
  });

  it("has the price's step as the dual residual, whichever way it goes", () => {
    expect(roundFigures({ ...round, nextPrice: parseFixed("2") }, 5).dualResidual).to.equal(0.5);
  });
});
