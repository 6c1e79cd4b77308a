import { CsvError, parse } from "csv-parse/sync";

import { InputError, shown } from "../../markets/input-error.ts";

/** A country, and what it was allocated. */
export type Country = {
  name: string;
  /** ISO 3166-1 alpha-3. */
  code: string;
  /** Heads. */
  population: number;
  /** Doses. */
  doses: number;
};

const header = ["country", "iso3", "population", "doses"];

/**
 * The countries of a CSV file under the header `country,iso3,population,doses`.
 *
 * @param csv the file's text
 * @param label how the person named the file
 * @throws InputError, one line with the row's line number and the field
 */
export function parseCountries(csv: string, label: string): Country[] {
  const [names, ...rows] = recordsOf(csv, label);
  if (names?.join(",") !== header.join(",")) {
    throw new InputError(
      `${label}:1: given ${shown(names?.join(",") ?? "")}, allowed ${header.join(",")}`,
    );
  }
  if (rows.length < 2) {
    throw new InputError(`${label}: given ${rows.length} countries, allowed 2 or more`);
  }
  return rows.map((row, index) => {
    const place = `${label}:${index + 2}`;
    if (row.length !== header.length) {
      throw new InputError(`${place}: given ${row.length} fields, allowed ${header.length}`);
    }
    const [name = "", code = "", population = "", doses = ""] = row;
    return {
      name,
      code,
      population: wholeNumber(population, `${place}: population`),
      doses: wholeNumber(doses, `${place}: doses`),
    };
  });
}

function recordsOf(csv: string, label: string): string[][] {
  try {
    return parse(csv, { relax_column_count: true, skip_empty_lines: true });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const problem = "given a quote that does not pair, allowed quotes around a whole field";
    throw new InputError(`${label}: ${problem}`, { cause });
  }
}

function wholeNumber(text: string, field: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0 && Number.isSafeInteger(value)) return value;
  throw new InputError(`${field}: given ${shown(text)}, allowed a whole number above 0`);
}
