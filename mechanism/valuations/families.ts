import { isoelastic } from "./isoelastic.ts";
import { log } from "./log.ts";
import { quadratic } from "./quadratic.ts";
import { saturating } from "./saturating.ts";
import type { ValuationFamily } from "./valuation-family.ts";

/** Every valuation family there is. A new one is its file, its import and its name here. */
export const valuationFamilies = { log, isoelastic, saturating, quadratic };

type Families = typeof valuationFamilies;

/** An agent's valuation: the parameters of any one of the families. */
export type Valuation = {
  [Name in keyof Families]: Parameters<Families[Name]["value"]>[0];
}[keyof Families];

/**
 * The family a valuation belongs to, for a caller that works on any of them.
 *
 * @throws RangeError if there is no family of that name
 */
export function valuationFamilyOf<V extends { family: string }>(valuation: V): ValuationFamily<V> {
  if (!Object.hasOwn(valuationFamilies, valuation.family)) {
    const known = Object.keys(valuationFamilies).join(", ");
    throw new RangeError(`no valuation family "${valuation.family}"; there are: ${known}`);
  }
  // The name selects the family, so the family accepts the parameters: TypeScript cannot follow
  // that correlation through an index.
  return valuationFamilies[valuation.family as keyof Families] as unknown as ValuationFamily<V>;
}
