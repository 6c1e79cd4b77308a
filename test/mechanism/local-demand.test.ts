import { expect } from "chai";
import fc from "fast-check";

import { columnsOf, createColumns } from "../../mechanism/kernel/columns.ts";
import {
  addRest,
  demandOf,
  localDemandAt,
  measureLocal,
  remainderOf,
  restOf,
} from "../../mechanism/kernel/local-demand.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { between, check, oftenZero } from "./arbitraries.ts";

const free = { unitFee: 0.5, executionFee: 0, progressiveFee: 0 };
const zero = () => ({ total: 0, slope: 0 });

describe("the demand of one of many agents", () => {
  const limits = { capacity: 4, executionFee: 0 };

  it("is α/p − 1, up to capacity, at any price down to none", () => {
    expect(demandOf(6, 2, limits)).to.equal(2);
    expect(demandOf(6, 1, limits)).to.equal(4);
    expect(demandOf(6, 0, limits)).to.equal(4);
    expect(demandOf(6, 6, limits)).to.equal(0);
    expect(demandOf(6, 7, limits)).to.equal(0);
    expect(demandOf(0, 0, limits)).to.equal(0);
  });

  it("without a fixed fee is there however small the gain", () => {
    // So small that α·ln(1+x) − px is nothing but rounding.
    for (let bits = 1; bits < 40; bits++) {
      expect(demandOf(1 + bits * Number.EPSILON, 1, limits)).to.be.closeTo(bits * 2 ** -52, 1e-30);
    }
  });

  it("is none where the gain is no more than the fixed fee", () => {
    const gain = 6 * Math.log1p(2) - 2 * 2;
    expect(demandOf(6, 2, { capacity: 4, executionFee: gain })).to.equal(0);
    expect(demandOf(6, 2, { capacity: 4, executionFee: 0.999 * gain })).to.equal(2);
  });
});

describe("demand near a price", () => {
  it("adds up those looked at one by one, with a slope for those between none and all", () => {
    const rest = { alpha: Float64Array.of(6, 6, 6, 6), cost: Float64Array.of(1, 0, 6, 0.5) };
    // At price 1 they pay 2, 1, 7 and 1.5: demands 2, 4 (all there is), 0 and 3.
    const sum = addRest(rest, { capacity: 4, executionFee: 0 }, 1, { total: 10, slope: -1 });
    expect(sum.total).to.equal(19);
    expect(sum.slope).to.be.closeTo(-1 - 6 / 4 - 6 / 2.25, 1e-12);
  });

  it("takes agents out of their columns by place", () => {
    const columns = columnsOf(drawAgents(5, 1));
    const { alpha, cost } = restOf(columns, 0.5, Uint32Array.of(4, 1));
    expect([...alpha]).to.deep.equal([columns.alpha[4], columns.alpha[1]]);
    expect([...cost]).to.deep.equal([columns.beta[4]! + 0.5, columns.beta[1]! + 0.5]);
  });

  it("is everybody's demand and its slope, as far as the series carries", () => {
    const market = fc.record({
      count: fc.integer({ min: 1, max: 60 }),
      seed: fc.integer(),
      centre: between(0.2, 8),
      executionFee: oftenZero(2),
      away: between(-1, 1),
    });
    check(market, ({ count, seed, centre, executionFee, away }) => {
      const columns = columnsOf(drawAgents(count, seed));
      const limits = { capacity: 1e6, executionFee };
      const fees = { ...free, executionFee };
      const halfWidth = 0.1 * centre;
      const demand = localDemandAt(columns, centre, halfWidth, fees);
      const price = centre + away * halfWidth;
      const near = measureLocal(demand, limits, price, zero());
      const everybody = restOf(columns, fees.unitFee, Uint32Array.from(columns.alpha.keys()));
      const exact = addRest(everybody, limits, price, zero());
      const omitted = remainderOf(demand, price);
      expect(near.total).to.be.closeTo(exact.total, omitted + 1e-9);
      // The slope's series is one term shorter: it leaves out seven times as much for the distance, at most.
      const distance = Math.abs(price - centre);
      const coarse = distance === 0 ? 0 : (7 * omitted) / distance;
      expect(near.slope).to.be.closeTo(exact.slope, coarse + 1e-9);
    });
  });

  it("leaves out as much of a single agent as it says, where the price is lower", () => {
    const columns = createColumns(1);
    columns.alpha[0] = 12;
    columns.beta[0] = 1;
    const demand = localDemandAt(columns, 3, 0.5, free);
    for (const price of [2.5, 2.6, 2.8]) {
      const near = measureLocal(demand, { capacity: 1e6, executionFee: 0 }, price, zero());
      const exact = 12 / (1.5 + price) - 1;
      const omitted = remainderOf(demand, price);
      expect(omitted).to.be.above(1e-10);
      expect((exact - near.total) / omitted).to.be.closeTo(1, 1e-3);
    }
  });

  it("leaves out nothing right at its price, also at none, and does not say how much beyond", () => {
    const columns = columnsOf(drawAgents(3, 1));
    const demand = localDemandAt(columns, 3, 0.5, free);
    expect(remainderOf(demand, 3)).to.equal(0);
    expect(remainderOf(demand, 3 - 1.001 * demand.leastSlope)).to.equal(Infinity);
    expect(remainderOf({ ...demand, leastSlope: 0 }, 3)).to.equal(0);
  });
});
