import { InputError, shown } from "../../markets/input-error.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { createRandom } from "../../mechanism/random.ts";
import { readText } from "../../markets/read-text.ts";

/** A user of a ratings file. */
export type Rater = {
  user: number;
  /** Mean of the user's ratings, 1 to 5. */
  mean: number;
  /** How many ratings the user gave. */
  count: number;
};

/** The paper's ranges (Table 3): α in tokens, β in tokens a unit. */
const alphaRange = { min: 5, max: 20 };
const betaRange = { min: 0.5, max: 5 };

/** The columns of MovieLens 100K's `u.data`, separated by tabs, and what each may hold. */
const columns = [
  { name: "user", pattern: /^[1-9]\d{0,14}$/, allowed: "a whole number above 0" },
  { name: "item", pattern: /^[1-9]\d{0,14}$/, allowed: "a whole number above 0" },
  { name: "rating", pattern: /^[1-5]$/, allowed: "a whole number from 1 to 5" },
  { name: "timestamp", pattern: /^\d{1,15}$/, allowed: "seconds, a whole number from 0" },
] as const;

/**
 * A seeded sample of the users of a MovieLens `u.data` file, as agents: see `agentsFromRaters`.
 *
 * @param path absolute, or relative to the working directory
 * @param label how the person named the file
 * @param n how many users to take
 * @throws InputError, one line, for a row that is not one or more users asked for than there are
 */
export function readRatings(path: string, label: string, n: number, seed: number): Agent[] {
  const raters = parseRatings(readText(path, label, "a ratings file"), label);
  if (n > raters.length) {
    const allowed = `n up to ${raters.length}, the users in the file`;
    throw new InputError(`${label}: given n = ${n}, allowed ${allowed}`);
  }
  return agentsFromRaters(raters, n, seed);
}

/**
 * The users of a ratings file, by ascending number.
 *
 * @param data rows `user⇥item⇥rating⇥timestamp`, ended by `\n`; empty lines are passed over
 * @param label the file, for messages
 * @throws InputError, one line with the row's line number
 */
export function parseRatings(data: string, label: string): Rater[] {
  const sums = new Map<number, { sum: number; count: number }>();
  data.split("\n").forEach((line, index) => {
    if (line.trim() === "") return;
    const values = line.split("\t");
    const place = `${label}:${index + 1}`;
    if (values.length !== columns.length) {
      const allowed = "user, item, rating and timestamp, separated by tabs";
      throw new InputError(`${place}: given ${shown(line)}, allowed ${allowed}`);
    }
    columns.forEach(({ name, pattern, allowed }, at) => {
      const given = values[at] ?? "";
      if (pattern.test(given)) return;
      throw new InputError(`${place}: ${name}: given ${shown(given)}, allowed ${allowed}`);
    });
    const user = Number(values[0]);
    const known = sums.get(user) ?? { sum: 0, count: 0 };
    sums.set(user, { sum: known.sum + Number(values[2]), count: known.count + 1 });
  });
  if (sums.size === 0) {
    throw new InputError(`${label}: given no ratings, allowed one rating or more`);
  }
  return [...sums]
    .map(([user, { sum, count }]) => ({ user, mean: sum / count, count }))
    .sort((a, b) => a.user - b.user);
}

/**
 * n of the users, each as likely as any other, as agents with log valuations and linear costs.
 * α comes from the user's mean rating and β from the user's number of ratings, each mapped
 * linearly from its least and greatest over all users (not only those taken) onto the paper's
 * range: 5 to 20 and 0.5 to 5. Where all users are equal the map has no slope and everybody gets
 * the middle. Ids are `user-<number>`, in ascending order; the file's order does not matter.
 *
 * @param n at most `raters.length`
 */
export function agentsFromRaters(raters: readonly Rater[], n: number, seed: number): Agent[] {
  const alpha = linearMap(
    raters.map((rater) => rater.mean),
    alphaRange,
  );
  const beta = linearMap(
    raters.map((rater) => rater.count),
    betaRange,
  );
  return sampleOf(raters, n, seed)
    .sort((a, b) => a.user - b.user)
    .map(({ user, mean, count }) => ({
      id: `user-${user}`,
      valuation: { family: "log", alpha: alpha(mean) },
      cost: { family: "linear", beta: beta(count) },
    }));
}

/** n of the values without replacement: the first n steps of a Fisher–Yates shuffle. */
function sampleOf<Value>(values: readonly Value[], n: number, seed: number): Value[] {
  const { uniform } = createRandom(seed);
  const left = [...values];
  for (let taken = 0; taken < n; taken++) {
    const pick = taken + Math.floor(uniform() * (left.length - taken));
    [left[taken], left[pick]] = [left[pick]!, left[taken]!];
  }
  return left.slice(0, n);
}

function linearMap(
  values: readonly number[],
  onto: { min: number; max: number },
): (value: number) => number {
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  const span = greatest - least;
  return (value) => {
    const share = span > 0 ? (value - least) / span : 0.5;
    return onto.min + share * (onto.max - onto.min);
  };
}
