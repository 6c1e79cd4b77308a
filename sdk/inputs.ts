import { isAddress, Wallet } from "ethers";

import { ChainError } from "../agents/errors.ts";
import { fixedFromNumber } from "../mechanism/fixed-point.ts";
import type { Amount } from "./market-client.ts";

/** @throws ChainError for what is no address, or one with a wrong checksum */
export function checkAddress(given: unknown): void {
  if (isAddress(given)) return;
  const what = typeof given === "string" && given !== "" ? JSON.stringify(given) : "nothing";
  throw new ChainError(
    `address: given ${what}, allowed a market's address, its checksum right, as in 0x5FbDB2315678afecb367f032d93F642f64180aa3`,
  );
}

/** @throws ChainError that does not repeat the key */
export function walletOf(key: string): Wallet {
  try {
    return new Wallet(key);
  } catch {
    throw new ChainError("key: not a private key; allowed are 0x and 64 hexadecimal digits");
  }
}

/** @throws RangeError naming the amount if it is negative or not finite */
export function exactly(name: string, amount: Amount, decimals?: number): bigint {
  const isFit = typeof amount === "bigint" ? amount >= 0n : amount >= 0 && Number.isFinite(amount);
  if (!isFit) throw new RangeError(`${name}: given ${amount}, allowed a finite number from 0 on`);
  return typeof amount === "bigint" ? amount : fixedFromNumber(amount, decimals);
}
