import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { termsOf } from "../../experiments/engines/float.ts";
import type { Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { runRounds, type EpochResult } from "../../mechanism/dynamics.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { loadRun } from "../../scripts/input/load-run.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
const files = readdirSync(`${project}/markets/scenarios`);

/** The rounds with bots as the market file has them. */
function clear(agents: readonly Agent[], market: Market): EpochResult {
  const { gamma, noise, deadband } = market.bots;
  return runRounds(agents, termsOf(agents, market), {
    ...{ proximalWeight: gamma, samples: market.samples, noise, trim: true },
    ...(deadband > 0 ? { deadband } : {}),
  });
}

describe("the scenarios of the paper's Table 9", () => {
  it("are one for each of its rows", () => {
    expect(files.toSorted()).to.deep.equal([
      "cloud.json",
      "energy.json",
      "healthcare.json",
      "investment.json",
      "supply-chain.json",
    ]);
  });

  for (const file of files) {
    it(`clear, and at a higher price after their shock: ${file}`, () => {
      const path = `markets/scenarios/${file}`;
      const { market, agents } = loadRun(["--market", path], project);
      const shock = /Shock: .+, (--capacity) (\d+)$/.exec(market.description ?? "");
      expect(shock, "the description ends with the shock").not.to.equal(null);
      const { market: shocked } = loadRun(["--market", path, shock![1]!, shock![2]!], project);
      expect(shocked.capacity).to.be.below(market.capacity);

      const [calm, scarce] = [market, shocked].map((one) => {
        const { stop, price, allocations } = clear(agents, one);
        const exact = solveEquilibrium(agents, one.capacity, one);
        expect(stop).not.to.equal("RoundLimit");
        expect(exact.price).to.be.above(0.1);
        // The loosest tolerances among them are a hundredth of capacity.
        expect(price).to.be.closeTo(exact.price, 0.05 * (1 + exact.price));
        const total = allocations.reduce((sum, x) => sum + x, 0);
        expect(total).to.be.within(0.95 * one.capacity, one.capacity * (1 + 1e-12));
        return price;
      });
      expect(scarce).to.be.above(calm! + 0.1);
    });

    it(`are in the list with the shock they tell of: ${file}`, () => {
      const { market } = loadRun(["--market", `markets/scenarios/${file}`], project);
      const readme = readFileSync(`${project}/markets/README.md`, "utf8");
      const row = readme.split("\n").find((line) => line.includes(`\`scenarios/${file}\``));
      expect(row).to.contain(/--capacity \d+$/.exec(market.description!)![0]);
    });
  }
});
