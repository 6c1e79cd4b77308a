import { createHash } from "node:crypto";

import { expect } from "chai";

import type { Section } from "../../experiments/report/blocks.ts";
import { csvText } from "../../experiments/report/files.ts";
import { renderPage } from "../../experiments/report/page.ts";

const section: Section = {
  name: "table6",
  title: "Table <6>",
  verdicts: [
    { of: "a", verdict: "reproduces" },
    { of: "b", verdict: "does not" },
  ],
  claims: [
    {
      whose: "",
      hold: 1,
      of: 4,
      rest: [
        { name: "in part", count: 2 },
        { name: "cannot be told", count: 0 },
      ],
    },
    { whose: "ours: ", hold: 3, of: 3, rest: [] },
  ],
  blocks: [
    { kind: "text", text: "n > 1 & m < 2" },
    { kind: "notice", text: "mind <this>" },
    { kind: "list", title: "Notes", items: ["one 'note'"] },
    {
      kind: "grid",
      title: "Grid",
      head: ["rule", "ours"],
      rows: [
        [
          "flat",
          { text: "1.5 ± 0.2", detail: "1.4 to 1.6\n2.0 s.e. away", verdict: "direction only" },
        ],
      ],
      folded: true,
    },
  ],
};

describe("the report", () => {
  const page = renderPage([section], "Run with <seed> 1.");

  it("loads nothing, runs nothing and links only inside itself", () => {
    expect(page).not.to.match(/<script|<link|<img|@import|url\(|\son[a-z]+=/i);
    expect(page.match(/(?:href|src)="[^"]*"/g)).to.deep.equal(['href="#table6"']);
    expect(page).to.match(
      /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-/,
    );
  });

  it("escapes whatever a result says", () => {
    for (const text of [
      "Table &lt;6&gt;",
      "n &gt; 1 &amp; m &lt; 2",
      "mind &lt;this&gt;",
      "&lt;seed&gt;",
    ]) {
      expect(page).to.contain(text);
    }
    expect(page).not.to.match(/<6>|<this>|<seed>/);
  });

  it("counts the paper's claims and ours apart, and names what neither holds nor fails", () => {
    expect(page).to.contain("<td>1 of 4; 2 in part<br>ours: 3 of 3</td>");
  });

  it("counts verdicts, and shows each beside its number, not by colour alone", () => {
    expect(page).to.match(/class="good"><span class="mark"[^>]*><\/span><\/span>1</);
    expect(page).to.match(/class="bad"><span class="mark"[^>]*><\/span><\/span>1</);
    expect(page).to.contain('title="direction only"');
    expect(page).to.contain("<small>1.4 to 1.6</small><small>2.0 s.e. away</small>");
  });
});

describe("a report with figures", () => {
  const script = 'document.title = "</b>"';
  const figure: Section = {
    name: "figure2",
    title: "Figure 2",
    verdicts: [],
    blocks: [
      {
        kind: "figure",
        name: "figure2",
        caption: "Price < demand",
        picture: {
          drawing: "convergence",
          data: {
            capacity: 50,
            equilibriumPrice: 0.5,
            price: { first: [0, 0.5], low: [0, 0.4], high: [0, 0.6] },
            demand: { first: [70, 50], low: [60, 50], high: [80, 50] },
            efficiency: { first: [5, 6], low: [4, 5], high: [6, 7] },
            gini: { first: [0.2, 0.3], low: [0.1, 0.2], high: [0.3, 0.4] },
            demands: [[70, 50]],
          },
        },
      },
    ],
  };
  const page = renderPage([figure], "", script);

  it("lets that script run and no other", () => {
    const [, inPage] = /<script>(.*)<\/script>/s.exec(page) ?? [];
    expect(inPage).to.equal(script);
    const hash = createHash("sha256").update(script).digest("base64");
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy?.split("; ")).to.include.members([
      "default-src 'none'",
      `script-src 'sha256-${hash}'`,
    ]);
    expect(policy).not.to.contain("unsafe");
  });

  it("shows them without a script, and hands it what they are drawn from", () => {
    expect(page).to.match(/<div class="still[^>]*aria-label="Price &lt; demand"><svg/);
    const [, data] = /<script type="application\/json">(.*?)<\/script>/s.exec(page) ?? [];
    const [block] = figure.blocks;
    expect(JSON.parse(data ?? "")).to.deep.equal(block?.kind === "figure" && block.picture);
  });

  it("still loads nothing", () => {
    expect(page).not.to.match(/<link|<img|@import|url\((?!#)|\s(?:src|on[a-z]+)=/i);
  });
});

describe("a CSV file", () => {
  it("quotes what needs it and leaves nothing where there is nothing", () => {
    expect(
      csvText([
        ["a", 'b "c", d'],
        [1.5, null],
      ]),
    ).to.equal('a,"b ""c"", d"\n1.5,\n');
  });
});
