import type { Mutant } from "./mutants.ts";
import type { TestName } from "./suites.ts";
import { SURVIVORS, type Survivor } from "./survivors.ts";
import type { Verdict } from "./worker.ts";

/** A mutant with its verdict, and for a survivor the reason if one is listed. */
export type Judged = Mutant & { verdict: Verdict; why?: string };

/** The least share of mutants, in percent, that must be killed. */
export const LEAST_KILLED = 95;

export function reasonFor(mutant: Mutant): string | undefined {
  return SURVIVORS.find(({ mutants }) => mutants.some((listed) => isListed(listed, mutant)))?.why;
}

function isListed(listed: Survivor, { scope, before, after }: Mutant): boolean {
  return listed.in === scope && listed.before === before && listed.after === after;
}

/** Entries of the list that name no mutant, or one that is killed. */
export function staleSurvivors(all: readonly Mutant[], judged: readonly Judged[]): Survivor[] {
  return SURVIVORS.flatMap(({ mutants }) => mutants).filter((listed) => {
    if (!all.some((mutant) => isListed(listed, mutant))) return true;
    const same = judged.filter((mutant) => isListed(listed, mutant));
    return same.length > 0 && !same.some(({ verdict }) => verdict.status === "survived");
  });
}

/** Killed, of those that compile and differ from the original. */
export type Score = { killed: number; of: number };

export function scoreOf(judged: readonly Judged[]): Score {
  const killed = judged.filter(({ verdict }) => isKilled(verdict)).length;
  return { killed, of: judged.filter(({ verdict }) => counts(verdict)).length };
}

export function shareOf({ killed, of }: Score): number {
  return of === 0 ? 100 : (100 * killed) / of;
}

function isKilled({ status }: Verdict): boolean {
  return status === "killed" || status === "timeout";
}

function counts({ status }: Verdict): boolean {
  return status !== "invalid" && status !== "identical";
}

/** One line each file or operator: how many mutants are killed of how many. */
export function tableOf(judged: readonly Judged[], by: "file" | "operator"): string {
  const groups = Object.entries(Object.groupBy(judged, (mutant) => mutant[by]));
  const rows = [...groups.sort(([a], [b]) => (a < b ? -1 : 1)), ["all", judged] as const];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows
    .map(([name, group = []]) => {
      const score = scoreOf(group);
      const share = `${shareOf(score).toFixed(1)} %`.padStart(8);
      return `  ${name.padEnd(width)} ${share}  ${score.killed} of ${score.of}`;
    })
    .join("\n");
}

export function countOf(judged: readonly Judged[], status: Verdict["status"]): number {
  return judged.filter(({ verdict }) => verdict.status === status).length;
}

export function survivorText(mutant: Judged): string {
  const { file, line, scope, operator, before, after, why } = mutant;
  return [
    `  ${file}:${line} ${scope} (${operator})`,
    `    - ${before}`,
    `    + ${after}`,
    ...(why === undefined ? [] : [`    ${why}`]),
  ].join("\n");
}

/** For each test the mutants it kills; a test that kills none guards nothing that mutation knows of. */
export function killsByTest(
  judged: readonly Judged[],
  tests: readonly TestName[],
): Record<TestName, string[]> {
  const kills = Object.fromEntries(tests.map((test): [TestName, string[]] => [test, []]));
  for (const { verdict, file, line, before, after } of judged) {
    if (verdict.status !== "killed") continue;
    for (const test of verdict.by) kills[test]?.push(`${file}:${line} ${before} → ${after}`);
  }
  return kills;
}
