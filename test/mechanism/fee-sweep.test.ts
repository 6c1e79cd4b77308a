import { expect } from "chai";
import fc from "fast-check";

import type { Agent } from "../../mechanism/agent.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { sweepFee, undominated } from "../../mechanism/fee-sweep.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { check } from "./arbitraries.ts";

const fees = { unitFee: 0.5, executionFee: 1, progressiveFee: 0.1 };

describe("a fee that is swept", () => {
  it("is set to each setting while the others stay, and the market solved exactly", () => {
    const agents = drawAgents(10, 3);
    const settings = [0, 0.25, 2];
    for (const fee of ["unitFee", "executionFee", "progressiveFee"] as const) {
      const points = sweepFee(agents, 20, fees, fee, settings);
      expect(points.map(({ setting }) => setting)).to.deep.equal(settings);
      for (const { setting, fees: charged, equilibrium } of points) {
        expect(charged).to.deep.equal({ ...fees, [fee]: setting });
        expect(equilibrium).to.deep.equal(solveEquilibrium(agents, 20, charged));
      }
    }
  });

  it("moves the price by as much as the unit fee where capacity binds", () => {
    const agents = ["one", "two"].map((id): Agent => ({
      id,
      valuation: { family: "log", alpha: 10 },
      cost: { family: "linear", beta: 1 },
    }));
    // One unit each: α/(1 + 1) = β + τ + μ.
    const without = { unitFee: 0, executionFee: 0, progressiveFee: 0 };
    const points = sweepFee(agents, 2, without, "unitFee", [0, 1, 4]);
    const prices = points.map(({ equilibrium }) => equilibrium.price);
    [4, 3, 0].forEach((price, at) => expect(prices[at]).to.be.closeTo(price, 1e-9));
  });
});

describe("the undominated points", () => {
  const points = fc.array(
    fc.record({ gain: fc.integer({ min: 0, max: 9 }), loss: fc.integer({ min: 0, max: 9 }) }),
  );
  const frontOf = <Point extends { gain: number; loss: number }>(of: Point[]): Point[] =>
    undominated(
      of,
      ({ gain }) => gain,
      ({ loss }) => loss,
    );

  it("are those than which no other has as much gain for less loss, or more for as much", () => {
    check(points, (given) => {
      const isBeaten = (one: (typeof given)[number]): boolean =>
        given.some(
          (other) =>
            other.gain >= one.gain &&
            other.loss <= one.loss &&
            (other.gain > one.gain || other.loss < one.loss),
        );
      const front = frontOf(given);
      const said = front.map(({ gain, loss }) => `${gain}/${loss}`);
      const wanted = given.filter((one) => !isBeaten(one)).map((one) => `${one.gain}/${one.loss}`);
      expect(new Set(said)).to.deep.equal(new Set(wanted));
      expect(new Set(said).size).to.equal(said.length);
    });
  });

  it("come in order of loss", () => {
    const front = frontOf([
      { gain: 5, loss: 3 },
      { gain: 1, loss: 1 },
      { gain: 3, loss: 2 },
      { gain: 2, loss: 2.5 },
    ]);
    expect(front.map(({ loss }) => loss)).to.deep.equal([1, 2, 3]);
  });
});
