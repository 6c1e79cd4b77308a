import { createRandom } from "../../mechanism/random.ts";

/** 1 January 2025, 00:00 UTC, unix seconds: when the made-up ratings start. */
const START = 1_735_689_600;

/**
 * Made-up ratings in the format of MovieLens 100K's `u.data`: rows
 * `user⇥item⇥rating⇥timestamp` in the order of time. Users differ in taste (a mean between 2 and
 * 4.5) and in how much they rate (from 5 items to all of them, most of them few). No row is taken
 * from a data set of anybody's.
 */
export function ratingsSample(options: { users: number; items: number; seed: number }): string {
  const { users, items, seed } = options;
  const { uniform, normal } = createRandom(seed);
  const rows: { user: number; item: number; rating: number; time: number }[] = [];
  for (let user = 1; user <= users; user++) {
    const taste = 2 + 2.5 * uniform();
    const count = Math.round(5 * Math.pow(items / 5, uniform()));
    const unrated = Array.from({ length: items }, (_, index) => index + 1);
    for (let rated = 0; rated < count; rated++) {
      const pick = Math.floor(uniform() * unrated.length);
      const [item = 1] = unrated.splice(pick, 1);
      const rating = Math.min(5, Math.max(1, Math.round(taste + normal())));
      rows.push({ user, item, rating, time: START + Math.floor(uniform() * 86_400 * 90) });
    }
  }
  return rows
    .sort((a, b) => a.time - b.time || a.user - b.user || a.item - b.item)
    .map(({ user, item, rating, time }) => `${user}\t${item}\t${rating}\t${time}\n`)
    .join("");
}
