import { expect } from "chai";

import {
  clearSign,
  columnOf,
  estimate,
  pairedDifference,
  studentQuantile,
} from "../../../experiments/harness/samples.ts";
import { streamSeed } from "../../../experiments/harness/seeds.ts";
import { createRandom } from "../../../mechanism/random.ts";

describe("an estimate", () => {
  it("has the mean, deviation and interval of the textbook", () => {
    // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, Σ(x − 5)² = 32; t at 7 degrees of freedom is 2.364624.
    const { count, mean, sd, error, ci95 } = estimate([2, 4, 4, 4, 5, 5, 7, 9]);
    expect([count, mean]).to.deep.equal([8, 5]);
    expect(sd).to.be.closeTo(Math.sqrt(32 / 7), 1e-14);
    expect(error).to.be.closeTo(Math.sqrt(32 / 7 / 8), 1e-14);
    expect(ci95[1] - 5).to.be.closeTo(2.364624 * Math.sqrt(32 / 56), 1e-4);
    expect(ci95[0] + ci95[1]).to.be.closeTo(10, 1e-14);
  });

  it("keeps its digits where the mean is large beside the spread", () => {
    expect(estimate([1e9 + 1, 1e9 + 2, 1e9 + 3]).sd).to.equal(1);
  });

  it("has no width for one value, and is refused for none", () => {
    expect(estimate([3])).to.deep.equal({ count: 1, mean: 3, sd: 0, error: 0, ci95: [3, 3] });
    expect(() => estimate([])).to.throw(RangeError, "given none");
  });

  it("covers the true mean in about 95 of 100 samples of ten", () => {
    const { normal } = createRandom(3);
    let covered = 0;
    for (let trial = 0; trial < 4000; trial++) {
      const [low, high] = estimate(Array.from({ length: 10 }, normal)).ci95;
      if (low <= 0 && high >= 0) covered += 1;
    }
    // Standard error 0.34 points.
    expect(covered / 40).to.be.within(94, 96);
  });
});

describe("the quantile of Student's t", () => {
  it("is the tables'", () => {
    const table = [
      [1, 12.706205],
      [2, 4.302653],
      [4, 2.776445],
      [9, 2.262157],
      [19, 2.093024],
      [199, 1.971957],
      [999, 1.962341],
    ] as const;
    for (const [degrees, value] of table) {
      expect(studentQuantile(degrees)).to.be.closeTo(value, degrees < 9 ? 4e-3 : 2e-5);
    }
  });
});

describe("a paired difference", () => {
  it("sees what both columns' scatter hides", () => {
    const first = [1, 9, 3, 7];
    const second = first.map((value, at) => value - 0.1 - 0.01 * at);
    const difference = pairedDifference(first, second);
    expect(difference.mean).to.be.closeTo(0.115, 1e-12);
    expect(clearSign(difference)).to.equal(1);
    expect(clearSign(pairedDifference(second, first))).to.equal(-1);
  });

  it("settles no sign where zero is possible, nor on what rounding left", () => {
    expect(clearSign(pairedDifference([1, 2, 3], [2, 1, 3.1]))).to.equal(0);
    expect(clearSign(pairedDifference([1 + 2e-16, 1 + 2e-16], [1, 1]))).to.equal(0);
  });
});

describe("samples", () => {
  it("names a column that is not there and those that are", () => {
    const samples = { columns: ["a", "b"], rows: [[1, 2]] };
    expect([...columnOf(samples, "b")]).to.deep.equal([2]);
    expect(() => columnOf(samples, "c")).to.throw(RangeError, "column c: given, allowed a, b");
  });
});

describe("the seed of a stream", () => {
  it("differs for every seed, replication and stream, upper bits of the seed included", () => {
    const seeds = new Set<number>();
    for (const seed of [0, 1, 2, 2 ** 32, 2 ** 32 + 1]) {
      for (let replication = 0; replication < 200; replication++) {
        for (const stream of [0, 10, 100]) seeds.add(streamSeed(seed, replication, stream));
      }
    }
    expect(seeds.size).to.equal(3000);
  });
});
