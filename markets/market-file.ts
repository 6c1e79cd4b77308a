import { z } from "zod";

import { numberFromFixed } from "../mechanism/fixed-point.ts";
import { fitsDecimals, fixedFromDecimal, readDecimal, roundToDigits } from "./decimal.ts";
import { fieldPaths, fields, MAX_MOVEMENT_TOLERANCE, type strategies } from "./fields.ts";
import { complaint, unknownName, valueAt, type Origin } from "./complaint.ts";
import { either, InputError } from "./input-error.ts";

/** Where a market's agents come from. */
export type AgentSource =
  /** Drawn from the paper's distribution (Table 3). */
  | { source: "paper"; n: number; seed: number }
  /** The user's own, from a CSV file. */
  | { source: "csv"; path: string }
  /** A seeded sample of the users of a MovieLens `u.data` file. */
  | { source: "ratings"; path: string; n: number; seed: number };

/** How the bots answer. */
export type Bots = {
  strategy: (typeof strategies)[number];
  /** γ, proximal weight, tokens per unit². */
  gamma: number;
  /** Standard deviation of a noisy bot's samples, units. */
  noise: number;
  /** A lazy bot is silent when its answer moved by less, units. */
  deadband: number;
};

/**
 * A market as a market file describes it, complete and within the contract's bounds. Every number
 * that goes to the contract is the shortest decimal of itself: `fixedFromNumber` gives exactly
 * what the person wrote.
 */
export type Market = {
  name: string;
  description?: string;
  /** m, units. */
  capacity: number;
  /** τ, tokens per unit. */
  unitFee: number;
  /** g, tokens per demand above zero. */
  executionFee: number;
  /** φ, tokens per unit². */
  progressiveFee: number;
  policy: "Refunding" | "PerSubmission";
  rule: "Constant" | "InverseSqrt" | "RobbinsMonro" | "Secant";
  /** η₀, tokens per unit²; `auto` leaves the choice to the run, which knows the agents. */
  initialStep: number | "auto";
  /** t₀, rounds. */
  stepOffset: number;
  /** The most a price moves in a round, tokens per unit. */
  maxStep: number;
  /** ε_p, units. */
  primalTolerance: number;
  /** ε_d, tokens per unit. */
  dualTolerance: number;
  /** ε_x, units. */
  movementTolerance: number;
  /** Seconds. */
  roundLength: number;
  maxRounds: number;
  /** M, samples in a submission. */
  samples: number;
  /** μ⁰, tokens per unit. */
  initialPrice: number;
  token: { symbol: string; decimals: number };
  bots: Bots;
  agents: AgentSource;
  /** What each agent puts in, tokens; left to the run if missing. */
  deposit?: number;
};

const agents = {
  n: fields["agents.n"].schema,
  seed: fields["agents.seed"].schema,
  path: fields["agents.path"].schema,
};

const tokenSchema = z.strictObject({
  symbol: fields["token.symbol"].schema,
  decimals: fields["token.decimals"].schema,
});

const botsSchema = z.strictObject({
  strategy: fields["bots.strategy"].schema,
  gamma: fields["bots.gamma"].schema,
  noise: fields["bots.noise"].schema,
  deadband: fields["bots.deadband"].schema,
});

const marketSchema = z.strictObject({
  name: fields.name.schema,
  description: fields.description.schema,
  capacity: fields.capacity.schema,
  unitFee: fields.unitFee.schema,
  executionFee: fields.executionFee.schema,
  progressiveFee: fields.progressiveFee.schema,
  policy: fields.policy.schema,
  rule: fields.rule.schema,
  initialStep: fields.initialStep.schema,
  stepOffset: fields.stepOffset.schema,
  maxStep: fields.maxStep.schema,
  primalTolerance: fields.primalTolerance.schema,
  dualTolerance: fields.dualTolerance.schema,
  movementTolerance: fields.movementTolerance.schema,
  roundLength: fields.roundLength.schema,
  maxRounds: fields.maxRounds.schema,
  samples: fields.samples.schema,
  initialPrice: fields.initialPrice.schema,
  token: tokenSchema.prefault(() => ({}) as z.input<typeof tokenSchema>),
  bots: botsSchema.prefault(() => ({}) as z.input<typeof botsSchema>),
  agents: z.discriminatedUnion("source", [
    z.strictObject({ source: z.literal("paper"), n: agents.n, seed: agents.seed }),
    z.strictObject({ source: z.literal("csv"), path: agents.path }),
    z.strictObject({
      source: z.literal("ratings"),
      path: agents.path,
      n: agents.n,
      seed: agents.seed,
    }),
  ]),
  deposit: fields.deposit.schema,
});

type Draft = z.output<typeof marketSchema>;

/** Which fields go with which source of agents. */
const sourcesOf = new Map<string, readonly AgentSource["source"][]>([
  ["agents.n", ["paper", "ratings"]],
  ["agents.seed", ["paper", "ratings"]],
  ["agents.path", ["csv", "ratings"]],
]);

/**
 * Check a market that came from outside and complete it with the defaults (see markets/README.md
 * for every field). A path in `agents` is left as it was written.
 *
 * @param given what was read from JSON; fields may also hold decimal strings, as flags do
 * @throws InputError, one line with the field, what was given and what is allowed
 */
