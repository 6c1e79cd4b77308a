import { z } from "zod";

import type { Reason, RunRecord, Summary } from "../../../scripts/record.ts";
import { providerRevenue } from "../../../mechanism/metrics.ts";
import type { Scene } from "./scene.ts";

/** A run as `npm start` leaves it behind; without its summary.json nothing is known of its token, fees and end. */
export type Recorded = {
  run: Pick<RunRecord, "market" | "capacity" | "equilibriumPrice" | "agents"> & {
    rounds: RecordedRound[];
  };
  summary: RecordedSummary | undefined;
};

type RecordedRound = Omit<RunRecord["rounds"][number], "exact" | "members">;
type RecordedSummary = Pick<Summary, "market" | "reason" | "fees" | "revenue"> & {
  token: { symbol: string };
};

const number = z.number();
const count = z.int().min(0);
const roundSchema = z.object({
  epoch: count,
  round: count,
  price: number,
  nextPrice: number,
  demand: number,
  movement: number,
  primalResidual: number,
  dualResidual: number,
  demands: z.array(number),
  answered: count,
  efficiency: number,
  gini: number,
  participation: number,
  gas: z.object({ submit: number, close: number }),
}) satisfies z.ZodType<RecordedRound>;
const runSchema = z.object({
  market: z.string(),
  capacity: number.positive(),
  equilibriumPrice: number,
  agents: z.array(z.string()),
  rounds: z.array(roundSchema).min(1),
});
const summarySchema = z.object({
  market: z.string(),
  reason: z.enum(["Converged", "Rationed", "RoundLimit"]) satisfies z.ZodType<Reason>,
  fees: number,
  revenue: number,
  token: z.object({ symbol: z.string() }),
}) satisfies z.ZodType<RecordedSummary>;

/**
 * The files of a run: rounds.json, and summary.json if it was given too.
 *
 * @throws RangeError in one sentence for files that are none of these
 */
export async function readRecorded(files: readonly File[]): Promise<Recorded> {
  let run: Recorded["run"] | undefined;
  let summary: RecordedSummary | undefined;
  for (const file of files) {
    const given = parse(await file.text());
    const [asRun, asSummary] = [runSchema.safeParse(given), summarySchema.safeParse(given)];
    if (asRun.success) run = asRun.data;
    else if (asSummary.success) summary = asSummary.data;
    else {
      const [issue] = asRun.error.issues;
      const where =
        given === undefined ? "" : ` (${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""})`;
      throw new RangeError(
        `${file.name}: not a recorded run; open the rounds.json that npm start writes${where}.`,
      );
    }
  }
  if (run === undefined) {
    throw new RangeError(
      "There are no rounds in a summary.json; open the rounds.json beside it too.",
    );
  }
  return { run, summary: summary?.market === run.market ? summary : undefined };
}

/** @param at the last round that has been played, from 0 */
export function recordedScene({ run, summary }: Recorded, at: number): Scene {
  const rounds = run.rounds.slice(0, at + 1);
  const last = rounds.at(-1)!;
  const isOver = rounds.length === run.rounds.length;
  return {
    key: `recorded ${run.market}`,
    market: `${run.market}, recorded`,
    symbol: summary?.token.symbol ?? "tokens",
    epoch: last.epoch,
    epochs: [last.epoch],
    capacity: run.capacity,
    fees: undefined,
    rounds,
    open: undefined,
    reason: isOver ? (summary?.reason ?? null) : null,
    members: run.agents.length,
    shares: run.agents.map((id, index) => ({
      id,
      demand: last.demands[index] ?? 0,
      allocation: undefined,
    })),
    revenue:
      isOver && summary !== undefined ? summary.revenue : providerRevenue(last.demands, last.price),
    charges: isOver && summary !== undefined ? summary.fees : NaN,
    equilibriumPrice: run.equilibriumPrice,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
