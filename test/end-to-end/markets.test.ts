import { expect } from "chai";

import type { Agent } from "../../mechanism/agent.ts";
import { parseFixed } from "../../mechanism/fixed-point.ts";
import { createRandom, drawAgents } from "../../mechanism/random.ts";
import type { Summary } from "../../scripts/record.ts";
import type { Chain } from "../../scripts/run/chain.ts";
import { openChain } from "../../scripts/run/chain.ts";
import { recordRun } from "../../scripts/run/record-run.ts";
import { clear, clearAgain } from "./clear.ts";

const TOLERANCE = 2e-3;

/** Agents of every family, in turn. */
function mixedAgents(count: number, seed: number): Agent[] {
  const { uniform } = createRandom(seed);
  return Array.from({ length: count }, (_, index): Agent => {
    const alpha = 5 + 10 * uniform();
    const valuations: Agent["valuation"][] = [
      { family: "quadratic", alpha, shape: 1 + uniform() },
      { family: "isoelastic", alpha: alpha / 2, shape: 0.4 + 0.3 * uniform() },
      { family: "saturating", alpha, shape: 1 + uniform() },
      { family: "log", alpha },
    ];
    const cost: Agent["cost"] =
      index % 3 === 0
        ? { family: "quadratic", beta: uniform(), delta: 0.2 + uniform() }
        : { family: "linear", beta: 0.5 + uniform() };
    return { id: `agent-${index}`, valuation: valuations[index % 4]!, cost };
  });
}

describe("A market cleared from end to end", function () {
  this.timeout(120_000);

  let chain: Chain;
  before(async () => {
    chain = await openChain({});
  });
  after(() => chain.close());

  it("settles the paper's own setting, capacity 100 for 20 agents, at price 0 in a few rounds", async () => {
    const { price, reason, rounds, equilibrium, replayed } = await clear(chain, drawAgents(20, 3), {
      capacity: 100,
      executionFee: 1,
    });
    expect(equilibrium.state).to.equal("slack");
    expect([price, reason]).to.deep.equal([0, "Converged"]);
    expect(rounds).to.be.at.most(3);
    expect(replayed.market.funds.revenue).to.equal(0n);
  });

  it("tells payments and fees of the epoch that has ended, not of those before", async () => {
    const first = await clear(chain, drawAgents(3, 4), { capacity: 2 });
    const second = await clearAgain(chain, first);
    const [before, after] = [first, second].map(
      ({ context, replayed, ledger }) => recordRun(context, replayed, ledger).summary,
    ) as [Summary, Summary];
    expect(before.revenue).to.be.greaterThan(0);
    expect(after.revenue).to.be.closeTo(before.revenue, 0.1);
    const { revenue, fees } = second.replayed.market.funds;
    const sum = (one: string, other: string): bigint => parseFixed(one) + parseFixed(other);
    expect(sum(before.exact.revenue, after.exact.revenue)).to.equal(revenue);
    expect(sum(before.exact.fees, after.exact.fees)).to.equal(fees);
  });

  it("does not stop early with γ = 2 from price 0", async () => {
    const { price, rounds, reason, equilibrium } = await clear(chain, drawAgents(8, 12), {
      capacity: 16,
      rule: "Constant",
      movementTolerance: 0.001,
      maxRounds: 300,
      bots: { strategy: "truthful", gamma: 2 },
    });
    expect(equilibrium.price).to.be.greaterThan(0.3);
    expect(reason).to.equal("Converged");
    expect(rounds).to.be.greaterThan(3);
    expect(price).to.be.closeTo(equilibrium.price, TOLERANCE);
  });

  it("settles as Rationed where an agent's entry makes demand jump over the capacity", async () => {
    const seed = 31;
    const { price, reason, equilibrium } = await clear(chain, drawAgents(20, seed), {
      capacity: 50,
      executionFee: 1,
    });
    expect(equilibrium.state).to.equal("rationed");
    expect(reason).to.equal("Rationed");
    expect(price).to.be.closeTo(equilibrium.price, TOLERANCE);
    expect(price).to.be.at.least(equilibrium.price);
  });

  it("keeps every submission's charge under PerSubmission", async () => {
    const agents = drawAgents(6, 14);
    const fields = { capacity: 12, executionFee: 0.25 };
    const refunding = await clear(chain, agents, fields);
    const { price, equilibrium, replayed } = await clear(chain, agents, {
      ...fields,
      policy: "PerSubmission",
    });
    expect(price).to.be.closeTo(equilibrium.price, TOLERANCE);
    expect(replayed.market.funds.fees > 2n * refunding.replayed.market.funds.fees).to.equal(true);
  });

  it("finds the price through the noise of bots that send 4 samples each", async () => {
    const { price, equilibrium, ledger } = await clear(chain, drawAgents(8, 12), {
      capacity: 16,
      samples: 4,
      rule: "RobbinsMonro",
      primalTolerance: 0.1,
      dualTolerance: 0.02,
      movementTolerance: 1,
      maxRounds: 40,
      bots: { strategy: "noisy", gamma: 0, noise: 0.05 },
    });
    expect(equilibrium.price).to.be.greaterThan(0.1);
    // Four standard errors of the total, and what the primal tolerance leaves open.
    expect(price).to.be.closeTo(equilibrium.price, 0.1);
    expect(ledger.filter(({ kind }) => kind === "submit")).to.have.length.of.at.least(8);
  });

  it("clears agents of all families together, with a progressive fee", async () => {
    const { price, equilibrium, reason } = await clear(chain, mixedAgents(8, 13), {
      capacity: 12,
      progressiveFee: 0.1,
    });
    expect(equilibrium.price).to.be.greaterThan(0.1);
    expect(reason).to.equal("Converged");
    expect(price).to.be.closeTo(equilibrium.price, TOLERANCE);
  });

  for (const decimals of [0, 6]) {
    it(`clears with a payment token of ${decimals} decimals`, async () => {
      const { price, equilibrium } = await clear(chain, drawAgents(6, 14), {
        capacity: 12,
        executionFee: 0.5,
        token: { symbol: "PAY", decimals },
      });
      expect(equilibrium.price).to.be.greaterThan(0.1);
      expect(price).to.be.closeTo(equilibrium.price, TOLERANCE);
    });
  }

  it("waits for lazy bots' deadlines and is no further from the price than their deadband explains", async () => {
    const { price, equilibrium, replayed } = await clear(chain, drawAgents(6, 15), {
      capacity: 12,
      bots: { strategy: "lazy", gamma: 0, deadband: 0.02 },
      primalTolerance: 0.1,
      movementTolerance: 0.1,
    });
    expect(replayed.rounds.some(({ answered }) => answered < 6)).to.equal(true);
    expect(price).to.be.closeTo(equilibrium.price, 0.05);
  });
});
