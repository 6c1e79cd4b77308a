import { isError } from "ethers";

import { ChainError, explain, type TokenUnits } from "../../agents/errors.ts";
import { foreign } from "../foreign.ts";

// EIP-1474's "resource unavailable": what wallets say while a window of theirs is open already.
const BUSY = -32002;
// Characters of what a wallet or its node says.
const SENTENCE = 300;

/**
 * What a wallet, its node or the contract has against something, in a sentence: a `Declined`, a `Refused` or another
 * `ChainError`. ethers' own would tell all that was asked along with it.
 */
export function explainWallet(error: unknown, token?: TokenUnits): Error {
  const known = explain(error, token);
  if (!isError(known, "UNKNOWN_ERROR")) {
    const short = (known as { shortMessage?: unknown }).shortMessage;
    return typeof short === "string" ? new ChainError(short, { cause: known }) : known;
  }
  const { code, message = "" } = (known.error ?? {}) as { code?: unknown; message?: string };
  if (code === BUSY) {
    return new ChainError("the wallet waits for an answer to an earlier question: open it first");
  }
  const said = foreign(message, SENTENCE, "nothing more than that it failed");
  return new ChainError(`the wallet says: ${said}`, { cause: known });
}
