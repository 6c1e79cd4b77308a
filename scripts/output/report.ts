import { createHash } from "node:crypto";

import type { AllocationRow, RunRecord, Summary } from "../record.ts";
import {
  counted,
  formatCount,
  formatDeviation,
  formatIndex,
  formatGiven,
  formatNumber,
  formatShare,
  formatSmall,
  printable,
  symbolOf,
} from "./format.ts";
import { escapeHtml } from "./html.ts";
import { figuresOf, type Figure, type Key } from "./plots.ts";
import { REPORT_STYLE } from "./report-style.ts";
import { headlineOf, wordsOf } from "./wording.ts";

/** A longer table starts out closed. */
const MAX_OPEN_ROWS = 12;

/** Nothing is loaded, nothing runs, and the only style is the page's own. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(REPORT_STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** A figure that counts: `detail` says what it is to be held against. */
type KeyFigure = { label: string; value: string; unit?: string; detail?: string };

/**
 * The run as one HTML page: what came out, the plots of the paper's Figure 2, and the tables. It
 * holds all it shows, needs no network and runs no script.
 */
export function renderReport(
  summary: Summary,
  run: RunRecord,
  allocations: AllocationRow[],
): string {
  const market = printable(summary.market);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(market)}: ${escapeHtml(formatNumber(summary.price))} ${escapeHtml(symbolOf(summary.token))} a unit</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<header>
<p class="market">Market ${escapeHtml(market)}</p>
<h1>${escapeHtml(headlineOf(summary))}</h1>
${wordsOf(summary)
  .map((text) => `<p>${escapeHtml(text)}</p>`)
  .join("\n")}
</header>
<dl class="figures">
${keyFiguresOf(summary).map(renderKeyFigure).join("\n")}
</dl>
<section class="plots" aria-label="Plots">
${figuresOf(summary, run).map(renderFigure).join("\n")}
${renderTerms(summary)}
</section>
${renderRounds(summary, run)}
${renderAllocations(summary, allocations)}
<footer>Numbers here are rounded. The exact on-chain values are beside this file, in summary.json, rounds.json and allocations.csv.</footer>
</main>
</body>
</html>
`;
}

function keyFiguresOf(summary: Summary): KeyFigure[] {
  const symbol = symbolOf(summary.token);
  const { gas } = summary;
  const taking = Math.round(summary.participation * summary.n);
  return [
    {
      label: "Price",
      value: formatNumber(summary.price),
      unit: `${symbol}/unit`,
      detail: `exact equilibrium ${formatNumber(summary.equilibriumPrice)}`,
    },
    {
      label: "Demand",
      value: formatNumber(summary.demand),
      unit: "units",
      detail: `capacity ${formatGiven(summary.capacity)}`,
    },
    {
      label: "Utilisation",
      value: formatShare(summary.utilisation),
      detail: `${formatNumber(summary.allocated)} units allocated`,
    },
    {
      label: "Efficiency",
      value: formatNumber(summary.efficiency),
      unit: symbol,
      detail: `exact equilibrium ${formatNumber(summary.optimalEfficiency)} (${formatDeviation(summary.efficiency, summary.optimalEfficiency)})`,
    },
    {
      label: "Gini index",
      value: formatIndex(summary.gini),
      detail: "0 is equal, 1 is one has all",
    },
    {
      label: "Participation",
      value: formatShare(summary.participation),
      detail: `${formatCount(taking)} of ${counted(summary.n, "agent")} get something`,
    },
    {
      label: "Payments",
      value: formatNumber(summary.revenue),
      unit: symbol,
      detail: "to the provider, for the resource",
    },
    { label: "Fees", value: formatNumber(summary.fees), unit: symbol, detail: "to the treasury" },
    { label: "Rounds", value: formatCount(summary.rounds), detail: `${summary.rule} step rule` },
    {
      label: "Demands sent",
      value: formatCount(gas.submit.count),
      detail: `${formatNumber(gas.submit.count / summary.n)} per agent`,
    },
    {
      label: "Gas per demand",
      value: formatCount(gas.submit.mean),
      detail: `mean; at most ${formatCount(gas.submit.max)}`,
    },
    {
      label: "Gas in total",
      value: formatCount(gas.total),
      detail: `of it ${formatCount(gas.deploy)} to deploy`,
    },
  ];
}

function renderKeyFigure({ label, value, unit, detail }: KeyFigure): string {
  const unitText = unit === undefined ? "" : ` <span>${escapeHtml(unit)}</span>`;
  const detailText = detail === undefined ? "" : `<dd>${escapeHtml(detail)}</dd>`;
  return `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}${unitText}</dd>${detailText}</div>`;
}

function renderFigure({ id, title, svg, keys, caption }: Figure): string {
  return `<figure id="plot-${id}">
