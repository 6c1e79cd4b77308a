import { estimate } from "../harness/samples.ts";
import type { PaperTable } from "./figures.ts";
import { distanceFrom, type Reading, type Tried } from "./paper-table.ts";
import type { Definition, Setting, Totals } from "./totals.ts";
import { toleranceOf } from "./verdict.ts";

/** A reading as sums and terms, replication by replication: any definition applies to it. */
export type TotalsReading = Pick<Reading, "id" | "text" | "isFitted"> & {
  /** Undefined where the reading has no such row. */
  totals: (row: string) => readonly Totals[] | undefined;
  settings: (row: string) => readonly Setting[];
};

/** For each column the definitions to try; the first is the one the project stands by. */
export type Definitions = Readonly<Record<string, readonly [Definition, ...Definition[]]>>;

/** A reading under the first definition of each column. */
export function readingOf(reading: TotalsReading, definitions: Definitions): Reading {
  return {
    ...reading,
    values: (row, column) => {
      const definition = definitions[column]?.[0];
      return definition && valuesOf(reading, row, definition);
    },
  };
}

/** How near every definition comes under every reading. */
export function tryDefinitions(
  table: PaperTable,
  readings: readonly TotalsReading[],
  definitions: Definitions,
): Tried[] {
  return table.columns.flatMap(({ key, decimals }) =>
    (definitions[key] ?? []).flatMap((definition) =>
      readings.map((reading): Tried => {
        const pairs = Object.entries(table.figures).map(([row, figures]) => ({
          mean: estimate(valuesOf(reading, row, definition) ?? []).mean,
          paper: figures[key]!,
          decimals,
        }));
        return {
          column: key,
          definition: definition.name,
          reading: reading.text,
          means: pairs.map(({ mean }) => mean),
          distance: distanceFrom(pairs),
          within: pairs.filter(
            ({ mean, paper }) => Math.abs(mean - paper.mean) <= toleranceOf(paper, decimals),
          ).length,
        };
      }),
    ),
  );
}

/** One definition, replication by replication. */
export function valuesOf(
  { totals, settings }: TotalsReading,
  row: string,
  { of }: Definition,
): Float64Array | undefined {
  const given = totals(row);
  if (given === undefined) return undefined;
  const at = settings(row);
  return Float64Array.from(given, (sums, index) => of(sums, at[index]!));
}
