import { readFile, writeFile } from "node:fs/promises";

import type { Figure } from "./figure.ts";

const FILE = new URL("baseline.json", import.meta.url);
/** A ratio moves by as much between two calm runs of the same code: measured, see docs/bench.md. */
const CALM = 0.1;

/** Ratios by name, each with its noise; and whether more of it is better. */
export type Baseline = Record<string, { ratio: number; noise: number }>;

export type Change = {
  name: string;
  before: number;
  now: number;
  /** By how much it may move without a reason, relative. */
  band: number;
  verdict: "worse" | "better" | "same";
};

export async function readBaseline(): Promise<Baseline> {
  return JSON.parse(await readFile(FILE, "utf8")) as Baseline;
}

/** Keep this run's ratios as those that later runs are held against. */
export async function writeBaseline(figures: readonly Figure[]): Promise<void> {
  const kept = await readBaseline().catch(() => ({}));
  const fresh = figures.flatMap(({ name, ratio, noise }) =>
    ratio === null ? [] : [[name, { ratio: rounded(ratio), noise: rounded(noise) }] as const],
  );
  const baseline = { ...kept, ...Object.fromEntries(fresh) };
  await writeFile(
    FILE,
    `${JSON.stringify(baseline, Object.keys(baseline).sort().concat("ratio", "noise"), 2)}\n`,
  );
}

/** What has moved by more than the noise of both runs; figures that only one of them has are left out. */
export function changes(figures: readonly Figure[], baseline: Baseline): Change[] {
  return figures.flatMap(({ name, ratio, noise, ratioIs }): Change[] => {
    const before = baseline[name];
    if (ratio === null || before === undefined) return [];
    // What is counted and not timed has no noise at all.
    const isExact = noise === 0 && before.noise === 0;
    const band = isExact ? 0 : CALM + 2 * Math.hypot(noise, before.noise);
    const moved = ratio / before.ratio - 1;
    const isWorse = ratioIs === "measured / floor" ? moved > band : moved < -band;
    const isBetter = ratioIs === "measured / floor" ? moved < -band : moved > band;
    const verdict = isWorse ? "worse" : isBetter ? "better" : "same";
    return [{ name, before: before.ratio, now: ratio, band, verdict }];
  });
}

/** Four digits: more would only be noise in a diff. */
function rounded(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value) || 1)) - 3);
  return Math.round(value / unit) / Math.round(1 / unit);
}
