import { expect } from "chai";

import type { Agent } from "../../mechanism/agent.ts";
import { elasticities, warningOf } from "../../mechanism/elasticity.ts";
import { sweepFee } from "../../mechanism/fee-sweep.ts";
import { efficiency } from "../../mechanism/metrics.ts";

const free = { unitFee: 0, executionFee: 0, progressiveFee: 0 };

describe("the elasticity of efficiency in a fee", () => {
  it("is that of the closed form, for isoelastic agents with capacity to spare", () => {
    // E ∝ (β + τ)^(1 − 1/ρ), so the elasticity is −(1/ρ − 1)·τ/(β + τ): here −3τ/(1 + τ), which is −1 at τ = ½.
    const agent: Agent = {
      id: "one",
      valuation: { family: "isoelastic", alpha: 2, shape: 0.25 },
      cost: { family: "linear", beta: 1 },
    };
    const settings = Array.from({ length: 401 }, (_, at) => at / 400);
    const sweep = sweepFee([agent], 1e6, free, "unitFee", settings).map(
      ({ setting, fees, equilibrium }) => ({
        fee: setting,
        efficiency: efficiency([agent], equilibrium.allocations, fees),
      }),
    );
    const found = elasticities(sweep);
    expect(found.map(({ fee }) => fee)).to.deep.equal(settings.slice(1, -1));
    for (const { fee, elasticity } of found) {
      expect(elasticity, `τ = ${fee}`).to.be.closeTo((-3 * fee) / (1 + fee), 1e-4);
    }
    const { most, from } = warningOf(found)!;
    expect(from!.fee).to.be.closeTo(0.5, 1 / 400);
    expect(most.fee).to.equal(settings.at(-2));
  });

  it("is exact for a parabola, however uneven the settings", () => {
    // E = 10 − f², so the elasticity is −2f²/E.
    const sweep = [0, 0.1, 0.5, 0.6, 2].map((fee) => ({ fee, efficiency: 10 - fee * fee }));
    for (const { fee, elasticity } of elasticities(sweep)) {
      expect(elasticity).to.be.closeTo((-2 * fee * fee) / (10 - fee * fee), 1e-12);
    }
  });

  it("is left out where there is no efficiency to lose a share of", () => {
    const sweep = [3, 1, 0, -1, -2].map((efficiency, fee) => ({ fee, efficiency }));
    expect(elasticities(sweep).map(({ fee }) => fee)).to.deep.equal([1]);
    expect(elasticities(sweep.slice(0, 2))).to.deep.equal([]);
  });
});

describe("the early warning", () => {
  it("stands where a rise takes the largest share, inside the sweep if it is there", () => {
    // Nine agents leave at τ = 2, a tenth, worth much, stays: E = 9(2 − τ)²₊/2 + (10 − τ)²/2.
    // Up to τ = 2 the elasticity is −τ(28 − 10τ)/(68 − 28τ + 5τ²), at its lowest where
    // (28 − 20τ)(68 − 28τ + 5τ²) = (28τ − 10τ²)(10τ − 28), which is 1904 − 1360τ + 140τ² = 0: τ = 1.696….
    const settings = Array.from({ length: 421 }, (_, at) => at / 200);
    const agents = [2, 2, 2, 2, 2, 2, 2, 2, 2, 10].map((alpha, at): Agent => ({
      id: `${at}`,
      valuation: { family: "quadratic", alpha, shape: 1 },
      cost: { family: "linear", beta: 0 },
    }));
    const sweep = sweepFee(agents, 1e3, free, "unitFee", settings).map(
      ({ setting, fees, equilibrium }) => ({
        fee: setting,
        efficiency: efficiency(agents, equilibrium.allocations, fees),
      }),
    );
    const { most, from } = warningOf(elasticities(sweep))!;
    const closed = (1360 - Math.sqrt(1360 ** 2 - 4 * 140 * 1904)) / 280;
    expect(most.fee).to.be.closeTo(closed, 1 / 200);
    expect(from).to.equal(null);
  });

  it("has nothing to say where a rise takes nothing", () => {
    expect(warningOf([])).to.equal(null);
    expect(warningOf([{ fee: 1, elasticity: 0.5 }])).to.equal(null);
  });
});
