import { CsvError, parse } from "csv-parse/sync";

import { readDecimal } from "./decimal.ts";
import { MOST_AGENTS } from "./fields.ts";
import { either, InputError, shown } from "./input-error.ts";
import type { Agent } from "../mechanism/agent.ts";
import { costFamilies, costFamilyOf, type Cost } from "../mechanism/costs/families.ts";
import {
  valuationFamilies,
  valuationFamilyOf,
  type Valuation,
} from "../mechanism/valuations/families.ts";
import { readText } from "./read-text.ts";

/** The header of an agents' file, exactly. */
export const agentsHeader = ["id", "valuation", "alpha", "shape", "cost", "beta", "delta"] as const;

type Column = (typeof agentsHeader)[number];
type Row = Record<Column, string>;
type NumberColumn = "alpha" | "shape" | "beta" | "delta";

/** Which columns a family reads; the others of its kind must be empty. */
const columnsOfValuation: Record<Valuation["family"], readonly NumberColumn[]> = {
  log: ["alpha"],
  isoelastic: ["alpha", "shape"],
  saturating: ["alpha", "shape"],
  quadratic: ["alpha", "shape"],
};
const columnsOfCost: Record<Cost["family"], readonly NumberColumn[]> = {
  linear: ["beta"],
  quadratic: ["beta", "delta"],
};

/**
 * The agents of a CSV file: one a row, under the header `agentsHeader`. `shape` is the ρ or κ of
 * the valuation; a field that a row's families do not use is empty.
 *
 * @param path absolute, or relative to the working directory
 * @param label how the person named the file
 * @throws InputError, one line with the row's line number
 */
export function readAgentsCsv(path: string, label: string): Agent[] {
  return parseAgentsCsv(readText(path, label, "a CSV file of agents"), label);
}

/**
 * `readAgentsCsv` for a text at hand.
 *
 * @param csv the file's text, its lines ended by `\n`
 */
export function parseAgentsCsv(csv: string, label: string): Agent[] {
  const [header, ...records] = recordsOf(csv, label);
  const expected = agentsHeader.join(",");
  if (header?.values.join(",") !== expected) {
    const given = header === undefined ? "an empty file" : shown(header.values.join(","));
    throw new InputError(`${label}:${header?.line ?? 1}: given ${given}, allowed ${expected}`);
  }
  const rows = records.map(({ values, line }) => ({
    values,
    place: `${label}:${line}`,
    name: `line ${line}`,
  }));
  return readAgentRows(rows, label);
}

/** Values in the order of `agentsHeader`, where they stand, and the same in short. */
export type AgentRow = { values: readonly string[]; place: string; name: string };

/**
 * @param label how the person named what holds the rows
 * @throws InputError, one line with the row's place
 */
export function readAgentRows(rows: readonly AgentRow[], label: string): Agent[] {
  if (rows.length < 1 || rows.length > MOST_AGENTS) {
    throw new InputError(`${label}: given ${rows.length} agents, allowed 1 to ${MOST_AGENTS}`);
  }
  const seen = new Map<string, string>();
  return rows.map(({ values, place, name }) => {
    const agent = readRow(values, place);
    const before = seen.get(agent.id);
    if (before !== undefined) {
      const allowed = `an id that is not in the file yet (${before} has it)`;
      throw new InputError(`${place}: id: given ${shown(agent.id)}, allowed ${allowed}`);
    }
    seen.set(agent.id, name);
    return agent;
  });
}

/** The rows that hold something, with the lines they start on. */
function recordsOf(csv: string, label: string): { values: string[]; line: number }[] {
  try {
    const records = parse(csv, {
      info: true,
      record_delimiter: "\n",
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records
      .map(({ record, info }) => ({
        values: record.map((value) => value.trim()),
        line: info.lines - (record.join("").split("\n").length - 1),
      }))
      .filter(({ values }) => values.length > 1 || values[0] !== "");
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = typeof cause["lines"] === "number" ? cause["lines"] : 1;
    throw new InputError(
      `${label}:${line}: given a quote that does not pair, allowed quotes around a whole field`,
      { cause },
    );
  }
}

/** One agent. `place` is the file and line for messages. */
function readRow(values: readonly string[], place: string): Agent {
  if (values.length !== agentsHeader.length) {
    const allowed = `${agentsHeader.length}, as in plant-7,log,12.5,,linear,1.3,`;
    throw new InputError(`${place}: given ${values.length} fields, allowed ${allowed}`);
  }
  const row = Object.fromEntries(agentsHeader.map((name, at) => [name, values[at]])) as Row;
  if (!/^[^\p{Cc}]{1,64}$/u.test(row.id)) {
    throw refusal(place, "id", row.id, "1 to 64 characters on one line");
  }
  return {
    id: row.id,
    valuation: readValuation(row, place),
    cost: readCost(row, place),
  };
}

function readValuation(row: Row, place: string): Valuation {
  const family = familyOf(row, "valuation", Object.keys(valuationFamilies), place);
  const columns = columnsOfValuation[family as Valuation["family"]];
  // The family's name and its own columns are its parameters; `validate` has the last word.
  const numbers = readNumbers(row, ["alpha", "shape"], columns, family, place);
  const valuation = { family, ...numbers } as Valuation;
  validated(row, family, place, () => {
    valuationFamilyOf(valuation).validate(valuation);
  });
  return valuation;
}

function readCost(row: Row, place: string): Cost {
  const family = familyOf(row, "cost", Object.keys(costFamilies), place);
  const columns = columnsOfCost[family as Cost["family"]];
  const numbers = readNumbers(row, ["beta", "delta"], columns, family, place);
  const cost = { family, ...numbers } as Cost;
  validated(row, family, place, () => {
    costFamilyOf(cost).validate(cost);
  });
  return cost;
}

function familyOf(row: Row, column: "valuation" | "cost", known: string[], place: string): string {
  if (!known.includes(row[column])) throw refusal(place, column, row[column], either(known));
  return row[column];
}

/** The numbers in a family's columns; the family's other columns have to be empty. */
function readNumbers(
  row: Row,
  columns: readonly NumberColumn[],
  used: readonly NumberColumn[],
  family: string,
  place: string,
): Partial<Record<NumberColumn, number>> {
  const numbers: Partial<Record<NumberColumn, number>> = {};
  for (const column of columns) {
    const given = row[column];
    if (!used.includes(column)) {
      if (given !== "") throw refusal(place, column, given, `nothing for ${family}`);
      continue;
    }
    if (readDecimal(given) === undefined) {
      throw refusal(place, column, given, `a number, as in 12.5, for ${family}`);
    }
    numbers[column] = Number(given) + 0;
  }
  return numbers;
}

/** Run a family's own check and put its complaint in terms of the file. */
function validated(row: Row, family: string, place: string, check: () => void): void {
  try {
    check();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const match = /^(alpha|shape|beta|delta)\b.*; it must be a finite (number .*)$/.exec(
      cause.message,
    );
    if (match === null) throw new InputError(`${place}: ${cause.message}`, { cause });
    const column = match[1] as NumberColumn;
    throw refusal(place, column, row[column], `a ${match[2] ?? "number"} for ${family}`);
  }
}

function refusal(place: string, column: Column, given: string, allowed: string): InputError {
  const what = given === "" ? "nothing" : shown(given);
  return new InputError(`${place}: ${column}: given ${what}, allowed ${allowed}`);
}
