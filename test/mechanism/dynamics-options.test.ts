import { expect } from "chai";

import type { Agent, Fees } from "../../mechanism/agent.ts";
import { bestResponse } from "../../mechanism/best-response.ts";
import { runRounds, settle, type Market, type RunOptions } from "../../mechanism/dynamics.ts";
import type { PriceUpdateParameters } from "../../mechanism/price-update.ts";
import { createRandom, drawAgents } from "../../mechanism/random.ts";

const fees: Fees = { unitFee: 0.5, executionFee: 0, progressiveFee: 0 };
const rules: PriceUpdateParameters = {
  capacity: 10,
  stepRule: { rule: "Constant", initialStep: 0.05 },
  maxStep: 100,
  primalTolerance: 0.01,
  dualTolerance: 0.01,
  movementTolerance: 0.1,
  maxRounds: 1,
};
const market: Market = { fees, initialPrice: 1, rules };
const agents = drawAgents(4, 3);
const one = (alpha: number): Agent => ({
  id: "one",
  valuation: { family: "log", alpha },
  cost: { family: "linear", beta: 0.5 },
});

describe("what a run is given", () => {
  const refused: [Partial<RunOptions>, RegExp][] = [
    [{ proximalWeight: -1 }, /^proximalWeight \(gamma\) is -1; .* at least 0$/],
    [{ samples: 0.5 }, /^samples \(M\) is 0.5; .* at least 1$/],
    [{ noise: -0.1 }, /^noise is -0.1; .* at least 0$/],
    [{ deadband: -1 }, /^deadband is -1; .* at least 0$/],
  ];
  for (const [options, message] of refused) {
    it(`is refused by its name: ${Object.keys(options).join()}`, () => {
      expect(() => runRounds(agents, market, options)).to.throw(RangeError, message);
    });
  }

  const refusedRules: [Partial<PriceUpdateParameters>, RegExp][] = [
    [{ capacity: 0 }, /^capacity is 0; .* above 0$/],
    [{ stepRule: { rule: "Constant", initialStep: -1 } }, /^initialStep is -1; .* at least 0$/],
    [
      { stepRule: { rule: "RobbinsMonro", initialStep: 1, stepOffset: 0 } },
      /^stepOffset is 0; .* above 0$/,
    ],
    [{ primalTolerance: -1 }, /^primalTolerance is -1; .* at least 0$/],
    [{ dualTolerance: 0 }, /^dualTolerance is 0; .* above 0$/],
    [{ movementTolerance: -1 }, /^movementTolerance is -1; .* at least 0$/],
    [{ maxRounds: 1.5 }, /^maxRounds is 1.5; it must be a whole number, at least 1$/],
    [{ maxRounds: 0 }, /^maxRounds is 0; .* at least 1$/],
  ];
  for (const [overrides, message] of refusedRules) {
    it(`is refused by its name: ${Object.keys(overrides).join()} ${message.source.slice(1, 12)}`, () => {
      const wrong = { ...market, rules: { ...rules, ...overrides } };
      expect(() => runRounds(agents, wrong)).to.throw(RangeError, message);
    });
  }

  it("is refused by its name: initialPrice", () => {
    expect(() => runRounds(agents, { ...market, initialPrice: -1 })).to.throw(
      /^initialPrice is -1; .* at least 0$/,
    );
  });

  it("may be at the edge of what is allowed", () => {
    const edge: PriceUpdateParameters = {
      ...rules,
      stepRule: { rule: "Constant", initialStep: 0 },
      primalTolerance: 0,
      movementTolerance: 0,
    };
    const options = { proximalWeight: 0, samples: 1, noise: 0, deadband: 0 };
    const found = runRounds(agents, { fees, initialPrice: 0, rules: edge }, options);
    expect(found.rounds).to.have.lengthOf(1);
  });
});

