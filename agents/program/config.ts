import { dirname, extname, resolve } from "node:path";

import { z } from "zod";

import {
  agentsHeader,
  readAgentRows,
  readAgentsCsv,
  type AgentRow,
} from "../../markets/agents-csv.ts";
import { complaint, unknownName } from "../../markets/complaint.ts";
import { fields as marketFields } from "../../markets/fields.ts";
import { either, InputError, shown } from "../../markets/input-error.ts";
import { readJson } from "../../markets/read-json.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { fixedFromNumber } from "../../mechanism/fixed-point.ts";
import { drawAgents } from "../../mechanism/random.ts";
import type { Strategy } from "../bot.ts";
import type { FeePolicy } from "../chain/fees.ts";
import { checked } from "./checked.ts";
import { configFields as fields } from "./config-fields.ts";
import type { LogLevel } from "./log.ts";
import { bots, readExceptions, strategyOf, type Exception } from "./strategies.ts";

/** A fleet's configuration, checked: paths absolute, times in milliseconds, native token and gas in wei. */
export type Config = {
  rpc: readonly string[];
  chainId: bigint;
  market: string;
  fromBlock: number;
  agents: readonly Agent[];
  /** Tokens. */
  deposit: number;
  strategy: Strategy;
  /** What single agents have of their own, by id. */
  exceptions: ReadonlyMap<string, Exception>;
  keys: { keystore?: string; passwordFile?: string };
  keeper: boolean;
  keeperAccount: number;
  budget: { total?: bigint; perSender?: bigint; keep: bigint };
  fees: FeePolicy;
  polling: number;
  timeout: number;
  relay?: string;
  log: LogLevel;
  monitor: { host: string; port: number; staleAfter: number };
};

/** An object that may be missing; its fields have their own defaults. */
const optional = <Shape extends z.ZodRawShape>(
  shape: z.ZodObject<Shape, z.core.$strict>,
): z.ZodPrefault<typeof shape> => shape.prefault(() => ({}) as z.input<typeof shape>);

const keys = z.strictObject({
  keystore: fields["keys.keystore"].schema,
  passwordFile: fields["keys.passwordFile"].schema,
});
const budget = z.strictObject({
  total: fields["budget.total"].schema,
  perAgent: fields["budget.perAgent"].schema,
  keep: fields["budget.keep"].schema,
});
const gas = z.strictObject({
  maxFee: fields["gas.maxFee"].schema,
  bumpPercent: fields["gas.bumpPercent"].schema,
  bumpAfter: fields["gas.bumpAfter"].schema,
});
const monitor = z.strictObject({
  host: fields["monitor.host"].schema,
  port: fields["monitor.port"].schema,
  staleAfter: fields["monitor.staleAfter"].schema,
});
const schema = z.strictObject({
  rpc: fields.rpc.schema,
  chainId: fields.chainId.schema,
  market: fields.market.schema,
  fromBlock: fields.fromBlock.schema,
  agents: fields.agents.schema,
  deposit: fields.deposit.schema,
  bots: optional(bots),
  exceptions: fields.exceptions.schema,
  keys: optional(keys),
  keeper: fields.keeper.schema,
  keeperAccount: fields.keeperAccount.schema,
  budget: optional(budget),
  gas: optional(gas),
  polling: fields.polling.schema,
  timeout: fields.timeout.schema,
  relay: fields.relay.schema,
  log: fields.log.schema,
  monitor: optional(monitor),
});
const source = z.strictObject({
  source: z.literal("paper"),
  n: marketFields["agents.n"].schema,
  seed: marketFields["agents.seed"].schema,
});

/**
 * Read and check a fleet's configuration. Paths in it start from its own folder.
 *
 * @param file absolute, or relative to `cwd`; messages name it as it is written
 * @throws InputError, one line with the field, what was given and what is allowed
 */
export function readConfig(file: string, cwd: string): Config {
  const path = resolve(cwd, file);
  return parseConfig(readJson(path, file, "a fleet's configuration"), file, dirname(path));
}

/** `readConfig` for what is at hand. @param folder that paths in it start from */
export function parseConfig(given: unknown, file: string, folder: string): Config {
  const draft = checked(schema, given, file, "");
  const { keystore, passwordFile } = draft.keys;
  const { total, perAgent, keep } = draft.budget;
  const agents = readFleetAgents(draft.agents, given, file, folder);
  return {
    rpc: draft.rpc,
    chainId: BigInt(draft.chainId),
    market: draft.market,
    fromBlock: draft.fromBlock,
    agents,
    deposit: draft.deposit,
    strategy: strategyOf(given, file, "bots", draft.bots),
    exceptions: readExceptions(given, file, agents),
    keys: {
      ...(keystore === undefined ? {} : { keystore: resolve(folder, keystore) }),
      ...(passwordFile === undefined ? {} : { passwordFile: resolve(folder, passwordFile) }),
    },
    keeper: draft.keeper,
    keeperAccount: draft.keeperAccount,
    budget: {
      ...(total === undefined ? {} : { total: fixedFromNumber(total) }),
      ...(perAgent === undefined ? {} : { perSender: fixedFromNumber(perAgent) }),
      keep: fixedFromNumber(keep),
    },
    fees: {
      // With 18 decimals; a gwei has nine.
      cap: fixedFromNumber(draft.gas.maxFee) / 10n ** 9n,
      bumpPercent: draft.gas.bumpPercent,
      bumpAfter: draft.gas.bumpAfter * 1000,
    },
    polling: draft.polling * 1000,
    timeout: draft.timeout * 1000,
    ...(draft.relay === undefined ? {} : { relay: draft.relay }),
    log: draft.log,
    monitor: { ...draft.monitor, staleAfter: draft.monitor.staleAfter * 1000 },
  };
}

/** A list in the file, a file of its own, or the paper's distribution. */
function readFleetAgents(agents: unknown, given: unknown, file: string, folder: string): Agent[] {
  if (Array.isArray(agents))
    return readAgentRows(rowsOf(agents, file, "agents"), `${file}: agents`);
  if (typeof agents === "string") {
    const path = resolve(folder, agents);
    if (extname(path).toLowerCase() !== ".json") return readAgentsCsv(path, agents);
    const list = readJson(path, agents, "a JSON list of agents");
    if (!Array.isArray(list)) throw complaint(list, { file: agents }, "", "a list of agents");
    return readAgentRows(rowsOf(list, agents, ""), agents);
  }
  if (typeof agents !== "object" || agents === null) {
    throw complaint(given, { file }, "agents", fields.agents.allowed);
  }
  const { source: from } = agents as Record<string, unknown>;
  if (from !== "paper")
    throw complaint(given, { file }, "agents.source", '"paper"; or a list, or a path');
  const { n, seed } = checked(source, given, file, "agents");
  return drawAgents(n ?? 20, seed);
}

/** An agent in JSON has the fields of a row in CSV. */
function rowsOf(list: unknown[], file: string, under: string): AgentRow[] {
  return list.map((given, index) => {
    const name = under === "" ? String(index) : `${under}.${index}`;
    const place = `${file}: ${name}`;
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      throw new InputError(`${place}: allowed an object with ${either(agentsHeader)}`);
    }
    for (const key of Object.keys(given)) {
      if (!(agentsHeader as readonly string[]).includes(key)) {
        throw unknownName({ file }, name, key, agentsHeader);
      }
    }
    const row = given as Record<string, unknown>;
    const values = agentsHeader.map((column) => textOf(row[column]));
    return { values, place, name };
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number"
    ? String(value)
    : value === undefined
      ? ""
      : shown(value);
}
