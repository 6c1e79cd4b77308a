import { getAddress, isAddress } from "ethers";

import {
  fieldPaths,
  fields,
  type Field,
  type FieldGroup,
  type FieldPath,
} from "../../markets/fields.ts";
import { InputError } from "../../markets/input-error.ts";
import { asksForHelp, givenFlags, meantFlag } from "../../markets/given-flags.ts";

/** The parts of a run that flags belong to. A command accepts the groups it needs. */
export type FlagGroup = FieldGroup | "network" | "output" | "deployed";

/** Every group of a run that deploys its own market, in the order of `--help`. */
export const everyGroup: readonly FlagGroup[] = ["market", "agents", "bots", "output", "network"];

/** One flag: a field of the market file, or an option of the run. */
export type Flag = {
  name: string;
  group: FlagGroup | "any";
  /** What stands for its value in `--help`; undefined for a switch. */
  placeholder?: string;
  about: string;
  /** What it may be, in words. */
  allowed: string;
  /** What holds without it, in words. */
  fallback: string;
  /** The field of the market file that it sets. */
  path?: FieldPath;
};

/** What a command line says. */
export type Flags = {
  /** Fields of the market file with the text given for them. */
  fields: ReadonlyMap<FieldPath, string>;
  /** The market file, as it was written. */
  market?: string;
  /** What replaces the market file's agents, as it was written. */
  agents?: { source: "csv" | "ratings"; path: string };
  /** Whether stdout gets the summary as JSON and nothing else. */
  json: boolean;
  /** The folder for results, as it was written. */
  out: string;
  /** A network of the Hardhat configuration. */
  network?: string;
  /** The address of a node. */
  rpc?: string;
  /** Of a market that is deployed already, with its checksum. */
  marketAddress?: string;
  help: boolean;
};

/** The market file of a run that names none; from the project's folder. */
export const defaultMarketFile = "markets/default.json";

const aFile = "the path of a file";

const runFlags: readonly Flag[] = [
  {
    name: "market",
    group: "market",
    placeholder: "FILE",
    about: "Market file: what is not set by a flag is read from it",
    allowed: aFile,
    fallback: defaultMarketFile,
  },
  {
    name: "agents",
    group: "agents",
    placeholder: "CSV",
    about: "Agents from a CSV of your own, instead of the market file's",
    allowed: aFile,
    fallback: "the market file's agents",
  },
  {
    name: "ratings",
    group: "agents",
    placeholder: "PATH",
    about: "Agents from a MovieLens u.data file, instead of the market file's",
    allowed: aFile,
    fallback: "the market file's agents",
  },
  {
    name: "json",
    group: "output",
    about: "Print the summary as JSON on stdout and nothing else",
    allowed: "no value",
    fallback: "a live view",
  },
  {
    name: "out",
    group: "output",
    placeholder: "DIR",
    about: "Folder for the results",
    allowed: "the path of a folder",
    fallback: "out",
  },
  {
    name: "network",
    group: "network",
    placeholder: "NAME",
    about: "A network of hardhat.config.ts",
    allowed: "the name of a network",
    fallback: "an embedded chain",
  },
  {
    name: "rpc",
    group: "network",
    placeholder: "URL",
    about: "A node's address, instead of --network",
    allowed: "an http, https, ws or wss address",
    fallback: "none",
  },
  {
    name: "market-address",
    group: "deployed",
    placeholder: "ADDRESS",
    about: "A market that is deployed already",
    allowed: "the address of a market",
    fallback: "the one deployed last from here on that chain",
  },
  {
    name: "help",
    group: "any",
    about: "Explain all of this and stop",
    allowed: "no value",
    fallback: "off",
  },
];

/** Every flag there is: one for each field of a market file that has one, and the run's options. */
export const flags: readonly Flag[] = [
  ...runFlags.filter(({ group }) => group === "market"),
  ...fieldPaths.flatMap((path): Flag[] => {
    const { group, flag, placeholder, about, allowed, fallback }: Field = fields[path];
    return flag === "" ? [] : [{ name: flag, group, placeholder, about, allowed, fallback, path }];
  }),
  ...runFlags.filter(({ group }) => group !== "market"),
];

/** The flags that a command with these groups accepts. */
export function flagsOf(groups: readonly FlagGroup[]): Flag[] {
  return flags.filter(({ group }) => group === "any" || groups.includes(group));
}

