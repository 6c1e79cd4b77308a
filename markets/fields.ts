import type { z } from "zod";

import { MAX_FEE, MAX_QUANTITY } from "../mechanism/twin-state.ts";
import { MAX_PRICE } from "../mechanism/twin-arithmetic.ts";
import { decimal, oneOf, orWord, text, wholeNumber, type Kind } from "./field-kinds.ts";

/** The strategies a bot can follow. */
export const strategies = ["truthful", "noisy", "lazy"] as const;

/** Which part of a run a field belongs to: a command accepts the flags of the parts it needs. */
export type FieldGroup = "market" | "bots" | "agents";

/**
 * One field of a market file. Everything that is said about it is said here: the schema, the
 * flags, `--help` and the table in markets/README.md all come from this.
 */
export type Field<Value = unknown> = {
  group: FieldGroup;
  /** Its flag on the command line, without the dashes. */
  flag: string;
  /** What stands for the value in `--help`. */
  placeholder: string;
  /** What it is, and in which unit. */
  about: string;
  /** What it may hold, in words. */
  allowed: string;
  /** What holds when the file does not say, in words. */
  fallback: string;
  /** Checks a value of the field; the default is part of it. */
  schema: z.ZodType<Value>;
};

/** group, flag, placeholder, about: the part of a field that is the same for all. */
type Said = readonly [group: FieldGroup, flag: string, placeholder: string, about: string];

function field<Value>(said: Said, allowed: string, fallback: string, schema: z.ZodType<Value>) {
  const [group, flag, placeholder, about] = said;
  return { group, flag, placeholder, about, allowed, fallback, schema };
}

/** A field that a market file must have. */
function required<Value>(said: Said, { schema, allowed }: Kind<Value>): Field<Value> {
  return field(said, allowed, "required", schema);
}

/** A field with a fixed default. */
function preset<Value extends string | number>(
  said: Said,
  { schema, allowed }: Kind<Value>,
  value: Value,
): Field<Value> {
  return field(said, allowed, String(value), schema.prefault(value));
}

/** A field that may be missing; `fallback` says what happens then. */
function open<Value>(
  said: Said,
  { schema, allowed }: Kind<Value>,
  fallback: string,
): Field<Value | undefined> {
  return field(said, allowed, fallback, schema.optional());
}

/** The most agents a run draws or reads. */
export const MOST_AGENTS = 10_000;

/** The largest ε_x: one below the cap at which the contract's running movement stays. */
export const MAX_MOVEMENT_TOLERANCE = MAX_FEE - 1n;

const fee = decimal({ min: 0n, max: MAX_FEE, digits: true });
const weight = decimal({ min: 0n, max: MAX_FEE });
const quantity = decimal({ min: 0n, max: MAX_QUANTITY });
const fileName = text(/^[^\0\r\n]+$/, "the path of a file");

