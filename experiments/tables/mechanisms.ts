import type { Agent, Fees } from "../../mechanism/agent.ts";
import { noEnforcement, postedPrice, proportional } from "../../mechanism/baselines.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";

/** The four rules of Tables 4, 6, 7 and 8; the proposed one as its exact equilibrium. */
export const mechanismKeys = ["none", "proportional", "flat", "proposed"] as const;
export type MechanismKey = (typeof mechanismKeys)[number];

/** Tables 4 and 6 call them so. */
export const mechanismNames: Record<MechanismKey, string> = {
  none: "No enforcement",
  proportional: "Proportional allocation",
  flat: "Smart contract (flat)",
  proposed: "Proposed equilibrium",
};

/**
 * What each rule allocates, in units, in the agents' order.
 *
 * @param seen the fees that agents answer to
 * @param flatPrice in tokens a unit
 */
export function allocate(
  agents: readonly Agent[],
  capacity: number,
  seen: Fees,
  flatPrice: number,
): Record<MechanismKey, Float64Array> {
  return {
    none: noEnforcement(agents, seen),
    proportional: proportional(agents, capacity, seen),
    flat: postedPrice(agents, seen, flatPrice),
    proposed: solveEquilibrium(agents, capacity, seen).allocations,
  };
}

/** The key of the rule that a table calls by this name. */
export function keyOf<Key extends string>(names: Record<Key, string>, name: string): Key {
  const found = (Object.keys(names) as Key[]).find((key) => names[key] === name);
  if (found === undefined)
    throw new RangeError(`row ${name}: allowed ${Object.values(names).join(", ")}`);
  return found;
}