export function parseMarket(given: unknown, origin: Origin): Market {
  const result = marketSchema.safeParse(given);
  if (!result.success) throw new InputError(messageOf(given, origin, result.error.issues));
  const { description, deposit, ...draft } = result.data;
  const primalTolerance = draft.primalTolerance ?? shareOf(draft.capacity, 1000n);
  const market: Market = {
    ...draft,
    name: draft.name ?? nameFrom(origin.file),
    rule: draft.rule ?? (draft.bots.gamma > 0 ? "Constant" : "Secant"),
    primalTolerance,
    movementTolerance:
      draft.movementTolerance ?? movementFor(draft.capacity, primalTolerance, draft.bots),
    agents: sourceFrom(given, origin, draft.agents),
    ...(description === undefined ? {} : { description }),
    ...(deposit === undefined ? {} : { deposit }),
  };
  checkTogether(given, origin, market);
  return market;
}

/** The defaults and needs that depend on where the agents come from. */
function sourceFrom(given: unknown, origin: Origin, drafted: Draft["agents"]): AgentSource {
  if (drafted.source === "paper") return { ...drafted, n: drafted.n ?? 20 };
  const { path } = drafted;
  if (path === undefined) {
    throw complaint(given, origin, "agents.path", fields["agents.path"].allowed);
  }
  if (drafted.source === "csv") return { source: "csv", path };
  return { ...drafted, path, n: drafted.n ?? 50 };
}

/** What no field can say alone. */
function checkTogether(given: unknown, origin: Origin, market: Market): void {
  const { strategy, noise, deadband } = market.bots;
  for (const [path, value, owner] of [
    ["bots.noise", noise, "noisy"],
    ["bots.deadband", deadband, "lazy"],
  ] as const) {
    if (value > 0 && strategy !== owner) {
      const allowed = `0 with the strategy ${strategy}; above 0 is for ${owner}`;
      throw complaint(given, origin, path, allowed);
    }
    if (strategy === owner && valueAt(given, path) === undefined) {
      throw complaint(given, origin, path, `${fields[path].allowed} with the strategy ${owner}`);
    }
  }
  const { decimals } = market.token;
  const deposit = readDecimal(market.deposit);
  if (deposit !== undefined && !fitsDecimals(deposit, decimals)) {
    const allowed = `at most ${decimals} decimals, as the token has`;
    throw complaint(given, origin, "deposit", allowed);
  }
}

/**
 * A tolerance as a share of a quantity, in units: to eight significant digits and 18 decimals,
 * and never above what the contract takes.
 */
function shareOf(quantity: number, parts: bigint): number {
  const written = readDecimal(quantity);
  const fixed = (written && fixedFromDecimal(written)) ?? 0n;
  const share = roundToDigits(fixed / parts);
  // Below the cap and with eight digits: the cap itself has more.
  const most = 12089258n * 10n ** 17n;
  return numberFromFixed(share > MAX_MOVEMENT_TOLERANCE ? most : share);
}

/**
 * ε_x, in units. With γ = 0 demands stop as soon as the price does. With γ > 0 an answer that moved by d is still about
 * dγ/h away from its rest (h the curvature of the payoff, of the order of 1), so it must be tighter than ε_p. Noise
 * keeps demands moving for ever: then movement tells nothing.
 */
function movementFor(capacity: number, primalTolerance: number, bots: Bots): number {
  const { strategy, gamma } = bots;
  if (strategy === "noisy") return shareOf(capacity, 1n);
  if (gamma === 0) return shareOf(capacity, 100n);
  const parts = 5 * Math.max(1, gamma);
  return shareOf(primalTolerance, BigInt(Math.ceil(parts)));
}

/** The file's name without folder and ending, as a name that a folder can have. */
function nameFrom(file: string): string {
  const base = file.split(/[\\/]/).at(-1) ?? "";
  const name = base
    .replace(/\.json$/i, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 64);
  return name === "" ? "market" : name;
}

/** One line about the first thing wrong; a name that does not exist explains what is missing. */
function messageOf(given: unknown, origin: Origin, issues: readonly z.core.$ZodIssue[]): string {
  const unknown = issues.find((issue) => issue.code === "unrecognized_keys");
  if (unknown !== undefined) return unknownField(given, origin, unknown);
  const [issue] = issues;
  const path = issue?.path.join(".") ?? "";
  if (issue?.code === "custom") return complaint(given, origin, path, issue.message).message;
  if (path === "agents.source") {
    return complaint(given, origin, path, fields["agents.source"].allowed).message;
  }
  const inside = path === "" ? "" : ` with ${either(namesUnder(path))}`;
  return complaint(given, origin, path, `an object${inside}`).message;
}

function unknownField(
  given: unknown,
  origin: Origin,
  issue: { path: readonly PropertyKey[]; keys: readonly string[] },
): string {
  const parent = issue.path.join(".");
  const key = issue.keys[0] ?? "";
  const path = parent === "" ? key : `${parent}.${key}`;
  const sources = sourcesOf.get(path);
  if (sources !== undefined) {
    const source = String(valueAt(given, "agents.source"));
    const allowed = `only with agents from ${either(sources)}; here they come from ${source}`;
    return complaint(given, origin, path, allowed).message;
  }
  return unknownName(origin, parent, key, namesUnder(parent)).message;
}

/** The names of the fields of an object of the market file; of the file itself for "". */
function namesUnder(parent: string): string[] {
  const prefix = parent === "" ? "" : `${parent}.`;
  const names = fieldPaths
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length).split(".")[0] ?? "");
  return [...new Set(names)];
}
