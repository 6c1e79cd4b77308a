import { getAddress } from "ethers";
import type { z } from "zod";

import { fixedFromNumber } from "../../mechanism/fixed-point.ts";
import { decimal, kind, oneOf, text, wholeNumber, type Kind } from "../../markets/field-kinds.ts";
import { fields as marketFields } from "../../markets/fields.ts";
import { logLevels } from "./log.ts";

/** One field of a fleet's configuration: the schema and the table in docs/operating.md come from this. */
export type ConfigField<Value = unknown> = {
  /** What it is, and in which unit. */
  about: string;
  /** What it may hold, in words. */
  allowed: string;
  /** What holds when the file does not say, in words. */
  fallback: string;
  schema: z.ZodType<Value>;
};

const required = <Value>(about: string, { schema, allowed }: Kind<Value>): ConfigField<Value> => ({
  about,
  allowed,
  fallback: "required",
  schema,
});

const preset = <Value extends string | number | boolean>(
  about: string,
  { schema, allowed }: Kind<Value>,
  value: Value,
): ConfigField<Value> => ({
  about,
  allowed,
  fallback: String(value),
  schema: schema.prefault(value),
});

const open = <Value>(
  about: string,
  { schema, allowed }: Kind<Value>,
  fallback: string,
): ConfigField<Value | undefined> => ({ about, allowed, fallback, schema: schema.optional() });

const between = (min: number, max: number): Kind<number> =>
  decimal({ min: fixedFromNumber(min), max: fixedFromNumber(max) });

const upTo = (max: number): Kind<number> => decimal({ min: 1n, max: fixedFromNumber(max) });

const fileName = text(/^[^\0\r\n]+$/, "the path of a file");

const urlOf = (given: unknown, protocols: readonly string[]): string | undefined =>
  typeof given === "string" && URL.canParse(given) && protocols.includes(new URL(given).protocol)
    ? given
    : undefined;

const nodes: Kind<string[]> = kind(
  "one to eight http(s) or ws(s) URLs, the preferred one first",
  (given) => {
    const list = (Array.isArray(given) ? given : [given]) as unknown[];
    const urls = list.flatMap((one) => urlOf(one, ["http:", "https:", "ws:", "wss:"]) ?? []);
    return urls.length === list.length && urls.length >= 1 && urls.length <= 8
      ? { value: urls }
      : { allowed: "one to eight http(s) or ws(s) URLs, the preferred one first" };
  },
);

const address: Kind<string> = kind("an address, its checksum right", (given) => {
  try {
    return { value: getAddress(given as string) };
  } catch {
    return { allowed: "an address, as in 0x5FbDB2315678afecb367f032d93F642f64180aa3" };
  }
});

const httpUrl: Kind<string> = kind("an http(s) URL", (given) => {
  const url = urlOf(given, ["http:", "https:"]);
  return url === undefined ? { allowed: "an http(s) URL" } : { value: url };
});

const yesOrNo: Kind<boolean> = kind("true or false", (given) =>
  typeof given === "boolean" ? { value: given } : { allowed: "true or false" },
);

/** Whatever the file holds: what reads it checks it. */
const anything = (allowed: string): Kind<unknown> => kind(allowed, (given) => ({ value: given }));

const agents = anything(
  "a list of agents, the path of a CSV or JSON file of them, or { source, n, seed } as in a market file",
);

const exceptions = anything("a list of objects with agent (an id), deposit and bots");

/** Every field of a fleet's configuration, by its place in the file. */
export const configFields = {
  rpc: required("Nodes of the chain, in order of preference", nodes),
  chainId: required("The chain they must be of", wholeNumber(1, Number.MAX_SAFE_INTEGER)),
  market: required("The market's address", address),
  fromBlock: preset(
    "A block before which the market was not there",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
    0,
  ),
  agents: required("The whole fleet's agents, the same in every process", agents),
  deposit: required(
    "What each agent puts in when it joins, tokens",
    decimal({ min: 1n, max: 2n ** 96n - 1n }),
  ),
  "bots.strategy": preset(
    "How the bots answer: as in a market file",
    oneOf(["truthful", "noisy", "lazy"]),
    "truthful",
  ),
  "bots.gamma": preset(
    "γ, proximal weight of an answer, tokens per unit²",
    marketFields["bots.gamma"],
    0,
  ),
  "bots.noise": preset(
    "Standard deviation of a noisy bot's samples, units",
    marketFields["bots.noise"],
    0,
  ),
  "bots.deadband": preset(
    "A lazy bot is silent when its answer moved by less, units",
    marketFields["bots.deadband"],
    0,
  ),
  "bots.seed": preset("Seed of a noisy bot's noise", wholeNumber(0, 2 ** 32 - 1), 0),
  exceptions: open(
    "What single agents have of their own, in place of the fleet's `deposit` and `bots`",
    exceptions,
    "none",
  ),
  "keys.keystore": open(
    "Encrypted JSON keystore of the fleet's mnemonic; relative to this file",
    fileName,
    "the mnemonic in the environment variable MNEMONIC",
  ),
  "keys.passwordFile": open(
    "File whose first line is the keystore's password; relative to this file",
    fileName,
    "the environment variable KEYSTORE_PASSWORD",
  ),
  keeper: preset("Whether this process closes rounds and settles its agents", yesOrNo, true),
  keeperAccount: preset(
    "The keeper's key: m/44'/60'/0'/0/ and this number",
    wholeNumber(0, 2 ** 31 - 1),
    0,
  ),
  "budget.total": open("The most this process spends on gas, native token", upTo(1e9), "no cap"),
  "budget.perAgent": open("The most one key spends on gas, native token", upTo(1e9), "no cap"),
  "budget.keep": preset(
    "What each key keeps at least, native token: it holds over restarts, too",
    between(0, 1e9),
    0,
  ),
  "gas.maxFee": preset(
    "The most a transaction offers for gas, tip included, gwei",
    between(0.1, 1e6),
    100,
  ),
  "gas.bumpPercent": preset("What a replacement offers more, percent", wholeNumber(10, 1000), 12),
  "gas.bumpAfter": preset("Without a receipt, replaced after, seconds", between(0.1, 86_400), 30),
  polling: preset("Between two looks at the chain, seconds", upTo(600), 1),
  timeout: preset("What a node has for an answer, seconds", upTo(600), 10),
  relay: open("A relay that collects signed demands", httpUrl, "each agent submits by itself"),
  log: preset("What is logged", oneOf(logLevels), "info"),
  "monitor.host": preset(
    "Where /metrics and /health are served",
    text(/^[A-Za-z0-9.:_-]{1,255}$/, "the name or address of an interface"),
    "127.0.0.1",
  ),
  "monitor.port": preset("Their port; 0 for any that is free", wholeNumber(0, 65_535), 9464),
  "monitor.staleAfter": preset(
    "/health fails when no node has answered with the chain's head for so long, seconds",
    between(1, 86_400),
    120,
  ),
};

/** The table of fields as Markdown, for docs/operating.md. */
export function configTable(): string {
  const rows = Object.entries<ConfigField>(configFields).map(
    ([path, { about, fallback, allowed }]) =>
      `| \`${path}\` | ${about} | ${fallback} | ${allowed} |`,
  );
  return ["| Field | What it is | Default | Allowed |", "| --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
}
