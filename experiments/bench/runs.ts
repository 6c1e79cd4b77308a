import { quantile } from "../harness/distribution.ts";

/** Processor seconds that a contestant works for each time it is asked, at least. */
export const LEAST = 0.05;

/** Seconds that something takes once; it may do it often to tell. */
export type Contestant = () => number | Promise<number>;

/** Median seconds of each contestant, and of each run's ratio of two. */
export type Runs = {
  median: (contestant: number) => number;
  /** How many times as long `first` takes as `second`. */
  ratio: (first: number, second: number) => { median: number; noise: number };
};

/**
 * Let contestants run in turn, so that what else the machine does meets all of them alike. The first
 * turn warms up and is not counted.
 */
export async function inTurn(runs: number, contestants: readonly Contestant[]): Promise<Runs> {
  const seconds = contestants.map(() => [] as number[]);
  for (let run = -1; run < runs; run++) {
    for (const [at, contestant] of contestants.entries()) {
      const taken = await contestant();
      if (run >= 0) seconds[at]!.push(taken);
    }
  }
  return {
    median: (contestant) => quantile(seconds[contestant]!, 0.5),
    ratio: (first, second) =>
      summary(seconds[first]!.map((taken, run) => taken / seconds[second]![run]!)),
  };
}

/** The median, and half the range of the middle half, relative to it. */
export function summary(values: readonly number[]): { median: number; noise: number } {
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(values, share));
  return { median: median!, noise: (high! - low!) / 2 / median! };
}

/**
 * Processor seconds of one call, from as many calls as `atLeast` seconds take. Not the time on the clock: what
 * else the machine does would be in it.
 */
export function timed(action: () => unknown, atLeast = LEAST): Contestant {
  return () => {
    const start = process.cpuUsage();
    for (let calls = 1; ; calls++) {
      action();
      const { user, system } = process.cpuUsage(start);
      const seconds = (user + system) / 1e6;
      if (seconds >= atLeast) return seconds / calls;
    }
  };
}
