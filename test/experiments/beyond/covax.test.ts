import { expect } from "chai";

import { covax } from "../../../experiments/beyond/covax.ts";
import { agentOf, giniOfHeads, impliedWorth } from "../../../experiments/beyond/vaccine-agents.ts";
import { solveEquilibrium } from "../../../mechanism/equilibrium.ts";

const countries = [
  { name: "Large", code: "LAR", population: 80_000_000, doses: 2_000_000 },
  { name: "Small", code: "SMA", population: 20_000_000, doses: 3_000_000 },
  { name: "Tiny", code: "TIN", population: 10_000, doses: 5_000 },
];
const noFees = { unitFee: 0, executionFee: 0, progressiveFee: 0 };

describe("countries as agents", () => {
  it("share out by heads if a dose a head is worth the same to all", () => {
    const agents = countries.map((country) => agentOf(country, 1, 0.5));
    const { allocations } = solveEquilibrium(agents, 5, noFees);
    countries.forEach(({ population }, at) => {
      expect(allocations[at]! / population).to.be.closeTo(5 / 100_010_000, 1e-14);
    });
  });

  it("would have taken what they were allocated at the worth that it implies", () => {
    const worth = impliedWorth(countries, 0.5);
    const agents = countries.map((country, at) => agentOf(country, worth[at]!, 0.5));
    const { allocations } = solveEquilibrium(agents, 5.005, noFees);
    countries.forEach(({ doses }, at) => {
      expect(allocations[at]).to.be.closeTo(doses / 1e6, 1e-9);
    });
    const mean = countries.reduce((sum, { population }, at) => sum + population * worth[at]!, 0);
    expect(mean / 100_010_000).to.be.closeTo(1, 1e-12);
  });

  it("have a Gini index over heads: of one country with all, the share of the others", () => {
    expect(giniOfHeads([0, 4], [3, 1])).to.be.closeTo(0.75, 1e-12);
    expect(giniOfHeads([2, 2, 2], [1, 5, 9])).to.equal(0);
  });
});

describe("the COVAX case", () => {
  const parameters = covax.prepare({ raters: "none", countries });
  if (typeof parameters === "string") throw new Error(parameters);

  it("hands out the same doses under every rule, and finds none more efficient than clearing", async () => {
    const numbers = await covax.replicate(parameters, { seed: 2, replication: 5 }, "float");
    for (const rule of ["allocated", "heads", "clearing"]) {
      const doses = countries.reduce(
        (sum, { code, population }) => sum + (numbers[`${rule}/${code}`]! / 100) * population,
        0,
      );
      expect(doses, rule).to.be.closeTo(5_005_000, 1e-3);
      expect(numbers[`${rule}/efficiency`]).to.be.at.most(1e-9);
    }
    expect(numbers["allocated/LAR"]).to.be.closeTo(2.5, 1e-12);
    expect(numbers["heads/gini"]).to.be.closeTo(0, 1e-12);
    expect(numbers["delivery/TIN"]).to.equal(0);
    expect(numbers["delivery/takers"]).to.equal(2);
    expect(numbers["progressive/TIN"]).to.be.above(numbers["clearing/TIN"]!);
    expect(numbers["priceApart"]).to.be.below(0.01);
  });

  it("says what is missing without the file", () => {
    expect(covax.prepare({ raters: "none", countries: "not here" })).to.equal("not here");
  });
});