/** Every field of a market file, by its place in the file. Bounds are the contract's own. */
export const fields = {
  name: open(
    ["market", "name", "NAME", "Name of the market; its results go to a folder of that name"],
    text(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      "up to 64 letters, digits, dots, dashes and underscores, a letter or digit first",
    ),
    "the file's name",
  ),
  description: open(
    ["market", "description", "TEXT", "A line about the market"],
    text(/^[^\p{Cc}]{0,300}$/u, "up to 300 characters on one line"),
    "none",
  ),
  capacity: required(
    ["market", "capacity", "X", "m, what there is to share, units"],
    decimal({ min: 1n, max: MAX_QUANTITY, digits: true }),
  ),
  unitFee: preset(["market", "unit-fee", "X", "τ, fee on a demand, tokens per unit"], fee, 0),
  executionFee: preset(
    ["market", "execution-fee", "X", "g, fee on any demand above zero, tokens"],
    fee,
    0,
  ),
  progressiveFee: preset(
    ["market", "progressive-fee", "X", "φ, a demand x is charged ½φx², tokens per unit²"],
    fee,
    0,
  ),
  policy: preset(
    ["market", "policy", "NAME", "Whether a replaced demand's charge is refunded or kept"],
    oneOf(["Refunding", "PerSubmission"]),
    "Refunding",
  ),
  rule: open(
    ["market", "rule", "NAME", "Step rule: how the price update chooses η_t"],
    oneOf(["Constant", "InverseSqrt", "RobbinsMonro", "Secant"]),
    "Secant; Constant with γ > 0, whose lag spoils Secant's slope",
  ),
  initialStep: preset(
    ["market", "initial-step", "X", "η₀, tokens per unit²; auto: chosen from the agents"],
    orWord("auto", fee),
    "auto",
  ),
  stepOffset: preset(
    ["market", "step-offset", "N", "t₀ of RobbinsMonro, rounds"],
    wholeNumber(1, 2 ** 24 - 1),
    10,
  ),
  maxStep: preset(
    ["market", "max-step", "X", "The most a price moves in a round, tokens per unit"],
    decimal({ min: 1n, max: MAX_FEE, digits: true }),
    1000,
  ),
  primalTolerance: open(
    ["market", "primal-tolerance", "X", "ε_p, on demand against capacity, units"],
    decimal({ min: 0n, max: MAX_QUANTITY, digits: true }),
    "0.001 of the capacity",
  ),
  dualTolerance: preset(
    ["market", "dual-tolerance", "X", "ε_d, on the move of the price, tokens per unit"],
    decimal({ min: 1n, max: MAX_FEE, digits: true }),
    0.001,
  ),
  movementTolerance: open(
    ["market", "movement-tolerance", "X", "ε_x, on the movement of all demands, units"],
    decimal({ min: 0n, max: MAX_MOVEMENT_TOLERANCE, digits: true }),
    "0.01 of the capacity; with γ > 0, ε_p / 5·min(1, 1/γ); with noisy bots, the capacity",
  ),
  roundLength: preset(
    ["market", "round-length", "N", "Seconds until anybody may close a round"],
    wholeNumber(1, 2 ** 24 - 1),
    60,
  ),
  maxRounds: preset(
    ["market", "max-rounds", "N", "Rounds until the epoch settles whatever happens"],
    wholeNumber(1, 2 ** 16 - 2),
    500,
  ),
  samples: preset(
    ["market", "samples", "M", "M, samples in a submission; their mean is the demand"],
    wholeNumber(1, 255),
    1,
  ),
  initialPrice: preset(
    ["market", "initial-price", "X", "μ⁰, price of the first round, tokens per unit"],
    decimal({ min: 0n, max: MAX_PRICE }),
    0,
  ),
  "token.symbol": preset(
    ["market", "token-symbol", "NAME", "Symbol of the payment token"],
    text(/^[A-Za-z0-9._-]{1,11}$/, "1 to 11 letters, digits, dots, dashes and underscores"),
    "PAY",
  ),
  "token.decimals": preset(
    ["market", "token-decimals", "N", "Decimals of the payment token"],
    wholeNumber(0, 18),
    18,
  ),
  "bots.strategy": preset(
    ["bots", "strategy", "NAME", "How the bots answer: exactly, with noise, or when it matters"],
    oneOf(strategies),
    "truthful",
  ),
  "bots.gamma": preset(
    ["bots", "gamma", "X", "γ, proximal weight of an answer, tokens per unit²"],
    weight,
    0,
  ),
  "bots.noise": preset(
    ["bots", "noise", "X", "Standard deviation of a noisy bot's samples, units"],
    quantity,
    0,
  ),
  "bots.deadband": preset(
    ["bots", "deadband", "X", "A lazy bot is silent when its answer moved by less, units"],
    quantity,
    0,
  ),
  deposit: open(
    ["bots", "deposit", "X", "What each agent puts in, tokens"],
    decimal({ min: 1n, max: 2n ** 96n - 1n }),
    "what its demands can cost",
  ),
  "agents.source": required(
    ["agents", "", "", "Where the agents come from"],
    oneOf(["paper", "csv", "ratings"]),
  ),
  "agents.path": open(
    ["agents", "", "", "The agents' CSV or the ratings; relative to the market file"],
    fileName,
    "required with csv and ratings",
  ),
  "agents.n": open(
    ["agents", "n", "N", "How many agents are drawn; not with csv"],
    wholeNumber(1, MOST_AGENTS),
    "20 with paper, 50 with ratings",
  ),
  "agents.seed": preset(
    ["agents", "seed", "N", "Seed of the draw; not with csv"],
    wholeNumber(0, 2 ** 32 - 1),
    1,
  ),
};

/** The place of a field in a market file, as in `capacity` or `token.decimals`. */
export type FieldPath = keyof typeof fields;

/** Every place there is, in the order of the table. */
export const fieldPaths = Object.keys(fields) as FieldPath[];

/** `agents.source` and `agents.path` have no flag of their own: these two set both. */
const flagsOfSource = "`--agents`, `--ratings`";

/** The table of fields as Markdown, for markets/README.md. */
export function fieldTable(): string {
  const cell = (words: string): string => words.replaceAll("|", "\\|");
  const rows = fieldPaths.map((path) => {
    const { flag, about, allowed, fallback }: Field = fields[path];
    const named = flag === "" ? flagsOfSource : `\`--${flag}\``;
    return `| \`${path}\` | ${named} | ${cell(about)} | ${cell(fallback)} | ${cell(allowed)} |`;
  });
  return [
    "| Field | Flag | What it is | Default | Allowed |",
    "|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}
