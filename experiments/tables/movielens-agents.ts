import type { Agent } from "../../mechanism/agent.ts";
import { createRandom } from "../../mechanism/random.ts";
import { agentsFromRaters, type Rater } from "../../scripts/input/ratings.ts";
import type { Draw } from "../experiment.ts";
import { streamSeed } from "../harness/seeds.ts";

type Range = readonly [least: number, greatest: number];

/** How ratings become coefficients; the paper says only that they are 'normalized'. */
export type Scale = {
  /** What the least and the greatest mean rating of a user become, α in tokens. */
  alpha: Range;
  /** β in tokens a unit: by the user's number of ratings, from least to greatest, or drawn uniformly. */
  beta: { from: "count" | "uniform"; range: Range };
};

/** The ranges of `agentsFromRaters`, which others are mapped from. */
const alphaBefore: Range = [5, 20];
const betaBefore: Range = [0.5, 5];

/**
 * A sample of users as agents; the same users under every scale.
 *
 * @param count at most `raters.length`
 */
export function movieLensAgents(
  raters: readonly Rater[],
  count: number,
  draw: Draw,
  { alpha, beta }: Scale,
): Agent[] {
  const { uniform } = createRandom(streamSeed(draw.seed, draw.replication, 1));
  const users = agentsFromRaters(raters, count, streamSeed(draw.seed, draw.replication, 0));
  return users.map(({ id, valuation, cost }): Agent => {
    if (valuation.family !== "log" || cost.family !== "linear") throw new TypeError(`agent ${id}`);
    const share = beta.from === "uniform" ? uniform() : shareOf(betaBefore, cost.beta);
    return {
      id,
      valuation: { family: "log", alpha: within(alpha, shareOf(alphaBefore, valuation.alpha)) },
      cost: { family: "linear", beta: within(beta.range, share) },
    };
  });
}

function shareOf([least, greatest]: Range, value: number): number {
  return (value - least) / (greatest - least);
}

function within([least, greatest]: Range, share: number): number {
  return least + share * (greatest - least);
}
