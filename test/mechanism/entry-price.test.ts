import { expect } from "chai";
import fc from "fast-check";

import { bestResponse } from "../../mechanism/best-response.ts";
import { entryPrice } from "../../mechanism/kernel/entry-price.ts";
import { between, check, oftenZero } from "./arbitraries.ts";

const anyCase = fc.record({
  alpha: between(0.5, 30),
  weight: oftenZero(6),
  executionFee: oftenZero(20),
  capacity: between(0.05, 200),
});

/** What an agent demands where a unit costs it q = p − γxᵗ. */
function demandAt(
  q: number,
  {
    alpha,
    weight,
    executionFee,
    capacity,
  }: typeof anyCase extends fc.Arbitrary<infer T> ? T : never,
): number {
  const agent = {
    id: "a",
    valuation: { family: "log", alpha },
    cost: { family: "linear", beta: 0 },
  } as const;
  const fees = { unitFee: 0, executionFee, progressiveFee: 0 };
  const standing = q < 0 ? -q / weight : 0;
  return bestResponse(agent, fees, Math.max(0, q), { proximalWeight: weight, standing, capacity });
}

/** How many logarithms it takes. */
function logarithmsOf(action: () => void): number {
  const { log1p } = Math;
  let count = 0;
  Math.log1p = (x) => {
    count++;
    return log1p(x);
  };
  try {
    action();
  } finally {
    Math.log1p = log1p;
  }
  return count;
}

describe("the price of entry", () => {
  it("is where the best response begins to be nothing, whatever stands", () => {
    check(
      anyCase,
      (one) => {
        const { alpha, weight, capacity, executionFee } = one;
        const q = entryPrice(alpha, weight, { capacity, executionFee });
        const step = 1e-9 * (1 + Math.abs(q));
        if (q - step < 0 && weight === 0) {
          expect(demandAt(step + Math.max(0, q), one)).to.equal(0);
          return;
        }
        expect(demandAt(q - step, one)).to.be.above(0);
        expect(demandAt(q + step, one)).to.equal(0);
      },
      1000,
    );
  });

  it("takes two logarithms for agents of the paper, three with a weight, and few for any", () => {
    const limits = { capacity: 100, executionFee: 1 };
    for (let alpha = 7; alpha <= 20; alpha++) {
      expect(logarithmsOf(() => entryPrice(alpha, 0, limits))).to.be.at.most(2);
      expect(logarithmsOf(() => entryPrice(alpha, 2, limits))).to.be.at.most(3);
    }
    check(anyCase, ({ alpha, weight, ...limits }) => {
      expect(logarithmsOf(() => entryPrice(alpha, weight, limits))).to.be.at.most(15);
    });
  });
});
