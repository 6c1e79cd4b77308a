import { dirname, isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { parseMarket, type AgentSource, type Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { readAgentsCsv } from "../../markets/agents-csv.ts";
import { defaultMarketFile, everyGroup, flags, parseFlags } from "./flags.ts";
import type { FlagGroup, Flags } from "./flags.ts";
import { readRatings } from "./ratings.ts";
import { readDraft, withAbsolutePath } from "./read-market.ts";

/** Everything a run needs to know, checked. */
export type Run = {
  market: Market;
  agents: Agent[];
  /** The seed the agents were drawn with; null when they come from a CSV. */
  seed: number | null;
  options: RunOptions;
};

/** What a run does with its results, and where its chain is. */
export type RunOptions = {
  /** Whether stdout gets the summary as JSON and nothing else. */
  json: boolean;
  /** The folder for results, absolute. */
  out: string;
  /** A network of the Hardhat configuration; never together with `rpc`. */
  network?: string;
  /** The address of a node. */
  rpc?: string;
  /** Of a market that is deployed already. */
  marketAddress?: string;
  /** Whether help was asked for; the rest is then the default market's and not to be run. */
  help: boolean;
};

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/**
 * A command line, the market file and the agents' file, as typed values: the one place where
 * they are read. With `--help` nothing else on the line is looked at.
 *
 * @param argv the arguments, without node and the script
 * @param cwd the folder that paths on the command line start from
 * @param groups the flags that the command accepts
 * @throws InputError, one line for the first thing that cannot be used
 */
export function loadRun(
  argv: readonly string[],
  cwd: string,
  groups: readonly FlagGroup[] = everyGroup,
): Run {
  const given = parseFlags(argv, groups);
  const market = loadMarket(given, cwd);
  const { json, help, network, rpc, marketAddress } = given;
  return {
    market,
    agents: loadAgents(market.agents, cwd),
    seed: seedOf(market.agents),
    options: {
      json,
      out: resolve(cwd, given.out),
      ...(network === undefined ? {} : { network }),
      ...(rpc === undefined ? {} : { rpc }),
      ...(marketAddress === undefined ? {} : { marketAddress }),
      help,
    },
  };
}

/**
 * The market file with the flags laid over it; then it is checked and completed, so that
 * defaults follow the flags.
 *
 * @throws InputError, one line
 */
export function loadMarket(given: Flags, cwd: string): Market {
  const file = given.market ?? defaultMarketFile;
  const path = resolve(given.market === undefined ? projectFolder : cwd, file);
  const draft = withFlags(readDraft(path, file), given, cwd);
  const flagOf = new Map(flags.flatMap(({ name, path }) => (path ? [[path, `--${name}`]] : [])));
  const origin = {
    file,
    flags: new Map([...given.fields.keys()].map((field) => [field, flagOf.get(field) ?? field])),
  };
  return withAbsolutePath(parseMarket(draft, origin), dirname(path));
}

/** The seed the agents are drawn with; null when they come from a CSV. */
export function seedOf(source: AgentSource): number | null {
  return source.source === "csv" ? null : source.seed;
}

/**
 * The agents of a market, their file read if they have one.
 *
 * @param source its path absolute
 * @param cwd the folder that paths in messages start from
 * @throws InputError, one line
 */
export function loadAgents(source: AgentSource, cwd: string): Agent[] {
  switch (source.source) {
    case "paper":
      return drawAgents(source.n, source.seed);
    case "csv":
      return readAgentsCsv(source.path, labelOf(source.path, cwd));
    case "ratings":
      return readRatings(source.path, labelOf(source.path, cwd), source.n, source.seed);
  }
}

/** A path as a person in `cwd` would write it. */
function labelOf(path: string, cwd: string): string {
  const label = relative(cwd, path);
  return label.startsWith("..") || isAbsolute(label) ? path : label;
}

/** The draft of a market with fields replaced by what flags say. */
function withFlags(
  draft: Record<string, unknown>,
  given: Flags,
  cwd: string,
): Record<string, unknown> {
  const result = { ...draft };
  if (given.agents !== undefined) {
    const { source, path } = given.agents;
    result["agents"] = { source, path: resolve(cwd, path) };
  }
  for (const [path, text] of given.fields) {
    const [first = "", second] = path.split(".");
    if (second === undefined) {
      result[first] = text;
      continue;
    }
    const group = result[first] ?? {};
    // What is no object stays, for parseMarket to refuse.
    if (typeof group === "object" && !Array.isArray(group)) {
      result[first] = { ...group, [second]: text };
    }
  }
  return result;
}
