// How often each action of the invariant runs did something: calls that revert explore nothing.

import { z } from "zod";

/** The least share of an action's calls, in percent, that must not revert. */
const LEAST = 20;

/** The least number of calls in all. */
const LEAST_CALLS = 300_000n;

const counts = z.object({ calls: z.bigint(), reverts: z.bigint() });

export const invariantResults = z.object({
  suiteResults: z.array(
    z.object({
      testResults: z.array(
        z.object({ kind: z.object({ metrics: z.record(z.string(), counts).optional() }) }),
      ),
    }),
  ),
});

/** Print every action with its calls and its share, and tell whether calls and shares suffice. */
export function printInvariantShares(results: z.infer<typeof invariantResults>): boolean {
  const actions = new Map<string, { calls: bigint; reverts: bigint }>();
  for (const { kind } of results.suiteResults.flatMap((suite) => suite.testResults)) {
    for (const [name, { calls, reverts }] of Object.entries(kind.metrics ?? {})) {
      const sum = actions.get(name) ?? { calls: 0n, reverts: 0n };
      actions.set(name, { calls: sum.calls + calls, reverts: sum.reverts + reverts });
    }
  }
  if (actions.size === 0) return true;

  let total = 0n;
  let suffices = true;
  console.log("\nInvariant runs: calls, and the share that did not revert");
  for (const [name, { calls, reverts }] of [...actions].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const share = Number((calls - reverts) * 100n) / Number(calls);
    const enough = share >= LEAST;
    total += calls;
    suffices &&= enough;
    console.log(`  ${name}: ${calls}, ${share.toFixed(1)} %${enough ? "" : `, below ${LEAST} %`}`);
  }
  console.log(`  ${total} calls in all${total >= LEAST_CALLS ? "" : `, below ${LEAST_CALLS}`}`);
  return suffices && total >= LEAST_CALLS;
}
