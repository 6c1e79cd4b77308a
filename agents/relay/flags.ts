import { getAddress, parseUnits } from "ethers";

import { givenFlags, meantFlag, type KnownFlag } from "../../markets/given-flags.ts";
import { InputError } from "../../markets/input-error.ts";

/** What the command line says; gas in wei, times in milliseconds. */
export type RelayFlags = {
  rpc: readonly string[];
  market: string;
  host: string;
  port: number;
  batch: number;
  rate: number;
  maxFee: bigint;
  budget: bigint | undefined;
  polling: number;
  keystore: string | undefined;
  passwordFile: string | undefined;
};

/** Each flag that takes a value: what that may be, and how it is read. */
const read = {
  rpc: (given: string) => {
    const urls = given.split(",");
    return urls.every((url) => URL.canParse(url) && /^(?:http|ws)s?:/.test(url)) ? urls : undefined;
  },
  market: (given: string) => {
    try {
      return getAddress(given);
    } catch {
      return undefined;
    }
  },
  host: (given: string) => (/^[A-Za-z0-9.:_-]{1,255}$/.test(given) ? given : undefined),
  port: whole(0, 65_535),
  batch: whole(1, 500),
  rate: whole(1, 1_000_000),
  "max-fee": ether("gwei"),
  budget: ether("ether"),
  polling: (given: string) => {
    const seconds = /^\d+(?:\.\d+)?$/.test(given) ? Number(given) : 0;
    return seconds >= 0.01 && seconds <= 600 ? seconds * 1000 : undefined;
  },
  keystore: (given: string) => given,
  "password-file": (given: string) => given,
};

const ALLOWED: Record<keyof typeof read, string> = {
  rpc: "http(s) or ws(s) URLs, with commas between",
  market: "the address of a market, its checksum right",
  host: "the name or address of an interface",
  port: "a whole number from 0 to 65535",
  batch: "a whole number from 1 to 500",
  rate: "a whole number from 1 to 1000000",
  "max-fee": "gwei, above 0",
  budget: "native token, above 0",
  polling: "seconds from 0.01 to 600",
  keystore: "the path of an encrypted JSON keystore",
  "password-file": "the path of a file",
};

const known: KnownFlag[] = [
  ...Object.entries(ALLOWED).map(([name, allowed]) => ({ name, takesValue: true, allowed })),
  { name: "help", takesValue: false, allowed: "no value" },
];

export const help = `Collect demands that agents have signed, and hand them in, many in one transaction.

  npm run relay -- --rpc URL[,URL...] --market ADDRESS

  --rpc URL,...        nodes of the chain, the preferred one first
  --market ADDRESS     the market
  --host NAME          interface to listen on; default 127.0.0.1
  --port N             port to listen on, 0 for any that is free; default 9700
  --batch N            the most demands in one transaction; default 200
  --rate N             requests a second that one address may make; default 200
  --max-fee GWEI       the most a transaction offers for gas; default 100
  --budget ETHER       the most that is spent on gas; default: no cap
  --polling SECONDS    between two looks at the chain; default 1
  --keystore FILE      encrypted JSON keystore of the key that pays; its password is in KEYSTORE_PASSWORD or
                       the first line of --password-file FILE

Without --keystore the key is the one in the environment variable RELAY_KEY.

POST /demands takes {"agent", "epoch", "round", "demand", "signature"}; GET /demands/AGENT tells what became of the
agent's last; GET /health and GET /metrics tell of the relay.`;

/** @throws InputError, one line with the flag, what was given and what is allowed */
export function parseRelayFlags(argv: readonly string[]): RelayFlags {
  const given = givenFlags(argv, known, {
    unknown: (rawName) => `an unknown flag${meantFlag(rawName, known)}; --help lists all`,
  });
  const valueOf = <Name extends keyof typeof read>(
    name: Name,
  ): NonNullable<ReturnType<(typeof read)[Name]>> | undefined => {
    const text = given.get(name);
    if (text === undefined) return undefined;
    const value = read[name](text) as NonNullable<ReturnType<(typeof read)[Name]>> | undefined;
    if (value === undefined) {
      throw new InputError(`--${name}: given ${text}, allowed ${ALLOWED[name]}`);
    }
    return value;
  };
  const required = <T>(name: keyof typeof read, value: T | undefined): T => {
    if (value !== undefined) return value;
    throw new InputError(`--${name}: not given, allowed ${ALLOWED[name]}`);
  };
  return {
    rpc: required("rpc", valueOf("rpc")),
    market: required("market", valueOf("market")),
    host: valueOf("host") ?? "127.0.0.1",
    port: valueOf("port") ?? 9700,
    batch: valueOf("batch") ?? 200,
    rate: valueOf("rate") ?? 200,
    maxFee: valueOf("max-fee") ?? parseUnits("100", "gwei"),
    budget: valueOf("budget"),
    polling: valueOf("polling") ?? 1000,
    keystore: valueOf("keystore"),
    passwordFile: valueOf("password-file"),
  };
}

function whole(min: number, max: number): (given: string) => number | undefined {
  return (given) => {
    const value = /^\d{1,9}$/.test(given) ? Number(given) : -1;
    return value >= min && value <= max ? value : undefined;
  };
}

function ether(unit: "gwei" | "ether"): (given: string) => bigint | undefined {
  return (given) => {
    if (!/^\d{1,12}(?:\.\d{1,9})?$/.test(given)) return undefined;
    const value = parseUnits(given, unit);
    return value > 0n ? value : undefined;
  };
}
