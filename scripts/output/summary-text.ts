import { join } from "node:path";

import type { Summary } from "../record.ts";
import {
  counted,
  formatCount,
  formatDeviation,
  formatIndex,
  formatGiven,
  formatNumber,
  formatShare,
  printable,
  shortened,
  symbolOf,
} from "./format.ts";
import { headlineOf, wordsOf } from "./wording.ts";

const WIDTH = 79;
const INDENT = "  ";

/** A line of the summary: the value is set right, what follows it is not. */
type Row = { label: string; value: string; unit?: string; note?: string };

/**
 * The outcome as a person reads it on a terminal: what happened, why it stopped, and the figures,
 * under 80 columns.
 *
 * @param files where the outputs were written; left out where nothing was written
 */
export function renderSummary(summary: Summary, files: string[] = []): string {
  const lines = [
    ...wrapped(`${shortened(printable(summary.market), 60)}: ${headlineOf(summary)}`, WIDTH),
    ...wordsOf(summary)
      .flatMap((text) => wrapped(text, WIDTH - INDENT.length))
      .map((line) => INDENT + line),
    "",
    ...table(rowsOf(summary)),
    "",
    `${INDENT}Contract  ${summary.contract} (chain ${summary.chainId})`,
    ...files.map((file, index) => `${INDENT}${index === 0 ? "Files     " : "          "}${file}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** The paths of a written run, for the summary. */
export function pathsIn(folder: string, names: readonly string[]): string[] {
  return names.map((name) => join(folder, name));
}

function rowsOf(summary: Summary): Row[] {
  const symbol = symbolOf(summary.token);
  const { gas, n } = summary;
  const taking = Math.round(summary.participation * n);
  return [
    {
      label: "Price",
      value: formatNumber(summary.price),
      unit: `${symbol}/unit`,
      note: `exact equilibrium ${formatNumber(summary.equilibriumPrice)}`,
    },
    { label: "Rounds", value: formatCount(summary.rounds), note: `${summary.rule} step rule` },
    {
      label: "Demand",
      value: formatNumber(summary.demand),
      unit: "units",
      note: `capacity ${formatGiven(summary.capacity)}`,
    },
    {
      label: "Allocated",
      value: formatNumber(summary.allocated),
      unit: "units",
      note: `utilisation ${formatShare(summary.utilisation)}`,
    },
    {
      label: "Efficiency",
      value: formatNumber(summary.efficiency),
      unit: symbol,
      note: `exact equilibrium ${formatNumber(summary.optimalEfficiency)}, ${formatDeviation(summary.efficiency, summary.optimalEfficiency)}`,
    },
    { label: "Gini index", value: formatIndex(summary.gini), note: "0 is equal" },
    {
      label: "Participation",
      value: formatShare(summary.participation),
      note: `${formatCount(taking)} of ${counted(n, "agent")}`,
    },
    {
      label: "Payments",
      value: formatNumber(summary.revenue),
      unit: symbol,
      note: "to the provider",
    },
    { label: "Fees", value: formatNumber(summary.fees), unit: symbol, note: "to the treasury" },
    {
      label: "Gas per demand",
      value: formatCount(gas.submit.mean),
      unit: "gas",
      note: `mean of ${formatCount(gas.submit.count)}, at most ${formatCount(gas.submit.max)}`,
    },
    {
      label: "Gas per close",
      value: formatCount(gas.close.mean),
      unit: "gas",
      note: `mean of ${formatCount(gas.close.count)}`,
    },
    {
      label: "Gas to settle",
      value: formatCount(gas.settle.total / n),
      unit: "gas",
      note: "per agent",
    },
    {
      label: "Gas in total",
      value: formatCount(gas.total),
      unit: "gas",
      note: `of it ${formatCount(gas.deploy)} to deploy`,
    },
  ];
}

function table(rows: Row[]): string[] {
  const labels = Math.max(...rows.map((row) => row.label.length));
  const values = Math.max(...rows.map((row) => bodyOf(row.value).length));
  const units = Math.max(...rows.map((row) => unitOf(row).length));
  return rows.map((row) => {
    const start = `${INDENT}${row.label.padEnd(labels)}  ${bodyOf(row.value).padStart(values)} ${unitOf(row).padEnd(units)}`;
    return `${start}  ${row.note ?? ""}`.trimEnd();
  });
}

/** A percent sign belongs with the units. */
function bodyOf(value: string): string {
  return value.endsWith(" %") ? value.slice(0, -2) : value;
}

function unitOf({ value, unit = "" }: Row): string {
  return value.endsWith(" %") ? "%" : unit;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
