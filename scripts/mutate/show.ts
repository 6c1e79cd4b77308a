import { mkdirSync, writeFileSync } from "node:fs";

import type { Flags } from "./flags.ts";
import type { Mutant } from "./mutants.ts";
import {
  countOf,
  killsByTest,
  LEAST_KILLED,
  scoreOf,
  shareOf,
  staleSurvivors,
  survivorText,
  tableOf,
  type Judged,
} from "./report.ts";

/** Print what a run found, write it to `folder`, and tell whether it is good enough. */
export function conclude(
  judged: readonly Judged[],
  all: readonly Mutant[],
  tests: readonly string[],
  flags: Flags,
  folder: string,
): boolean {
  const survivors = judged.filter(({ verdict }) => verdict.status === "survived");
  const unexplained = survivors.filter(({ why }) => why === undefined);
  const score = scoreOf(judged);
  const share = shareOf(score);

  console.log(`\nby file\n${tableOf(judged, "file")}`);
  console.log(`\nby operator\n${tableOf(judged, "operator")}`);
  console.log(
    `\n${score.killed} of ${score.of} mutants killed, ${countOf(judged, "timeout")} of them by time; ` +
      `${countOf(judged, "invalid")} more do not compile, ` +
      `${countOf(judged, "identical")} are the original's code`,
  );
  if (flags.tests === undefined && survivors.length > 0) {
    console.log(`\nsurvivors\n${survivors.map(survivorText).join("\n")}`);
  }
  const kills = flags.everyTest ? killsByTest(judged, tests) : undefined;
  if (kills !== undefined) showKills(kills);

  mkdirSync(folder, { recursive: true });
  const file = `${folder}/contracts.json`;
  const totals = { ...score, share, survivors: survivors.length, unexplained: unexplained.length };
  writeFileSync(file, `${JSON.stringify({ flags, totals, mutants: judged, kills }, null, 2)}\n`);
  console.log(`\n${file}`);
  if (flags.tests !== undefined) return true;

  const faults = [
    ...(share < LEAST_KILLED
      ? [`${share.toFixed(1)} % killed, at least ${LEAST_KILLED} % wanted`]
      : []),
    ...(unexplained.length > 0
      ? [`${unexplained.length} survivors without a reason in scripts/mutate/survivors.ts`]
      : []),
    ...staleSurvivors(all, judged).map(
      ({ in: scope, before, after }) =>
        `scripts/mutate/survivors.ts lists what does not survive: ${scope}: ${before} → ${after}`,
    ),
  ];
  for (const fault of faults) console.error(`error: ${fault}`);
  return faults.length === 0;
}

function showKills(kills: Record<string, string[]>): void {
  const rows = Object.entries(kills).sort(([, a], [, b]) => b.length - a.length);
  console.log("\nmutants killed, by test");
  for (const [test, killed] of rows) console.log(`  ${String(killed.length).padStart(5)}  ${test}`);
}
