import { givenFlags, meantFlag } from "../../markets/given-flags.ts";
import { InputError } from "../../markets/input-error.ts";

/** What the command line says. */
export type Flags = {
  config?: string;
  /** The slice of the fleet's agents: from the first to the one before `to`. */
  from?: number;
  to?: number;
  once: boolean;
  addresses: boolean;
  encrypt?: string;
  passwordFile?: string;
};

const known = [
  { name: "config", takesValue: true, allowed: "the path of a fleet's configuration" },
  { name: "from", takesValue: true, allowed: "a whole number from 0" },
  { name: "to", takesValue: true, allowed: "a whole number above --from" },
  { name: "once", takesValue: false, allowed: "no value" },
  { name: "addresses", takesValue: false, allowed: "no value" },
  { name: "encrypt", takesValue: true, allowed: "the path of a file that is not there yet" },
  { name: "password-file", takesValue: true, allowed: "the path of a file" },
  { name: "help", takesValue: false, allowed: "no value" },
];

export const help = `Run agents of a market, for days: enrol, answer, close, settle, epoch after epoch.

  contract-clearing-agents --config FILE [--from N] [--to N] [--once]

  --config FILE   JSON: nodes, market, agents, budget; every field is in docs/operating.md
  --from N        first agent of the slice that this process runs; default 0
  --to N          the one after its last agent; default: all
  --once          end when the epoch has ended and the slice's accounts are settled
  --addresses     print the addresses to fund, as CSV, and end
  --encrypt FILE  write the mnemonic in MNEMONIC into an encrypted keystore and end; the password is in
                  KEYSTORE_PASSWORD or the first line of --password-file FILE

Keys are the mnemonic in the environment variable MNEMONIC, or the keystore that the configuration names.`;

/** @throws InputError, one line with the flag */
export function parseFlags(argv: readonly string[]): Flags {
  const given = givenFlags(argv, known, {
    unknown: (rawName) => `an unknown flag${meantFlag(rawName, known)}; --help lists all`,
  });
  const config = given.get("config");
  const encrypt = given.get("encrypt");
  if (config === undefined && encrypt === undefined) {
    throw new InputError("--config: not given, allowed the path of a fleet's configuration");
  }
  const [from, to] = [count(given, "from"), count(given, "to")];
  const passwordFile = given.get("password-file");
  return {
    ...(config === undefined ? {} : { config }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    once: given.has("once"),
    addresses: given.has("addresses"),
    ...(encrypt === undefined ? {} : { encrypt }),
    ...(passwordFile === undefined ? {} : { passwordFile }),
  };
}

/** The slice of a fleet of so many agents. @throws InputError if there is none */
export function sliceOf({ from = 0, to }: Flags, agents: number): { from: number; to: number } {
  if (from >= agents) {
    throw new InputError(
      `--from: given ${from}, allowed 0 to ${agents - 1}: the fleet has ${agents} agents`,
    );
  }
  const end = to ?? agents;
  if (end <= from || end > agents) {
    throw new InputError(
      `--to: given ${end}, allowed ${from + 1} to ${agents}: the fleet has ${agents} agents, the slice starts at ${from}`,
    );
  }
  return { from, to: end };
}

function count(given: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InputError(`--${name}: given ${text}, allowed a whole number from 0`);
}
