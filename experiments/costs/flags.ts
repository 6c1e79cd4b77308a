import { resolve } from "node:path";

import { InputError } from "../../markets/input-error.ts";
import { asksForHelp, givenFlags, meantFlag } from "../../markets/given-flags.ts";
import type { Prices } from "./prices.ts";

/** What `npm run gas` or `npm run fees` was asked to do. */
export type CostOptions = { quick: boolean; seed: number; out: string };

type Flag = { name: string; value?: string; about: string; allowed: string };

const common = (out: string): Flag[] => [
  { name: "quick", about: "A few markets: a check that all of it runs", allowed: "no value" },
  {
    name: "seed",
    value: "SEED",
    about: "Seed of the agents; default 1",
    allowed: "a whole number from 0 to 9007199254740991",
  },
  {
    name: "out",
    value: "DIR",
    about: `Folder for the results; default ${out}`,
    allowed: "the path of a folder",
  },
  { name: "help", about: "Explain all of this and stop", allowed: "no value" },
];

/** What is asked of networks when nobody says otherwise: assumptions, not a forecast. */
export const defaultPrices: Prices = { baseFee: 1, blobFee: 0.01, l2Fee: 0.01, ethPrice: 3_000 };

const price = (name: string, value: string, about: string): Flag => ({
  name,
  value,
  about,
  allowed: "a number from 0 to 1000000",
});

const priceFlags: readonly (Flag & { field: keyof Prices })[] = [
  { field: "baseFee", ...price("base-fee", "GWEI", "A gas on L1; default 1") },
  { field: "blobFee", ...price("blob-fee", "GWEI", "A gas of L1's blobs; default 0.01") },
  { field: "l2Fee", ...price("l2-fee", "GWEI", "A gas on an L2; default 0.01") },
  { field: "ethPrice", ...price("eth-price", "USD", "An ETH, US dollars; default 3000") },
];

/**
 * Read the command line; the text to print if it asks for help.
 *
 * @param name of the command
 * @param hasPrices whether it takes prices
 * @throws InputError, one line with the flag, what was given and what is allowed
 */
export function readCostFlags(
  argv: readonly string[],
  name: "gas" | "fees",
  hasPrices: boolean,
): string | (CostOptions & { prices: Prices; command: string }) {
  const out = `out/${name}`;
  const flags: Flag[] = [...(hasPrices ? priceFlags : []), ...common(out)];
  if (asksForHelp(argv)) {
    const lines = flags.map(
      (flag) =>
        `  ${`--${flag.name} ${flag.value ?? ""}`.padEnd(20)}${flag.about}` +
        (flag.value === undefined ? "" : `\n${" ".repeat(22)}${flag.allowed}`),
    );
    return [
      `npm run ${name} -- [flags]: results in ${out}/. Interrupted, it goes on where it was.`,
      "",
      ...lines,
    ].join("\n");
  }
  const known = flags.map((flag) => ({ ...flag, takesValue: flag.value !== undefined }));
  const given = givenFlags(argv, known, {
    unknown: (flag) => `an unknown flag, allowed those that --help lists${meantFlag(flag, known)}`,
  });
  const numberOf = (flag: string, fallback: number, isWhole: boolean, most: number): number => {
    const text = given.get(flag)?.trim();
    if (text === undefined) return fallback;
    const value = Number(text);
    const isFit = (isWhole ? /^\d+$/ : /^\d*\.?\d+(e-?\d+)?$/i).test(text) && value <= most;
    if (isFit) return value;
    const allowed = flags.find(({ name }) => name === flag)!.allowed;
    throw new InputError(`--${flag}: given ${text === "" ? "nothing" : text}, allowed ${allowed}`);
  };
  const folder = given.get("out") ?? out;
  if (folder.trim() === "") {
    throw new InputError("--out: given nothing, allowed the path of a folder");
  }
  const prices = { ...defaultPrices };
  for (const { name: flag, field } of hasPrices ? priceFlags : [])
    prices[field] = numberOf(flag, prices[field], false, 1e6);
  return {
    quick: given.has("quick"),
    seed: numberOf("seed", 1, true, Number.MAX_SAFE_INTEGER),
    out: resolve(folder),
    prices,
    command: [`npm run ${name}`, ...(argv.length === 0 ? [] : ["--", ...argv])].join(" "),
  };
}
