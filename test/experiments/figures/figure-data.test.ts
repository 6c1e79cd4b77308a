import { expect } from "chai";

import { gradientOf } from "../../../experiments/drawings/field.ts";
import type { SensitivityData } from "../../../experiments/drawings/sensitivity.ts";
import type { ShockData } from "../../../experiments/drawings/shock.ts";
import { claimOfDraws, claimsInWords } from "../../../experiments/figures/figure.ts";
import { figure6 } from "../../../experiments/figures/figure6.ts";
import { figure7 } from "../../../experiments/figures/figure7.ts";
import { runAlgorithm } from "../../../experiments/figures/rounds.ts";
import { boxOf, densityOf, quantile } from "../../../experiments/harness/distribution.ts";
import type { Claim, Finding } from "../../../experiments/tables/claim.ts";
import type { Agent } from "../../../mechanism/agent.ts";
import { concluded } from "./draw-figure.ts";

describe("rounds of Algorithm 1", () => {
  const agents: Agent[] = [
    { id: "a", valuation: { family: "log", alpha: 6 }, cost: { family: "linear", beta: 1 } },
    { id: "b", valuation: { family: "log", alpha: 2 }, cost: { family: "linear", beta: 1 } },
  ];
  const fees = { unitFee: 0.5, executionFee: 0, progressiveFee: 0 };
  const algorithm = { capacity: 3, proximalWeight: 0, step: 0.3, rounds: 2 };

  it("move the price by η(Ŝ − m), and answer it by α/(β + τ + μ) − 1", () => {
    const { shown, next } = runAlgorithm(agents, fees, algorithm);
    const [first, second] = shown;
    expect(first!.price).to.equal(0);
    expect(Array.from(first!.demands)).to.deep.equal([3, 2 / 1.5 - 1]);
    expect(first!.total).to.be.closeTo(10 / 3, 1e-12);
    expect(second!.price).to.be.closeTo(0.1, 1e-12);
    expect(second!.demands[0]).to.be.closeTo(6 / 1.6 - 1, 1e-12);
    expect(next.price).to.be.closeTo(0.1 + 0.3 * (6 / 1.6 + 2 / 1.6 - 2 - 3), 1e-12);
  });

  it("measure what is handed out, demand above capacity cut", () => {
    const [first] = runAlgorithm(agents, fees, algorithm).shown;
    const share = 3 / (10 / 3);
    const worth = [6, 2].map((alpha, at) => {
      const x = first!.demands[at]! * share;
      return alpha * Math.log(1 + x) - 1.5 * x;
    });
    expect(first!.efficiency).to.be.closeTo((worth[0]! + worth[1]!) / 2, 1e-12);
    expect(first!.gini).to.be.closeTo(0.5 - 1 / 3 / (10 / 3), 1e-12);
  });

  it("go on from where others stopped", () => {
    const [, , third] = runAlgorithm(agents, fees, { ...algorithm, rounds: 3 }).shown;
    const { next } = runAlgorithm(agents, fees, algorithm);
    expect(runAlgorithm(agents, fees, { ...algorithm, rounds: 1 }, next).shown).to.deep.equal([
      third,
    ]);
  });
});

describe("a distribution", () => {
  it("has its quantiles on straight lines between values", () => {
    expect([0, 0.25, 0.5, 1].map((share) => quantile([4, 1, 3, 2], share))).to.deep.equal([
      1, 1.75, 2.5, 4,
    ]);
  });

  it("calls outlier what lies beyond one and a half boxes", () => {
    expect(boxOf([1, 2, 3, 4, 100])).to.deep.equal({
      low: 1,
      quartile1: 2,
      median: 3,
      quartile3: 4,
      high: 4,
      mean: 22,
      outliers: [100],
    });
  });

  it("has a density from least to greatest, symmetric where the values are", () => {
    const { at, density } = densityOf([-2, -1, 0, 1, 2], 5);
    expect(at).to.deep.equal([-2, -1, 0, 1, 2]);
    expect(density[0]).to.be.closeTo(density[4]!, 1e-15);
    expect(density[2]).to.be.above(density[1]!).and.above(0);
    // sd 1.58 against 2/1.34 = 1.49: the latter, times 0.9·5^(−1/5), is Silverman's width.
    const width = 0.9 * (2 / 1.34) * 5 ** -0.2;
    const kernel = (x: number): number =>
      Math.exp(-0.5 * (x / width) ** 2) / (5 * width * Math.sqrt(2 * Math.PI));
    expect(density[2]).to.be.closeTo(kernel(0) + 2 * kernel(1) + 2 * kernel(2), 1e-12);
  });

  it("of one value is there, and is no NaN", () => {
    expect(densityOf([7], 2).density.every(Number.isFinite)).to.equal(true);
  });
});

describe("the slope of a field", () => {
  it("of a plane is that of the plane, at its rim too", () => {
    const [x, y] = [
      [0, 0.5, 1],
      [0, 2, 4],
    ];
    const values = x.map((u) => y.map((v) => 2 * u - 3 * v));
    for (const column of gradientOf({ x: x, y: y, values })) {
      expect(column).to.deep.equal([
        [2, -3],
        [2, -3],
        [2, -3],
      ]);
    }
  });
});

