import { createHash } from "node:crypto";

import { escapeHtml } from "../../scripts/output/html.ts";
import { drawSvg, inPageColours } from "../drawings/svg.ts";
import { verdicts, type Verdict } from "../tables/verdict.ts";
import type { Block, ClaimCount, FigureBlock, Grid, GridCell, Section } from "./blocks.ts";
import { PAPER_STYLE } from "./style.ts";

/** Nothing is loaded, and only the page's own style and script count. */
function policyOf(script: string): string {
  const hashOf = (text: string): string =>
    `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `style-src ${hashOf(PAPER_STYLE)}`,
    ...(script === "" ? [] : [`script-src ${hashOf(script)}`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

const marks: Record<Verdict, string> = {
  reproduces: "good",
  "direction only": "half",
  "does not": "bad",
};

const meanings: Record<Verdict, string> = {
  reproduces:
    "our mean lies within the paper's own standard deviation of its figure; where the paper prints none, our confidence interval reaches what rounds to its figure",
  "direction only":
    "not that, but compared with the table's reference row ours differs as the paper's does, beyond doubt at 95 %",
  "does not": "neither",
};

/** What stands at the top of a page. */
export type Heading = { title: string; headline: string; lead: string };

const paperHeading: Heading = {
  title: "The paper, reproduced",
  headline: "What of the paper reproduces",
  lead: "Cha et al., “Mechanism Design and Equilibrium Analysis of Smart Contract-Mediated Resource Allocation” (2025, arXiv 2510.05504), result by result: what it prints, what its model gives, and whether the two agree.",
};

/**
 * The report as one page that needs nothing else: no network, light, dark and on paper.
 *
 * @param script makes figures live where a browser runs scripts; empty if there are no figures
 */
export function renderPage(
  sections: readonly Section[],
  about: string,
  script = "",
  heading: Heading = paperHeading,
): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(heading.title)}</title>
<style>${PAPER_STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(heading.headline)}</h1>
<p>${escapeHtml(heading.lead)} ${escapeHtml(about)}</p>
</header>
${heading === paperHeading ? renderOverview(sections) : ""}
${sections.map(renderSection).join("\n")}
<footer>Numbers here are rounded; all digits are beside this file, in one JSON and one CSV for each result. “±” is the standard deviation between replications, the range below it the 95 % confidence interval of the mean, “s.e. away” the distance between the two means in standard errors of their difference.</footer>
</main>${script === "" ? "" : `\n<script>${script}</script>`}
</body>
</html>
`;
}

function renderOverview(sections: readonly Section[]): string {
  const rows = sections.map(({ name, title, verdicts: given, claims = [] }) => {
    const counts = verdicts.flatMap((verdict) => {
      const count = given.filter((one) => one.verdict === verdict).length;
      const shown = `<span class="${marks[verdict]}">${mark}</span>${count}`;
      return count === 0 ? [] : `<span class="count" title="${verdict}">${shown}</span>`;
    });
    return `<tr><td class="prose"><a href="#${name}">${escapeHtml(title)}</a></td><td>${counts.join(" ")}</td><td>${claims.map(countText).join("<br>")}</td></tr>`;
  });
  const keys = verdicts.map(
    (verdict) =>
      `<li><span class="verdict ${marks[verdict]}">${mark}${verdict}</span>: ${escapeHtml(meanings[verdict])}</li>`,
  );
  return `<nav class="grid" aria-label="Results"><div class="scroll"><table><thead><tr><th scope="col" class="prose">result</th><th scope="col">rows of its table</th><th scope="col">claims that hold</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table></div></nav>
<p class="key"><b>Rows of its table</b> are counted by their verdict, each row by that of its worst number:</p>
<ul class="key">${keys.join("")}</ul>
<p class="key"><b>Claims that hold</b>: what the paper says in words of a table or a figure, and what its lemmas, propositions, theorems and corollaries state, counted where our numbers bear it out. What holds in part, or under a condition that the paper does not name, is counted beside; so is what we claim ourselves (“ours”), where the paper says nothing.</p>`;
}

function countText({ whose, hold, of, rest }: ClaimCount): string {
  const others = rest.filter(({ count }) => count > 0).map(({ name, count }) => `${count} ${name}`);
  return escapeHtml(`${whose}${[`${hold} of ${of}`, ...others].join("; ")}`);
}

const mark = `<span class="mark" aria-hidden="true"></span>`;

function renderSection({ name, title, blocks }: Section): string {
  return `<section id="${name}">
<h2>${escapeHtml(title)}</h2>
${blocks.map(renderBlock).join("\n")}
</section>`;
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case "text":
      return `<p>${escapeHtml(block.text)}</p>`;
    case "notice":
      return `<p class="notice">${escapeHtml(block.text)}</p>`;
    case "list": {
      const items = block.items.map((item) => `<li>${escapeHtml(item)}</li>`);
      return `<div class="list"><h3>${escapeHtml(block.title)}</h3><ul>${items.join("")}</ul></div>`;
    }
    case "figure":
      return renderFigure(block);
    case "grid":
      return renderGrid(block);
  }
}

/** The drawing as it stands, and what it was drawn from, for the script. */
function renderFigure({ name, caption, picture }: FigureBlock): string {
  const data = JSON.stringify(picture).replaceAll("<", "\\u003c");
  return `<figure class="drawing" id="${name}-drawing">
<div class="still scroll" tabindex="0" role="img" aria-label="${escapeHtml(caption)}">${inPageColours(drawSvg(picture))}</div>
<figcaption>${escapeHtml(caption)}</figcaption>
<script type="application/json">${data}</script>
</figure>`;
}

function renderGrid({ title = "", head, rows, prose = [0], folded = false }: Grid): string {
  const classOf = (column: number): string => (prose.includes(column) ? ` class="prose"` : "");
  const heads = head.map((name, at) => `<th scope="col"${classOf(at)}>${escapeHtml(name)}</th>`);
  const body = rows.map(
    (row) =>
      `<tr>${row.map((cell, at) => `<td${classOf(at)}>${renderCell(cell)}</td>`).join("")}</tr>`,
  );
  const table = `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(title)}"><table><thead><tr>${heads.join("")}</tr></thead>
<tbody>
${body.join("\n")}
</tbody></table></div>`;
  return folded
    ? `<details class="grid"><summary>${escapeHtml(title)}</summary>${table}</details>`
    : `<div class="grid"><h3>${escapeHtml(title)}</h3>${table}</div>`;
}

function renderCell(cell: string | GridCell): string {
  if (typeof cell === "string") return escapeHtml(cell);
  const { text, detail, verdict } = cell;
  const small = (detail?.split("\n") ?? [])
    .map((line) => `<small>${escapeHtml(line)}</small>`)
    .join("");
  if (verdict === undefined) return `${escapeHtml(text)}${small}`;
  // A number keeps its colour; only a verdict spelled out is a word in colour.
  const isWord = !/\d/.test(text);
  const coloured = isWord
    ? `<span class="verdict ${marks[verdict]}">${mark}${escapeHtml(text)}</span>`
    : `<span class="${marks[verdict]}" title="${verdict}">${mark}</span>${escapeHtml(text)}`;
  return `${coloured}${small}`;
}
