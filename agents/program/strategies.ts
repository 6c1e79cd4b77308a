import { z } from "zod";

import { complaint } from "../../markets/complaint.ts";
import type { Agent } from "../../mechanism/agent.ts";
import type { Strategy } from "../bot.ts";
import { checked } from "./checked.ts";
import { configFields as fields } from "./config-fields.ts";

export const bots = z.strictObject({
  strategy: fields["bots.strategy"].schema,
  gamma: fields["bots.gamma"].schema,
  noise: fields["bots.noise"].schema,
  deadband: fields["bots.deadband"].schema,
  seed: fields["bots.seed"].schema,
});
const exceptions = z.array(
  z.strictObject({
    agent: z.unknown().optional(),
    deposit: fields.deposit.schema.optional(),
    bots: bots.optional(),
  }),
);

/** What one agent has of its own in place of what the fleet has: its deposit in tokens, its strategy. */
export type Exception = { deposit?: number; strategy?: Strategy };

/**
 * By agents' ids.
 *
 * @param given the whole file
 * @throws InputError, one line with the field, what was given and what is allowed
 */
export function readExceptions(
  given: unknown,
  file: string,
  agents: readonly Agent[],
): ReadonlyMap<string, Exception> {
  const list = (given as { exceptions?: unknown }).exceptions ?? [];
  if (!Array.isArray(list)) {
    throw complaint(given, { file }, "exceptions", fields.exceptions.allowed);
  }
  const found = new Map<string, Exception>();
  const known = new Set(agents.map(({ id }) => id));
  const all = checked(exceptions, { exceptions: list }, file, "exceptions");
  for (const [index, { agent, deposit, bots: chosen }] of all.entries()) {
    const path = `exceptions.${index}`;
    if (typeof agent !== "string" || !known.has(agent) || found.has(agent)) {
      throw complaint(
        given,
        { file },
        `${path}.agent`,
        "the id of an agent of the fleet, each once",
      );
    }
    found.set(agent, {
      ...(deposit === undefined ? {} : { deposit }),
      ...(chosen === undefined
        ? {}
        : { strategy: strategyOf(given, file, `${path}.bots`, chosen) }),
    });
  }
  return found;
}

/**
 * @param given the whole file
 * @param path of the object that chooses
 * @throws InputError where the strategy has no use for a field, or needs it
 */
export function strategyOf(
  given: unknown,
  file: string,
  path: string,
  chosen: z.output<typeof bots>,
): Strategy {
  const { strategy: name, gamma, noise, deadband, seed } = chosen;
  for (const [field, value, owner] of [
    ["noise", noise, "noisy"],
    ["deadband", deadband, "lazy"],
  ] as const) {
    if (value > 0 === (name === owner)) continue;
    const allowed =
      name === owner ? "above 0" : `0 with the strategy ${name}; above 0 is for ${owner}`;
    throw complaint(given, { file }, `${path}.${field}`, allowed);
  }
  if (name === "noisy") return { name, gamma, noise, seed };
  return name === "lazy" ? { name, gamma, deadband } : { name, gamma };
}
