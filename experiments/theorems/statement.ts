import type { Draw } from "../experiment.ts";

/** What one draw says of a claim. */
export type Outcome = {
  /** Whether the claim is false in this draw. */
  failed: boolean;
  /** The number behind it, in the unit that the run names. */
  size: number;
};

/**
 * Why a run is there.
 *
 * - `stated`: all that the paper assumes is met, and nothing else.
 * - `needed`: besides, the statement's `condition`.
 * - `beyond`: an assumption of the paper is dropped, to see what becomes of the claim.
 */
export type Role = "stated" | "needed" | "beyond";

/** A numerical check of a claim in one kind of market. */
export type Run = {
  /** Names its columns; no two of a statement are the same. */
  key: string;
  role: Role;
  /** The market, and how it is run. */
  where: string;
  /** What `size` is, with its unit. */
  measures: string;
  of: (draw: Draw) => Outcome;
};

/** A claim of the paper and the runs that it is held against. */
export type Statement = {
  key: string;
  /** As the paper numbers it; two where it states the same twice. */
  names: readonly string[];
  claim: string;
  /** What the paper assumes. */
  assumption: string;
  /** What it needs besides, if it does; `needed` runs meet it. */
  condition?: string;
  runs: readonly [Run, ...Run[]];
};

/** What all draws say of a run. */
export type Tally = {
  role: Role;
  where: string;
  draws: number;
  failures: number;
  measures: string;
  mean: number;
  smallest: number;
  largest: number;
};

/** What is said of a statement, and what it goes with. */
export type Judgement = { verdict: "holds" | "holds under" | "does not hold"; detail: string };

/**
 * The verdict on a statement, from counts alone. It holds if no draw that meets what the paper assumes
 * fails, with its condition or without; under its condition if none fails that meets that too; else it
 * does not.
 */
export function judgeStatement(
  { condition }: Pick<Statement, "condition">,
  tallies: readonly Tally[],
): Judgement {
  const failing = (role: Role): Tally | undefined =>
    tallies.find((tally) => tally.role === role && tally.failures > 0);
  const [stated, needed] = [failing("stated"), failing("needed")];
  const isTried = tallies.some(({ role }) => role === "needed");
  const worst = needed ?? stated;
  if (worst === undefined) return { verdict: "holds", detail: "" };
  if (condition !== undefined && isTried && needed === undefined) {
    return { verdict: "holds under", detail: condition };
  }
  return {
    verdict: "does not hold",
    detail: `false in ${worst.failures} of ${worst.draws} draws: ${worst.where}`,
  };
}

/** A run, its parts in the order in which a line of them reads. */
export function run(
  key: string,
  role: Role,
  where: string,
  measures: string,
  of: (draw: Draw) => Outcome,
): Run {
  return { key, role, where, measures, of };
}
