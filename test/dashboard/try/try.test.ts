import { expect } from "chai";

import { addressOf, readAddress } from "../../../dashboard/try/address.ts";
import { readNumber, shapes, terms } from "../../../dashboard/try/controls.ts";
import { frontierInSteps, frontierOf } from "../../../dashboard/try/frontier.ts";
import { marketFilesOf } from "../../../dashboard/try/market-file.ts";
import { lorenzOf, outcomeOf } from "../../../dashboard/try/outcome.ts";
import {
  agentsOf,
  conflictOf,
  defaultSetting,
  feesOf,
  type Setting,
} from "../../../dashboard/try/setting.ts";
import { parseAgentsCsv } from "../../../markets/agents-csv.ts";
import { parseMarket } from "../../../markets/market-file.ts";
import { solveEquilibrium } from "../../../mechanism/equilibrium.ts";
import { efficiency, gini, utilisation } from "../../../mechanism/metrics.ts";
import { drawAgents } from "../../../mechanism/random.ts";

const odd: Setting = {
  ...defaultSetting,
  capacity: 30,
  progressiveFee: 0.25,
  agents: 7,
  seed: 9,
  family: "isoelastic",
  shape: 0.7,
  betaFrom: 1,
};

describe("a setting in the page's address", () => {
  it("is read back as it was, and says only what is not as by default", () => {
    expect(addressOf(defaultSetting)).to.equal("");
    expect(addressOf({ ...defaultSetting, capacity: 30, unitFee: 0 })).to.equal("m=30&tau=0");
    expect(readAddress(addressOf(odd))).to.deep.equal({ setting: odd, complaints: [] });
  });

  it("takes the family's usual shape where none is said", () => {
    const { setting } = readAddress("family=saturating");
    expect(setting.shape).to.equal(shapes.saturating!.usual);
    expect(addressOf(setting)).to.equal("family=saturating");
  });

  it("passes over what cannot be used and says so, the rest is taken", () => {
    const { setting, complaints } = readAddress("m=-3&tau=1&phi=many&family=cobb&x=1");
    expect(setting).to.deep.equal({ ...defaultSetting, unitFee: 1 });
    expect(complaints).to.have.lengthOf(4);
    expect(complaints[0]).to.match(/^Valuations: given "cobb", allowed log, isoelastic/);
    expect(complaints[1]).to.match(/^Capacity m: given "-3", allowed a number from 1 up to 10000/);
    expect(complaints[2]).to.match(/^Progressive fee φ: given "many", allowed a number from 0/);
    expect(complaints[3]).to.match(/^The address: given the unknown "x", allowed m, tau/);
  });

  it("falls back to the default as a whole where two numbers contradict each other", () => {
    const { setting, complaints } = readAddress("m=30&a0=21");
    expect(setting).to.deep.equal(defaultSetting);
    expect(complaints).to.deep.equal([
      "Worth α: given from 21 to 20, allowed a range that does not fall",
    ]);
    expect(conflictOf({ ...defaultSetting, betaTo: 0 })).to.match(/^Cost β: given from 0.5 to 0/);
  });
});

describe("a number that is typed", () => {
  it("is refused where the contract could not keep it", () => {
    const [capacity] = terms;
    expect(readNumber(capacity!, "12.5")).to.deep.equal({ value: 12.5 });
    expect(readNumber(capacity!, "12.34567891")).to.deep.equal({
      complaint:
        'Capacity m: given "12.34567891", allowed at most eight significant digits, as in 12.345679',
    });
  });
});

