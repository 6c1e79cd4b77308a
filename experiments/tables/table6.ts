import type { Experiment, Result, Run } from "../experiment.ts";
import { columnOf, type Samples } from "../harness/samples.ts";
import { paperTable6 } from "./figures.ts";
import { keyOf } from "./mechanisms.ts";
import { concludeTable } from "./paper-table.ts";
import { flatPrices, paperCapacity, paperFees, type Answers } from "./population.ts";
import { readingOf, type TotalsReading } from "./reading.ts";
import { drawTable6, type Table6Parameters } from "./table6-draw.ts";
import { claimsOfTable6, notesOfTable6, table6Definitions, table6Rows } from "./table6-remarks.ts";
import { hasTotals, totalsIn } from "./totals.ts";

/** Table 6: the four mechanisms, and what they are to be held against. */
export const table6: Experiment<Table6Parameters> = {
  name: "table6",
  module: import.meta.url,
  title: "Table 6: comparison of mechanisms",
  replications: { full: 1000, quick: 60 },
  engines: ["float", "twin", "chain"],
  weight: 1,
  prepare: () => ({
    capacity: paperCapacity,
    fees: paperFees,
    flatPrices,
    proximalWeight: 1,
    unfinished: { rounds: 30, initialStep: 0.1 },
  }),
  replicate: drawTable6,
  conclude,
};

function conclude(samples: Samples, parameters: Table6Parameters, run: Run): Result {
  const { capacity, fees, flatPrices, proximalWeight } = parameters;
  const settings = Array.from(columnOf(samples, "n"), (agents) => ({ agents, capacity, ...fees }));
  /** A reading that differs from a base in its proposed mechanism, or not at all. */
  const reading = (id: string, base: Answers, text: string, isFitted = false): TotalsReading => ({
    id,
    text,
    isFitted,
    totals: (row) => {
      const key = keyOf(table6Rows, row);
      const prefix = `${key === "proposed" ? id : base}/${key}`;
      return hasTotals(samples, prefix) ? totalsIn(samples, prefix) : undefined;
    },
    settings: () => settings,
  });
  const sizes =
    "n uniform on {10, 20, 50, 100}, m = 100, τ = 0.5, g = 1; efficiency and cost per agent";
  const readings = [
    reading(
      "payoff",
      "payoff",
      `The model as stated: ${sizes}. Agents maximise eq. (2), execution fee included. No enforcement: their demands at price 0. Proportional: those, cut by min(1, m/Σx). Flat: their demands at a posted price of ${flatPrices.payoff}, looked for until efficiency and cost came near the paper's. Proposed: Algorithm 1 (γ = 0, Secant) run until it settles.`,
    ),
    ...(run.engine === "chain"
      ? []
      : [
          reading(
            "formula",
            "formula",
            `Eq. (7) as printed: it leaves the execution fee out, so agents enter whenever the first unit pays and are charged g in eq. (8) all the same. The rest as in the model as stated, with a flat price of ${flatPrices.formula}, which needs no looking for.`,
          ),
          reading(
            "proximal",
            "payoff",
            `Algorithm 1 at its word: as the model stated, with γ = ${proximalWeight} and a constant step.`,
          ),
          reading(
            "unfinished",
            "formula",
            `Eq. (7) as printed, and Algorithm 1 not run to its end: mean demand over its first ${parameters.unfinished.rounds} rounds with η_t = ${parameters.unfinished.initialStep}/(t + 1). One of many settings that come near; it shows that an unfinished run explains the row, not that this one was made.`,
            true,
          ),
        ]),
  ];
  return concludeTable({
    name: table6.name,
    title: table6.title,
    table: paperTable6,
    readings: readings.map((one) => readingOf(one, table6Definitions)),
    rows: Object.values(table6Rows),
    run,
    claims: claimsOfTable6(readings[0]!),
    notes: notesOfTable6(samples, readings[0]!, run),
  });
}
