import { expect } from "chai";

import {
  formatDeviation,
  formatExact,
  formatGiven,
  formatIndex,
  formatNumber,
  formatShare,
  formatSmall,
  printable,
} from "../../../scripts/output/format.ts";
import { renderSummary } from "../../../scripts/output/summary-text.ts";
import type { Summary } from "../../../scripts/record.ts";
import { syntheticRun } from "./synthetic-run.ts";

describe("the summary", () => {
  it("says price, reason, rounds and figures in lines under 80 columns", () => {
    const { summary } = syntheticRun({ n: 20 });
    const text = renderSummary(
      { ...summary, price: 0.518812345, gas: { ...summary.gas, total: 10_940_585 } },
      ["out/default/report.html"],
    );
    expect(text).to.match(/^default: The market cleared at 0\.51881 TOK a unit after 5 rounds/);
    expect(text).to.match(/^ {2}Price +0\.51881 TOK\/unit +exact equilibrium 0\.51885$/m);
    expect(text).to.match(/^ {2}Participation +65\.0 % +13 of 20 agents$/m);
    expect(text).to.match(/^ {2}Gas in total +10,940,585 gas/m);
    expect(text).to.include("Files     out/default/report.html");
    for (const line of text.split("\n")) expect(line.length).to.be.below(80);
  });

  it("tells every way to stop apart", () => {
    const { summary } = syntheticRun({ n: 20 });
    // Without the line breaks, which fall where the digits put them.
    const told = (changed: Partial<Summary>): string =>
      renderSummary({ ...summary, ...changed }).replace(/\s+/g, " ");
    expect(told({})).to.include("demand meets capacity");
    expect(told({ price: 0 })).to.include("there is enough for everyone");
    expect(told({ reason: "Rationed" })).to.include("No price makes demand equal capacity");
    expect(told({ reason: "RoundLimit" })).to.include("before it had converged");
  });

  it("mentions that demands were scaled only where they were", () => {
    const { summary } = syntheticRun({ n: 20, capacity: 100 });
    expect(renderSummary(summary)).not.to.include("scaled");
    const exact = { ...summary.exact, demand: "110", allocated: "100" };
    expect(renderSummary({ ...summary, demand: 110, allocated: 100, exact })).to.include(
      "10 % more than",
    );
  });

  it("keeps control characters of a market's name off the terminal", () => {
    const { summary } = syntheticRun({ n: 3, name: "a\u001b[2Jb\nc" });
    expect(renderSummary(summary)).to.match(/^ab c: /);
  });
});

describe("numbers for people", () => {
  it("have five digits, and all of the whole part", () => {
    expect(
      [0, 50, 50.00001, 163.2149, 12_345.678, 1_234_567, -0.5, 1.5e-7].map(formatNumber),
    ).to.eql(["0", "50", "50.000", "163.21", "12,346", "1,234,567", "-0.50000", "1.500e-7"]);
    expect(formatNumber(NaN)).to.equal("–");
  });

  it("have two digits where they are remainders", () => {
    expect([0, 0.0123, 1.26, 1234.5, 0.00012].map(formatSmall)).to.eql([
      "0",
      "0.012",
      "1.3",
      "1,235",
      "1.2e-4",
    ]);
  });

  it("do not round a share to all or nothing", () => {
    expect([0, 0.0001, 0.5, 0.99996, 1, 1.00001].map(formatShare)).to.eql([
      "0 %",
      "< 0.1 %",
      "50.0 %",
      "> 99.9 %",
      "100 %",
      "100.0 %",
    ]);
  });

  it("are left as they were given", () => {
    expect([0, 7.5, 0.05, 12_500, 1e-9].map(formatGiven)).to.eql([
      "0",
      "7.5",
      "0.05",
      "12,500",
      "1e-9",
    ]);
  });

  it("have every digit where they are signed for", () => {
    expect([0, 1_234_567.8912, 1e-18, 0.1, NaN].map(formatExact)).to.eql([
      "0",
      "1,234,567.8912",
      "0.000000000000000001",
      "0.1",
      "–",
    ]);
  });

  it("are not below 0 where they are 0 but for rounding", () => {
    expect([-1e-17, 0.0004, 0.5].map(formatIndex)).to.eql(["0.000", "0.000", "0.500"]);
  });

  it("say how far off a value is", () => {
    expect(formatDeviation(99, 100)).to.equal("1.0 % below");
    expect(formatDeviation(-99, -100)).to.equal("1.0 % above");
    expect(formatDeviation(100, 100)).to.equal("equal");
    expect(formatDeviation(0, 0)).to.equal("equal");
    expect(formatDeviation(100.0001, 100)).to.equal("< 0.001 % above");
  });

  it("are not the only thing printed safely", () => {
    expect(printable(" a\u001b[31mb\r\n\u202ec ")).to.equal("ab c");
  });
});
