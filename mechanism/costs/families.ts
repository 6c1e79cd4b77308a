import type { CostFamily } from "./cost-family.ts";
import { linear } from "./linear.ts";
import { quadratic } from "./quadratic.ts";

/** Every cost family there is. A new one is its file, its import and its name here. */
export const costFamilies = { linear, quadratic };

type Families = typeof costFamilies;

/** An agent's private cost: the parameters of any one of the families. */
export type Cost = {
  [Name in keyof Families]: Parameters<Families[Name]["value"]>[0];
}[keyof Families];

/**
 * The family a cost belongs to, for a caller that works on any of them.
 *
 * @throws RangeError if there is no family of that name
 */
export function costFamilyOf<C extends { family: string }>(cost: C): CostFamily<C> {
  if (!Object.hasOwn(costFamilies, cost.family)) {
    const known = Object.keys(costFamilies).join(", ");
    throw new RangeError(`no cost family "${cost.family}"; there are: ${known}`);
  }
  // The name selects the family, so the family accepts the parameters: TypeScript cannot follow
  // that correlation through an index.
  return costFamilies[cost.family as keyof Families] as unknown as CostFamily<C>;
}
