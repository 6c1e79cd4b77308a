import { z } from "zod";

import type { Reason, RunRecord, Summary } from "../../../scripts/record.ts";
import { providerRevenue } from "../../../mechanism/metrics.ts";
import { foreign, foreignSymbol } from "../../foreign.ts";
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

// Bytes of a file; a thousand agents over a thousand rounds are some twenty million.
const MOST = 200_000_000;
// Characters of a name somebody else chose.
const NAME = 60;

const amount = z.number().min(0);
// An index of numbers that are all alike may be rounded below 0.
const share = z
  .number()
  .min(-1e-9)
  .max(1 + 1e-9);
const count = z.int().min(0);
const name = z.string().transform((text) => foreign(text, NAME, "–"));
const roundSchema = z.object({
  epoch: count,
  round: count,
  price: amount,
  nextPrice: amount,
  demand: amount,
  movement: amount,
  primalResidual: amount,
  dualResidual: amount,
  demands: z.array(amount),
  answered: count,
  efficiency: z.number(),
  gini: share,
  participation: share,
  gas: z.object({ submit: amount, close: amount }),
}) satisfies z.ZodType<RecordedRound>;
const runSchema = z
  .object({
    market: name,
    capacity: z.number().positive(),
    equilibriumPrice: amount,
    agents: z.array(name),
    rounds: z.array(roundSchema).min(1),
  })
  .superRefine(({ agents, rounds }, context) => {
    rounds.forEach(({ demands, epoch, round }, index) => {
      const before = rounds[index - 1];
      const complain = (field: string, message: string): void =>
        context.addIssue({ code: "custom", path: ["rounds", index, field], message });
      if (demands.length !== agents.length)
        complain("demands", `there are ${demands.length}, of ${agents.length} agents`);
      if (before !== undefined && epoch !== before.epoch)
        complain("epoch", `given ${epoch} after ${before.epoch}, allowed one epoch`);
      if (before !== undefined && round <= before.round)
        complain("round", `given ${round} after ${before.round}, allowed a later one`);
    });
  });
const summarySchema = z.object({
  market: name,
  reason: z.enum(["Converged", "Rationed", "RoundLimit"]) satisfies z.ZodType<Reason>,
  fees: amount,
  revenue: amount,
  token: z.object({ symbol: z.string().transform(foreignSymbol) }),
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
    if (file.size > MOST) {
      throw new RangeError(`${file.name}: given ${file.size} bytes, allowed ${MOST} at most.`);
    }
    const given = parse(await file.text());
    const [asRun, asSummary] = [runSchema.safeParse(given), summarySchema.safeParse(given)];
    if (asRun.success) run = asRun.data;
    else if (asSummary.success) summary = asSummary.data;
    else {
      const [issue] = asRun.error.issues;
      const where =
        given === undefined || issue === undefined
          ? ""
          : ` (${[issue.path.join("."), issue.message].filter((part) => part !== "").join(": ")})`;
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
