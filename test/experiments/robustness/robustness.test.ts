import { expect } from "chai";

import { epochScenarios, type Setting } from "../../../experiments/robustness/epoch-scenarios.ts";
import { runEpochs, runWithin, type Course } from "../../../experiments/robustness/periods.ts";
import { claimsOf } from "../../../experiments/robustness/robustness-claims.ts";
import { roundScenarios } from "../../../experiments/robustness/round-scenarios.ts";
import type { Finding } from "../../../experiments/tables/claim.ts";
import { paperAgents, paperFees } from "../../../experiments/tables/population.ts";
import { solveEquilibrium } from "../../../mechanism/equilibrium.ts";
import { efficiency } from "../../../mechanism/metrics.ts";
import { createRandom } from "../../../mechanism/random.ts";

const everybody = paperAgents(25, { seed: 2, replication: 4 });
const setting = (): Setting => ({
  agents: everybody.slice(0, 20),
  newcomers: everybody.slice(20),
  fees: paperFees,
  capacity: 50,
  calm: 2,
  stirred: 3,
  random: createRandom(9),
});
const scenario = <T extends { key: string }>(all: readonly T[], key: string): T =>
  all.find((one) => one.key === key)!;
const within = (key: string): Course => {
  const { agents, disturbance } = scenario(roundScenarios, key).of(setting());
  return runWithin(agents, disturbance, paperFees, 50);
};

describe("scenarios between epochs", () => {
  it("leave the calm epochs alone, and none of the others", () => {
    for (const { key, periodsOf } of epochScenarios) {
      const { agents, fees } = setting();
      const periods = periodsOf(setting());
      expect(periods, key).to.have.length(5);
      const shown = periods.map((period) =>
        JSON.stringify([period.agents, period.told, period.fees.unitFee]),
      );
      const calm = JSON.stringify([agents, undefined, fees.unitFee]);
      expect(shown.map((one) => one === calm)).to.deep.equal(
        [true, true, false, false, false],
        key,
      );
    }
  });

  it("draw anew for each epoch what goes on happening", () => {
    for (const { key, isOnce, periodsOf } of epochScenarios) {
      const [first, second] = periodsOf(setting())
        .slice(2)
        .map((one) => JSON.stringify(one));
      expect(first === second, key).to.equal(isOnce);
    }
  });

  it("are told what eq. (11) gives of the settled allocations", async () => {
    const { agents } = setting();
    const before = paperFees;
    const after = { ...paperFees, unitFee: 1.5 };
    const periods = scenario(epochScenarios, "fee-jump").periodsOf(setting());
    const course = await runEpochs(periods, 2, 50, "float");
    const of = (fees: typeof before): number =>
      efficiency(agents, solveEquilibrium(agents, 50, fees).allocations, fees);
    expect(course.possible).to.be.closeTo(of(after) / of(before), 1e-12);
    expect(course.resilience).to.be.closeTo(of(after) / of(before), 1e-4);
    expect(course.possible).to.be.within(0.5, 0.9);
    expect(Math.abs(course.regret)).to.be.below(0.01);
    // The price carried over is the right one but once.
    expect(course.rounds).to.be.within(2, 6);
    expect(course.unsettled).to.equal(0);
  });

  it("count untrue answers against the true valuations", async () => {
    const told = scenario(epochScenarios, "inflate-some").periodsOf(setting());
    const { possible, resilience, regret } = await runEpochs(told, 2, 50, "float");
    expect(possible).to.be.closeTo(1, 1e-12);
    expect(resilience).to.be.below(0.999);
    expect(regret).to.be.closeTo(100 * (1 - resilience), 0.01);
  });
});

describe("scenarios within an epoch", () => {
  it("end where the equilibrium of those who are there is, if they say so", () => {
    for (const key of ["arrive-within", "leave-within", "grow-within"]) {
      const { resilience, possible, unsettled, rounds } = within(key);
      expect(resilience, key).to.be.closeTo(possible, 2e-3);
      expect(unsettled, key).to.equal(0);
      expect(rounds, key).to.be.above(3);
    }
    expect(within("arrive-within").possible).to.be.above(1.02);
    expect(within("leave-within").possible).to.be.below(0.95);
  });

  it("lose what those get who are not there any more", () => {
    const { resilience, possible, regret } = within("die-within");
    expect(resilience).to.be.below(possible - 1e-3);
    expect(regret).to.be.above(within("leave-within").regret);
  });

  it("never settle while demand swings or somebody wiggles, and end at the limit", () => {
    for (const key of ["swing-within", "wiggle"]) {
      const { rounds, unsettled, resilience } = within(key);
      expect([rounds, unsettled], key).to.deep.equal([60, 100]);
      expect(resilience).to.be.within(0.7, 1);
    }
  });

  it("serve nobody who stays silent", () => {
    expect(within("absent").resilience).to.be.within(0.5, 0.97);
    expect(within("absent").possible).to.equal(1);
  });

  it("lose less to noise when samples are averaged", () => {
    expect(within("noise-averaged").regret).to.be.below(0.5 * within("noise").regret);
  });
});

describe("what the paper says of shocks", () => {
  /** Every number zero but those named, the same in all ten replications. */
  const claimsWith = (numbers: Record<string, number>): Finding[] =>
    claimsOf((key, measure) => new Float64Array(10).fill(numbers[`${key}/${measure}`] ?? 0)).map(
      ({ holds }) => holds,
    );

  it("is judged by the numbers", () => {
    expect(claimsWith({})).to.deep.equal([true, true, "cannot be told", false, true]);
    expect(claimsWith({ "leave/lateRegret": 1 })[0]).to.equal(false);
    expect(claimsWith({ "silent/lateRegret": 1 }).slice(0, 2)).to.deep.equal([true, false]);
    const staying = { "drift/regret": 1, "drift/lateRegret": 1 };
    expect(claimsWith(staying)[2]).to.equal(false);
    const falling = ["fee-jumps", "fee-walk", "churn", "drift"].map((key) => [`${key}/regret`, 1]);
    expect(claimsWith(Object.fromEntries(falling) as Record<string, number>)[2]).to.equal(true);
    expect(claimsWith({ "noise/regret": 1 })[3]).to.equal(true);
    expect(claimsWith({ "inflate-averaged/regret": 1 })[4]).to.equal(false);
  });
});
