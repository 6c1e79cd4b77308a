import { getAddress, isHexString } from "ethers";
import { z } from "zod";

import { NotTaken } from "./checks.ts";
import type { SignedDemand } from "./signed-demand.ts";

/** What a relay reads of one request, bytes: a signature of a contract may be long, but not for ever. */
export const MAX_BODY = 8_192;
const MAX_SIGNATURE = 2_048;

const agent = z.string().transform((given, context) => {
  try {
    return getAddress(given);
  } catch {
    context.addIssue({ code: "custom", message: "an address" });
    return z.NEVER;
  }
});

const whole = (most: bigint): z.ZodType<bigint> =>
  z
    .string()
    .regex(/^\d{1,30}$/)
    .transform(BigInt)
    .refine((value) => value <= most);

const ALLOWED: Record<string, string> = {
  agent: "an address, its checksum right",
  epoch: `a whole number below 2^24, in a string`,
  round: `a whole number below 2^16, in a string`,
  demand: "a whole number below 2^88, in a string: units with 18 decimals",
  signature: `hex of 0 to ${MAX_SIGNATURE} bytes`,
};

const schema = z.strictObject({
  agent,
  epoch: whole(2n ** 24n - 1n),
  round: whole(2n ** 16n - 1n),
  demand: whole(2n ** 88n - 1n),
  signature: z
    .string()
    .refine((given) => isHexString(given) && given.length <= 2 + 2 * MAX_SIGNATURE)
    .refine((given) => given.length % 2 === 0),
});

/**
 * A demand as `POST /demands` brings it.
 *
 * @throws NotTaken naming the field, what was given and what is allowed
 */
export function parseDemand(body: string): SignedDemand {
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch {
    throw new NotTaken(400, `body: no JSON, allowed an object with ${names}`);
  }
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [name] = result.error.issues[0]!.path;
  if (typeof name !== "string") {
    throw new NotTaken(400, `body: allowed an object with ${names} and nothing else`);
  }
  const value = (given as Record<string, unknown>)[name];
  const shown = value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80);
  throw new NotTaken(400, `${name}: given ${shown}, allowed ${ALLOWED[name]}`);
}

/** The same as a request's body. */
export function bodyOf({ agent, epoch, round, demand, signature }: SignedDemand): string {
  const [e, r, d] = [epoch, round, demand].map(String);
  return JSON.stringify({ agent, epoch: e, round: r, demand: d, signature });
}

const names = Object.keys(ALLOWED).join(", ");