/**
 * Read a command line. What the fields' texts may be is for `parseMarket` to say, which sees them
 * together with the market file; everything else is checked here.
 *
 * @param argv the arguments, without node and the script
 * @param groups what the command accepts
 * @throws InputError, one line with the flag, what was given and what is allowed
 */
export function parseFlags(
  argv: readonly string[],
  groups: readonly FlagGroup[] = everyGroup,
): Flags {
  if (asksForHelp(argv)) return { fields: new Map(), json: false, out: "out", help: true };
  const known = flagsOf(groups).map(({ name, placeholder, allowed }) => ({
    name,
    takesValue: placeholder !== undefined,
    allowed,
  }));
  const given = givenFlags(argv, known, {
    unknown: (rawName) => unknownFlag(rawName, known),
    stray: (value) =>
      value.toLowerCase().endsWith(".json") ? `; did you mean --market ${value}?` : "",
  });
  const text = (name: string): string | undefined => {
    const value = given.get(name);
    return value?.trim() === "" ? refuse(name, "nothing") : value;
  };

  const overrides = new Map<FieldPath, string>();
  for (const { name, path } of flags) {
    const value = path === undefined ? undefined : given.get(name);
    if (path !== undefined && value !== undefined) overrides.set(path, value);
  }
  const [csv, ratings] = [text("agents"), text("ratings")];
  if (csv !== undefined && ratings !== undefined) refuseBoth("agents", "ratings");
  const [market, network, rpc] = [text("market"), text("network"), text("rpc")];
  if (network !== undefined && rpc !== undefined) refuseBoth("network", "rpc");
  if (rpc !== undefined && !isNodeAddress(rpc)) refuse("rpc", rpc);
  const address = text("market-address");
  if (address !== undefined && !isAddress(address)) refuse("market-address", address);
  return {
    fields: overrides,
    ...(market === undefined ? {} : { market }),
    ...(csv === undefined ? {} : { agents: { source: "csv", path: csv } }),
    ...(ratings === undefined ? {} : { agents: { source: "ratings", path: ratings } }),
    json: given.has("json"),
    out: text("out") ?? "out",
    ...(network === undefined ? {} : { network }),
    ...(rpc === undefined ? {} : { rpc }),
    ...(address === undefined ? {} : { marketAddress: getAddress(address) }),
    help: false,
  };
}

function unknownFlag(rawName: string, known: readonly { name: string }[]): string {
  const elsewhere = flags.some(({ name }) => `--${name}` === rawName);
  const what = elsewhere ? "a flag that this command does not take" : "an unknown flag";
  return `${what}, allowed those that --help lists${elsewhere ? "" : meantFlag(rawName, known)}`;
}

function refuse(name: string, given: string): never {
  const allowed = flags.find((flag) => flag.name === name)?.allowed ?? "";
  throw new InputError(`--${name}: given ${given}, allowed ${allowed}`);
}

function refuseBoth(first: string, second: string): never {
  throw new InputError(`--${first}: given together with --${second}, allowed one of the two`);
}

function isNodeAddress(text: string): boolean {
  return URL.canParse(text) && /^(https?|wss?):$/.test(new URL(text).protocol);
}

const defaultOf = ({ fallback }: Flag): string =>
  fallback === "required" ? "required" : `default: ${fallback}`;

const titles: Record<FlagGroup | "any", string> = {
  market: "The market (flags win over the market file)",
  agents: "The agents",
  bots: "The bots",
  output: "The results",
  network: "The chain",
  deployed: "The market on it",
  any: "Help",
};

/**
 * What `--help` prints about the flags a command accepts: for each what it is, its default and
 * what is allowed.
 */
export function helpText(groups: readonly FlagGroup[] = everyGroup): string {
  const accepted = flagsOf(groups);
  const nameOf = ({ name, placeholder }: Flag): string =>
    placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`;
  const width = Math.max(...accepted.map((flag) => nameOf(flag).length));
  const indent = " ".repeat(width + 4);
  const sections = [...groups, "any" as const].map((group) => {
    const lines = accepted
      .filter((flag) => flag.group === group)
      .flatMap((flag) => [
        `  ${nameOf(flag).padEnd(width)}  ${flag.about}`,
        ...(flag.placeholder === undefined ? [] : [`${indent}${flag.allowed}; ${defaultOf(flag)}`]),
      ]);
    return [titles[group], ...lines].join("\n");
  });
  return sections.join("\n\n");
}
