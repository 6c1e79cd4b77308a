import { expect } from "chai";

import { createRandom, drawAgents } from "../../mechanism/random.ts";

const SAMPLES = 20000;

function momentsOf(draw: () => number): { mean: number; variance: number; values: number[] } {
  const values = Array.from({ length: SAMPLES }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / SAMPLES;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / SAMPLES;
  return { mean, variance, values };
}

describe("random numbers", () => {
  it("are uniform on [0, 1)", () => {
    const { mean, variance, values } = momentsOf(createRandom(1).uniform);
    expect(mean).to.be.closeTo(1 / 2, 0.01);
    expect(variance).to.be.closeTo(1 / 12, 0.003);
    expect(values.every((value) => value >= 0 && value < 1)).to.equal(true);
    const inTenths = Array.from({ length: 10 }, () => 0);
    for (const value of values) inTenths[Math.floor(10 * value)]! += 1;
    for (const count of inTenths) expect(count / SAMPLES).to.be.closeTo(0.1, 0.01);
  });

  it("are standard normal where that is asked for", () => {
    const { mean, variance, values } = momentsOf(createRandom(2).normal);
    expect(mean).to.be.closeTo(0, 0.03);
    expect(variance).to.be.closeTo(1, 0.04);
    const within = values.filter((value) => Math.abs(value) < 1.96).length / SAMPLES;
    expect(within).to.be.closeTo(0.95, 0.006);
  });

  it("repeat with a seed, and differ between neighbouring seeds", () => {
    const stream = (seed: number): number[] => {
      const { uniform } = createRandom(seed);
      return Array.from({ length: 5 }, uniform);
    };
    expect(stream(7)).to.deep.equal(stream(7));
    expect(stream(7)[0]).to.not.be.closeTo(stream(8)[0]!, 1e-3);
  });

  it("make two normals of two uniforms, by Box and Muller", () => {
    const { normal } = createRandom(5);
    const { uniform } = createRandom(5);
    for (let pair = 0; pair < 3; pair++) {
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      expect(normal()).to.equal(radius * Math.cos(angle));
      expect(normal()).to.equal(radius * Math.sin(angle));
    }
  });

  it("stay what they were: published results name seeds", () => {
    expect(createRandom(42).uniform()).to.equal(0.15377165265745885);
  });
});

describe("drawn agents", () => {
  it("have the paper's distribution (Table 3)", () => {
    const agents = drawAgents(SAMPLES, 1);
    const alphas = agents.map(({ valuation }) => valuation.alpha);
    const betas = agents.map(({ cost }) => cost.beta);
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / SAMPLES;
    expect(mean(alphas)).to.be.closeTo(12.5, 0.1);
    expect(mean(betas)).to.be.closeTo(2.75, 0.03);
    for (const alpha of alphas) expect(alpha).to.be.within(5, 20);
    for (const beta of betas) expect(beta).to.be.within(0.5, 5);
    expect(agents[0]).to.have.nested.property("valuation.family", "log");
    expect(agents[0]).to.have.nested.property("cost.family", "linear");
  });

  it("stand at the same place of whatever ranges and family are asked for", () => {
    const usual = drawAgents(5, 3);
    const others = drawAgents(5, 3, {
      family: "isoelastic",
      shape: 0.25,
      alpha: { from: 1, to: 2 },
      beta: { from: 0, to: 9 },
    });
    usual.forEach(({ id, valuation, cost }, at) => {
      const other = others[at]!;
      expect(other.id).to.equal(id);
      expect(other.valuation).to.include({ family: "isoelastic", shape: 0.25 });
      expect(other.valuation.alpha).to.be.closeTo(1 + (valuation.alpha - 5) / 15, 1e-12);
      expect(other.cost.beta).to.be.closeTo((9 * (cost.beta - 0.5)) / 4.5, 1e-12);
    });
    expect(usual[0]!.valuation).to.have.all.keys("family", "alpha");
  });

  it("are named in order, and are the same first ones however many are drawn", () => {
    expect(drawAgents(3, 9).map(({ id }) => id)).to.deep.equal(["agent-0", "agent-1", "agent-2"]);
    expect(drawAgents(3, 9)).to.deep.equal(drawAgents(10, 9).slice(0, 3));
  });
});