describe("Figure 6", () => {
  const parameters = figure6.prepare({ raters: "none", countries: "none" });
  if (typeof parameters === "string") throw new TypeError(parameters);
  const { unitFees, executionFees } = parameters;
  const run = { seed: 1, replications: 2, engine: "float" } as const;

  /** Two draws, alike, of what a formula gives at each pair of fees. */
  const conclude = (of: Record<"efficiency" | "fairness", (tau: number, g: number) => number>) => {
    const cells = unitFees.flatMap((tau) => executionFees.map((g) => [tau, g] as const));
    const all = { ...of, participation: (tau: number, g: number) => 100 - tau - g };
    const columns: string[] = [];
    const row: number[] = [];
    for (const [tau, g] of cells) {
      for (const [measure, value] of Object.entries(all)) {
        columns.push(`${measure}/${tau}/${g}`);
        row.push(value(tau, g));
      }
    }
    const { json } = figure6.conclude({ columns, rows: [row, row] }, parameters, run);
    return json as { data: SensitivityData; claims: Claim[] };
  };

  it("has the slope of efficiency by τ", () => {
    const { data } = conclude({
      efficiency: (tau, g) => 12 - 2 * tau - g,
      fairness: () => 0.5,
    });
    for (const slope of data.slope.flat()) expect(slope).to.be.closeTo(-2, 1e-9);
  });

  it("finds a collapse where both fees together cost more, and none where they do not", () => {
    const holds = (product: number): Finding =>
      conclude({
        efficiency: (tau, g) => 12 - tau - g + product * tau * g,
        fairness: () => 0.5,
      }).claims.find(({ claim }) => claim.includes("collapses"))!.holds;
    expect([holds(-0.2), holds(0), holds(0.2)]).to.deep.equal([true, false, false]);
  });

  it("finds a tipping point where the last step takes most, in part where that is so of one fee", () => {
    const holds = (byTau: number, byG: number): Finding =>
      conclude({
        efficiency: (tau, g) => 12 + byTau * tau ** 2 + byG * g ** 2,
        fairness: () => 0.5,
      }).claims.find(({ claim }) => claim.includes("tipping points"))!.holds;
    expect([holds(-1, -1), holds(-1, 1), holds(1, 1)]).to.deep.equal([true, "in part", false]);
  });

  it("finds fairness more sensitive to the fee that moves it more", () => {
    const holds = (byTau: number, byG: number): Finding =>
      conclude({
        efficiency: (tau, g) => 12 - tau - g,
        fairness: (tau, g) => 0.5 + byTau * tau + byG * g,
      }).claims.find(({ claim }) => claim.includes("far more sensitive"))!.holds;
    // Over their ranges of 2 and 5.
    expect(holds(0.06, 0.01)).to.equal(true);
    expect(holds(0.06, 0.03)).to.equal(false);
  });
});

describe("Figure 7", () => {
  it("has a waterfall whose steps lead from the fairness before to that at rest", async () => {
    const { block } = await concluded(figure7);
    const { waterfall, states, shock, rounds } = block.picture.data as ShockData;
    const [before, ...steps] = waterfall.map(({ value }) => value);
    const rest = steps.pop();
    expect(steps.reduce((sum, step) => sum + step, before!)).to.be.closeTo(rest!, 1e-12);
    expect(before).to.equal(states[rounds.indexOf(shock - 1)]!.fairness);
  });

  it("shows no shock where the fee jumps to what it was", async () => {
    const { block } = await concluded(figure7);
    const { surface, rest, rounds, shock } = block.picture.data as ShockData;
    const [before, first] = [shock - 1, shock].map((round) => surface[rounds.indexOf(round)]!);
    expect(first![0]).to.be.closeTo(before![0]!, 1e-2);
    expect(rest[0]).to.be.closeTo(before![0]!, 1e-2);
    expect(first!.at(-1)).to.be.below(before!.at(-1)! - 1);
  });
});

describe("what is said of a figure", () => {
  const claim = (text: string, holds: Finding): Claim => ({
    claim: text,
    source: "5",
    holds,
    evidence: "",
  });

  it("follows the numbers", () => {
    expect(claimsInWords([claim("Prices rise.", true), claim("A fee falls.", false)])).to.equal(
      "Of what the paper says of its figure, ours shows: prices rise. It does not show: a fee falls.",
    );
    expect(claimsInWords([claim("Prices rise.", true), claim("A fee falls.", "in part")])).to.equal(
      "Of what the paper says of its figure, ours shows: prices rise. It shows in part: a fee falls.",
    );
    expect(claimsInWords([claim("It 'settles'.", true)])).to.equal(
      "Our figure shows all that the paper says of its own: it 'settles'.",
    );
    expect(claimsInWords([claim("It 'settles.'", false)])).to.equal(
      "Our figure shows nothing of what the paper says of its own: it 'settles'.",
    );
  });

  it("asks for nine draws of ten", () => {
    const of = (seen: number): Finding =>
      claimOfDraws(
        "",
        "",
        Array.from({ length: 10 }, (_, at) => at < seen),
        "",
      ).holds;
    expect([of(8), of(9), of(10)]).to.deep.equal([false, true, true]);
    expect(claimOfDraws("", "", [], "").holds).to.equal(false);
  });
});
