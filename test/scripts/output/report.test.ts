import { createHash } from "node:crypto";

import { expect } from "chai";

import { renderReport } from "../../../scripts/output/report.ts";
import { syntheticRun, type SyntheticRun } from "./synthetic-run.ts";

const FIGURE_2 = ["price", "demand", "allocations", "welfare"];

function reportOf({ summary, run, allocations }: SyntheticRun): string {
  return renderReport(summary, run, allocations);
}

function plotOf(html: string, id: string): string {
  return new RegExp(`<figure id="plot-${id}">[\\s\\S]*?</figure>`).exec(html)?.[0] ?? "";
}

describe("the report", () => {
  for (const n of [3, 20, 200]) {
    it(`shows the four plots and the residuals of ${n} agents`, () => {
      const html = reportOf(syntheticRun({ n }));
      for (const id of [...FIGURE_2, "residuals"]) {
        const plot = plotOf(html, id);
        expect(plot, id).to.match(/<svg viewBox="0 0 \d+ \d+" role="img" aria-label="[^"]+">/);
        expect(plot, id).to.include("round t");
        expect(plot, id).to.include('<ul class="keys">');
        expect(plot, id).not.to.match(/NaN|undefined|Infinity/);
      }
      expect(plotOf(html, "price")).to.include("TOK / unit");
    });
  }

  it("is whole in itself: no script, no address, no style but its own", () => {
    const html = reportOf(syntheticRun({ n: 20 }));
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(html).to.include(`default-src 'none'; style-src 'sha256-${hash}'`);
    expect(html).not.to.match(
      /<script|https?:|url\((?!#)|@import|\ssrc=|\shref=|\sstyle=|\son\w+=/i,
    );
    expect(html.match(/<style/g)).to.have.length(1);
  });

  it("has no two elements of one id", () => {
    const ids = [...reportOf(syntheticRun({ n: 20 })).matchAll(/\sid="([^"]*)"/g)].map((m) => m[1]);
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it("is the same for the same run", () => {
    expect(reportOf(syntheticRun({ n: 20 }))).to.equal(reportOf(syntheticRun({ n: 20 })));
  });

  it("escapes all text that comes from outside", () => {
    const hostile = `<script>alert("1")</script>&'\u0007`;
    const made = syntheticRun({ n: 3, name: hostile });
    made.summary.token.symbol = "<b>&";
    made.summary.strategy = hostile;
    made.run.agents[0] = hostile;
    made.allocations[0]!.id = hostile;
    made.allocations[1]!.address = '"><img src=x>';
    const html = reportOf(made);
    expect(html).not.to.match(/<script|<img|<b>|\u0007/);
    expect(html).to.include("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;");
    expect(plotOf(html, "price")).to.include("&lt;b&gt;&amp; / unit");
  });

  it("has a row for each round and each agent, closed where there are many", () => {
    const made = syntheticRun({ n: 20 });
    const rows = (html: string): number => html.match(/<tr>/g)?.length ?? 0;
    // A head for each table and a foot for one.
    expect(rows(reportOf(made))).to.equal(made.run.rounds.length + 20 + 3);
    expect(reportOf(made)).to.include("<details><summary>Allocations <span>20 agents");
    expect(reportOf(syntheticRun({ n: 3 }))).to.include("<details open><summary>Allocations");
  });

  it("names a few agents, and describes many by their quantiles", () => {
    expect(plotOf(reportOf(syntheticRun({ n: 3 })), "allocations")).to.include("agent-2");
    expect(plotOf(reportOf(syntheticRun({ n: 20 })), "allocations")).to.include("median");
  });

  it("says of how many agents it draws a line where it cannot draw all", () => {
    const made = syntheticRun({ n: 200, rule: "Constant", noise: 0.3, maxRounds: 400 });
    expect(made.summary.reason).to.equal("RoundLimit");
    const plot = plotOf(reportOf(made), "allocations");
    expect(plot).to.include("over all 200 agents, and 100 of them");
    expect(plot.length).to.be.below(1_500_000);
  });

  it("draws a single round, and one in which nobody asks for anything", () => {
    const { summary, run, allocations } = syntheticRun({ n: 3, maxRounds: 1 });
    const round = run.rounds[0]!;
    const silent = {
      ...round,
      demands: [0, 0, 0],
      demand: 0,
      movement: 0,
      primalResidual: 0,
      dualResidual: 0,
      efficiency: 0,
      gini: 0,
    };
    const html = renderReport(summary, { ...run, rounds: [silent] }, allocations);
    expect(html).not.to.match(/NaN|undefined|Infinity/);
    expect(plotOf(html, "residuals")).to.include("(0 throughout)");
  });
});