describe("a round of a run", () => {
  it("hears the best response of each agent, its own proximal weight and no more than capacity", () => {
    const options = { proximalWeight: 0.5 };
    const found = runRounds(agents, { ...market, rules: { ...rules, maxRounds: 2 } }, options);
    let standing = agents.map(() => 0);
    for (const { price, total } of found.rounds) {
      standing = agents.map((agent, index) =>
        bestResponse(agent, fees, price, { ...options, standing: standing[index]!, capacity: 10 }),
      );
      expect(total).to.equal(standing.reduce((sum, demand) => sum + demand, 0));
    }
    expect([...found.demands]).to.deep.equal(standing);
    expect(found.rounds).to.have.lengthOf(2);
    const greedy = runRounds([one(1000)], { ...market, initialPrice: 0 });
    expect([...greedy.demands]).to.deep.equal([10]);
    expect(greedy.stop).to.equal("RoundLimit");
  });

  it("hears the mean of as many samples as there are, drawn in the agents' order from the seed", () => {
    const options = { noise: 0.25, samples: 3, seed: 77 };
    const found = runRounds(agents, market, options);
    const { normal } = createRandom(77);
    const expected = agents.map((agent) => {
      const best = bestResponse(agent, fees, 1, { capacity: 10 });
      if (best === 0) return 0;
      const samples = [0, 0, 0].map(() => Math.min(10, Math.max(0, best + 0.25 * normal())));
      return samples.reduce((sum, sample) => sum + sample, 0) / 3;
    });
    expect(expected.some((demand) => demand > 0)).to.equal(true);
    expected.forEach((demand, index) => {
      expect(found.demands[index]).to.be.closeTo(demand, 1e-15 * 10);
    });
    // Seed 0 is what it is without one.
    const seeded = runRounds(agents, market, { noise: 0.25, seed: 0 });
    expect(runRounds(agents, market, { noise: 0.25 })).to.deep.equal(seeded);
  });

  it("hears no noise of an agent that wants nothing, and none outside what may be asked for", () => {
    for (let seed = 0; seed < 20; seed++) {
      const dear = runRounds([one(0.5)], { ...market, initialPrice: 50 }, { noise: 3, seed });
      expect([...dear.demands]).to.deep.equal([0]);
    }
    let [most, least] = [0, Infinity];
    for (let seed = 0; seed < 50; seed++) {
      const [demand] = runRounds([one(1000)], market, { noise: 30, seed }).demands;
      most = Math.max(most, demand!);
      least = Math.min(least, demand!);
    }
    expect([most, least]).to.deep.equal([10, 0]);
  });

  it("leaves a demand that its answer is within the deadband of, and replaces one just outside", () => {
    const answer = bestResponse(one(8), fees, 1, { capacity: 10 });
    const price = (deadband: number): number =>
      runRounds([one(8)], market, { deadband }).answeredPrices[0]!;
    // The standing demand is 0: silence leaves it unanswered, at price 0.
    expect(price(answer)).to.equal(0);
    expect(price(answer * (1 - 1e-12))).to.equal(1);
    expect(runRounds([one(8)], market, { deadband: answer }).total).to.equal(0);
  });

  /** An agent that answers the first price and then is silent, as the price rises. */
  function withStale(trim: boolean): ReturnType<typeof runRounds> {
    const rising = { ...rules, maxRounds: 2, stepRule: { rule: "Constant", initialStep: 0.5 } };
    const small = { ...rising, capacity: 2 } as PriceUpdateParameters;
    const options = { deadband: 1.99, trim, recordDemands: true };
    return runRounds([one(8), one(6)], { ...market, rules: small }, options);
  }

  it("cuts stale demands to what they pay for if told to, and counts the cut as movement", () => {
    const [kept, cut] = [withStale(false), withStale(true)];
    const [first, second] = kept.rounds;
    expect(second!.price).to.be.above(first!.price);
    expect([...second!.demands!]).to.deep.equal([...first!.demands!]);
    expect(second!.residuals.movement).to.equal(0);
    expect([...kept.answeredPrices]).to.deep.equal([1, 1]);

    const share = first!.price / second!.price;
    const before = [...first!.demands!];
    expect([...cut.demands]).to.deep.equal(before.map((demand) => demand * share));
    expect([...cut.answeredPrices]).to.deep.equal([second!.price, second!.price]);
    const moved = before.reduce((sum, demand) => sum + demand * (1 - share), 0);
    expect(cut.rounds[1]!.residuals.movement).to.be.closeTo(moved, 1e-12);
    // Without being told to, it does not.
    const small = { ...rules, capacity: 2, maxRounds: 2 };
    const found = runRounds([one(8), one(6)], { ...market, rules: small }, { deadband: 1.99 });
    expect([...found.answeredPrices]).to.deep.equal([1, 1]);
  });

  it("cuts nothing where the price falls", () => {
    const falling = { ...rules, capacity: 8, maxRounds: 2 };
    const options = { deadband: 2.5, trim: true };
    const found = runRounds([one(8), one(6)], { ...market, rules: falling }, options);
    const [first, second] = found.rounds;
    expect(second!.price).to.be.below(first!.price);
    expect(second!.total).to.equal(first!.total);
    expect([...found.answeredPrices]).to.deep.equal([1, 1]);
  });

  it("pays nobody more than capacity, nor anybody less for a price that fell", () => {
    expect([...settle(Float64Array.of(4, 6), Float64Array.of(3, 3), 2, 10, 10)]).to.deep.equal([
      4, 6,
    ]);
    expect([...settle(Float64Array.of(4, 6), Float64Array.of(2, 2), 2, 10, 5)]).to.deep.equal([
      2, 3,
    ]);
    expect([...settle(Float64Array.of(4), Float64Array.of(0), 0, 4, 5)]).to.deep.equal([4]);
  });
});

describe("agents that answer as they please", () => {
  const twoRounds = { ...market, rules: { ...rules, maxRounds: 2 } };

  it("send what they say instead of their response, held to what may be asked for", () => {
    const sent = [3, -2, 99, 4];
    const { demands, rounds } = runRounds(agents, market, { answer: ({ index }) => sent[index] });
    expect([...demands]).to.deep.equal([3, 0, 10, 4]);
    expect(rounds[0]?.total).to.equal(17);
    expect(rounds[0]?.residuals.movement).to.equal(17);
  });

  it("are asked with their standing demand, the price and their own response", () => {
    const asked: [number, number, number, number, number][] = [];
    const { rounds } = runRounds(agents, twoRounds, {
      answer: ({ agent, index, round, price, standing, response }) => {
        expect(agent).to.equal(agents[index]);
        asked.push([index, round, price, standing, response]);
        return response / 2;
      },
    });
    expect(asked).to.have.length(8);
    for (const [index, round, price, standing, response] of asked) {
      expect(price).to.equal(rounds[round]!.price);
      expect(response).to.equal(bestResponse(agents[index]!, fees, price, { capacity: 10 }));
      const before = round === 0 ? 0 : asked.find(([i, r]) => i === index && r === 0)![4] / 2;
      expect(standing).to.equal(before);
    }
  });

  it("let their demand stand when they say nothing, at the price it answered", () => {
    const { demands, answeredPrices, rounds } = runRounds(agents, twoRounds, {
      answer: ({ round, index, response }) => (round === 1 && index < 2 ? undefined : response),
    });
    const [first, second] = rounds.map(({ price }) => price);
    expect([...answeredPrices]).to.deep.equal([first, first, second, second]);
    expect(demands[0]).to.equal(bestResponse(agents[0]!, fees, first!, { capacity: 10 }));
  });
});
