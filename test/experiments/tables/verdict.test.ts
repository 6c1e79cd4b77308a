import { expect } from "chai";

import { estimate, type Estimate } from "../../../experiments/harness/samples.ts";
import { judge, standardErrors, worst } from "../../../experiments/tables/verdict.ts";

/** A hundred values of that mean and deviation, or nearly. */
const around = (mean: number, sd: number): Estimate =>
  estimate(Array.from({ length: 100 }, (_, at) => mean + (at % 2 === 0 ? sd : -sd)));

const up = around(1, 0.1);
const unclear = around(0.01, 5);

describe("a verdict", () => {
  it("is 'reproduces' up to the paper's own deviation and no further", () => {
    const paper = { mean: 7, sd: 0.5 };
    expect(judge(around(7.499, 3), paper, 2, undefined, 0)).to.equal("reproduces");
    expect(judge(around(6.501, 3), paper, 2, undefined, 0)).to.equal("reproduces");
    expect(judge(around(7.501, 3), paper, 2, undefined, 0)).to.equal("does not");
  });

  it("allows for the paper's rounding where its deviation is 0.00", () => {
    const paper = { mean: 1, sd: 0 };
    expect(judge(around(1.004, 0), paper, 2, undefined, 0)).to.equal("reproduces");
    expect(judge(around(1.006, 0), paper, 2, undefined, 0)).to.equal("does not");
  });

  it("asks, where the paper gives no deviation, that our interval reach what rounds to its figure", () => {
    const paper = { mean: 2.3 };
    // Half-width 1.98·1.005/√100 = 0.199.
    expect(judge(around(2.49, 1), paper, 2, undefined, 0)).to.equal("reproduces");
    expect(judge(around(2.52, 1), paper, 2, undefined, 0)).to.equal("does not");
    expect(judge(around(2.304, 0), paper, 2, undefined, 0)).to.equal("reproduces");
    expect(judge(around(2.306, 0), paper, 2, undefined, 0)).to.equal("does not");
  });

  it("is 'direction only' where the difference from the reference row has the paper's sign", () => {
    const paper = { mean: 7, sd: 0.5 };
    expect(judge(around(20, 1), paper, 2, up, 0.3)).to.equal("direction only");
    expect(judge(around(20, 1), paper, 2, up, -0.3)).to.equal("does not");
  });

  it("grants no direction that is not clear, ours or the paper's", () => {
    const paper = { mean: 7, sd: 0.5 };
    expect(judge(around(20, 1), paper, 2, unclear, 0.3)).to.equal("does not");
    expect(judge(around(20, 1), paper, 2, up, 0)).to.equal("does not");
    expect(judge(around(20, 1), paper, 2, undefined, 0.3)).to.equal("does not");
  });

  it("of a row is that of its worst figure", () => {
    expect(worst(["reproduces", "direction only", "reproduces"])).to.equal("direction only");
    expect(worst(["does not", "reproduces"])).to.equal("does not");
    expect(worst(["reproduces"])).to.equal("reproduces");
    expect(worst([])).to.equal(undefined);
  });
});

describe("the distance of two means in standard errors", () => {
  it("counts both samples' errors", () => {
    const ours = { ...around(8, 1), error: 0.3 };
    // The paper's: 0.4 = 4/√100; together 0.5.
    expect(standardErrors(ours, { mean: 7, sd: 4 }, 100)).to.be.closeTo(2, 1e-12);
  });

  it("is unknown where the paper gives no deviation or no replications", () => {
    expect(standardErrors(up, { mean: 7 }, 100)).to.equal(undefined);
    expect(standardErrors(up, { mean: 7, sd: 4 }, undefined)).to.equal(undefined);
  });
});