<h2>${escapeHtml(title)}</h2>
${svg}
<ul class="keys">${keys.map(renderKey).join("")}</ul>
<figcaption>${escapeHtml(caption)}</figcaption>
</figure>`;
}

function renderKey({ label, colour, dash }: Key): string {
  const pattern =
    dash === undefined ? "" : ` stroke-dasharray="${dash === "dashed" ? "6 4" : "2 3"}"`;
  const line = `<line x1="0" y1="5" x2="28" y2="5" stroke="var(--${colour})" stroke-width="2.5"${pattern}/>`;
  return `<li><svg viewBox="0 0 28 10" aria-hidden="true">${line}</svg>${escapeHtml(printable(label))}</li>`;
}

function renderRounds(summary: Summary, { rounds, capacity }: RunRecord): string {
  const symbol = symbolOf(summary.token);
  const epochs = rounds.some((round) => round.epoch !== rounds[0]?.epoch);
  const columns = [
    ...(epochs ? ["epoch"] : []),
    "round",
    `price, ${symbol} / unit`,
    "demand, units",
    "of capacity",
    "r_p, units",
    `r_d, ${symbol} / unit`,
    "r_x, units",
    "answered",
    `efficiency, ${symbol}`,
    "Gini",
    "taking part",
    "gas, demands",
    "gas, close",
  ];
  const rows = rounds.map((round) => [
    ...(epochs ? [formatCount(round.epoch)] : []),
    formatCount(round.round),
    formatNumber(round.price),
    formatNumber(round.demand),
    formatShare(round.demand / capacity),
    formatSmall(round.primalResidual),
    formatSmall(round.dualResidual),
    formatSmall(round.movement),
    formatCount(round.answered),
    formatNumber(round.efficiency),
    formatIndex(round.gini),
    formatShare(round.participation),
    formatCount(round.gas.submit),
    formatCount(round.gas.close),
  ]);
  return renderDetails(
    "Rounds",
    counted(rounds.length, "round"),
    rounds.length,
    `<table><thead><tr>${columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("")}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`).join("\n")}
</tbody></table>`,
  );
}

function renderAllocations(summary: Summary, allocations: AllocationRow[]): string {
  const symbol = escapeHtml(symbolOf(summary.token));
  const numbers = ["demand", "allocation", "payment", "charge", "deposited", "balance"] as const;
  const heads = numbers.map((name) => {
    const unit = name === "demand" || name === "allocation" ? "units" : symbol;
    return `<th scope="col">${name}, ${unit}</th>`;
  });
  const rows = allocations.map((row) => {
    const cells = numbers.map((name) => `<td>${escapeHtml(formatNumber(Number(row[name])))}</td>`);
    return `<tr><td class="text id">${escapeHtml(printable(row.id))}</td><td class="text"><code title="${escapeHtml(row.address)}">${escapeHtml(shortAddress(row.address))}</code></td>${cells.join("")}</tr>`;
  });
  const totals = numbers.map((name) => {
    const total = allocations.reduce((sum, row) => sum + Number(row[name]), 0);
    return `<td>${escapeHtml(formatNumber(total))}</td>`;
  });
  return renderDetails(
    "Allocations",
    counted(allocations.length, "agent"),
    allocations.length,
    `<table><thead><tr><th scope="col" class="text">agent</th><th scope="col" class="text">address</th>${heads.join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
<tfoot><tr><td class="text" colspan="2">all</td>${totals.join("")}</tr></tfoot></table>`,
  );
}

function renderTerms(summary: Summary): string {
  const symbol = symbolOf(summary.token);
  const { gas } = summary;
  const terms: [string, string][] = [
    ["Agents", `${formatCount(summary.n)}, ${printable(summary.strategy)}, γ = ${summary.gamma}`],
    ["Seed", summary.seed === null ? "none" : String(summary.seed)],
    ["Capacity m", `${formatGiven(summary.capacity)} units`],
    ["Unit fee τ", `${formatGiven(summary.unitFee)} ${symbol} / unit`],
    ["Execution fee g", `${formatGiven(summary.executionFee)} ${symbol}`],
    ["Progressive fee φ", `${formatGiven(summary.progressiveFee)} ${symbol} / unit²`],
    ["Charge policy", summary.policy],
    ["Step rule", summary.rule],
    ["Samples M", `${formatCount(summary.samples)} in a demand`],
    ["Gas to join", formatCount(gas.join)],
    ["Gas per close", `${formatCount(gas.close.mean)} (${formatCount(gas.close.count)})`],
    [
      "Gas per trim",
      gas.trim.count === 0
        ? "none sent"
        : `${formatCount(gas.trim.mean)} (${formatCount(gas.trim.count)})`,
    ],
    ["Gas to settle", `${formatCount(gas.settle.total)} (${formatCount(gas.settle.count)})`],
    [
      "Token",
      `${printable(summary.token.symbol)}, ${counted(summary.token.decimals, "decimal")}, ${summary.token.address}`,
    ],
    ["Contract", `${summary.contract} on chain ${summary.chainId}`],
  ];
  return `<div class="card">
<h2>Terms</h2>
<dl class="terms">
${terms.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join("\n")}
</dl>
</div>`;
}

function renderDetails(title: string, size: string, rows: number, content: string): string {
  return `<details${rows <= MAX_OPEN_ROWS ? " open" : ""}><summary>${escapeHtml(title)} <span>${escapeHtml(size)}</span></summary>
<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(title)}">
${content}
</div>
</details>`;
}

function shortAddress(address: string): string {
  return address.length > 14 ? `${address.slice(0, 6)}…${address.slice(-4)}` : address;
}