describe("what comes of a setting", () => {
  it("is the exact equilibrium of the agents a run would draw, measured", () => {
    const setting = { ...defaultSetting, seed: 5 };
    const agents = drawAgents(20, 5);
    const { price, state, allocations } = solveEquilibrium(agents, 50, feesOf(setting));
    const outcome = outcomeOf(setting);
    expect(outcome).to.include({ price, state, gini: gini(allocations) });
    expect(outcome.efficiency).to.equal(efficiency(agents, allocations, feesOf(setting)) / 20);
    expect(outcome.utilisation).to.equal(utilisation(allocations, 50));
    expect(outcome.revenue).to.be.closeTo(price * outcome.allocated, 1e-9);
  });

  it("has a Lorenz curve whose area is the Gini index's", () => {
    const allocations = Float64Array.from([0, 3, 1, 6]);
    const curve = lorenzOf(allocations);
    expect(curve).to.deep.equal([
      [0, 0],
      [0.25, 0],
      [0.5, 0.1],
      [0.75, 0.4],
      [1, 1],
    ]);
    const many = outcomeOf({ ...defaultSetting, agents: 1000, capacity: 2500 });
    let area = 0;
    many.lorenz.reduce(([x, y], next) => {
      area += (next[0] - x) * (next[1] + y);
      return next;
    });
    expect(1 - area).to.be.closeTo(many.gini, 1e-3);
    expect(lorenzOf(new Float64Array(2))).to.deep.equal([
      [0, 0],
      [0.5, 0.5],
      [1, 1],
    ]);
  });
});

describe("the frontier of a setting", () => {
  const frontier = frontierOf(odd);

  it("sweeps each fee through where it stands, the other as it is", () => {
    const { here, unitFee, progressiveFee } = frontier;
    expect(here).to.include({ unitFee: 0.5, progressiveFee: 0.25 });
    expect(here.gini).to.equal(outcomeOf(odd).gini);
    expect(here.efficiency).to.equal(outcomeOf(odd).efficiency);
    expect(unitFee.points).to.deep.include(here);
    expect(progressiveFee.points).to.deep.include(here);
    expect(new Set(unitFee.points.map((point) => point.progressiveFee))).to.have.lengthOf(1);
    expect(new Set(progressiveFee.points.map((point) => point.unitFee))).to.have.lengthOf(1);
  });

  it("names a setting that is more efficient and no less equal, if it has tried one", () => {
    const { here, better, best } = frontier;
    expect(better!.efficiency).to.be.greaterThan(here.efficiency);
    expect(better!.gini).to.be.at.most(here.gini);
    expect(best).to.deep.include(better);
    const atBetter = frontierOf({ ...odd, unitFee: 0, progressiveFee: 0 });
    expect(atBetter.better).to.equal(null);
  });

  it("draws demand as it falls with the price, through capacity at the market's price", () => {
    const scarce = { ...defaultSetting, agents: 100, executionFee: 0 };
    const { price } = outcomeOf(scarce);
    const { demand } = frontierOf(scarce);
    const [before, after] = [
      demand.findLast(([at]) => at <= price)!,
      demand.find(([at]) => at >= price)!,
    ];
    expect(before[1]).to.be.at.least(50 - 1e-6);
    expect(after[1]).to.be.at.most(50 + 1e-6);
    demand.reduce(([, units], next) => {
      expect(next[1]).to.be.at.most(units);
      return next;
    });
  });

  it("is solved in pieces", () => {
    let pieces = 0;
    for (const steps = frontierInSteps(odd); steps.next().done !== true;) pieces += 1;
    expect(pieces).to.be.greaterThan(100);
  });
});

describe("the market file of a setting", () => {
  const parsed = (setting: Setting) => {
    const { market } = marketFilesOf(setting);
    return parseMarket(JSON.parse(market.text), { file: market.name });
  };

  it("says the terms, and leaves it to the run to draw the paper's agents", () => {
    const files = marketFilesOf({ ...defaultSetting, seed: 4, unitFee: 0.75 });
    expect(files.agents).to.equal(null);
    expect(files.command).to.equal("npm start -- --market try.json");
    expect(parsed({ ...defaultSetting, seed: 4, unitFee: 0.75 })).to.deep.include({
      name: "try",
      capacity: 50,
      unitFee: 0.75,
      executionFee: 1,
      progressiveFee: 0,
      agents: { source: "paper", n: 20, seed: 4 },
    });
  });

  it("brings other agents along, the same to the last bit", () => {
    const { agents } = marketFilesOf(odd);
    expect(parsed(odd).agents).to.deep.equal({ source: "csv", path: agents!.name });
    expect(parseAgentsCsv(agents!.text, agents!.name)).to.deep.equal(agentsOf(odd));
    const log = { ...defaultSetting, alphaTo: 30 };
    expect(parseAgentsCsv(marketFilesOf(log).agents!.text, "x")).to.deep.equal(agentsOf(log));
  });
});
