import { Interface, isCallException, isError, type Result } from "ethers";

import { formatFixed } from "../mechanism/fixed-point.ts";
import { MARKET_ABI } from "./abi.ts";

const market = new Interface(MARKET_ABI);

/** Something an operator can put right, told in one line. */
export class ChainError extends Error {
  override name = "ChainError";
}

/** A transaction that the market refused, with the name of its custom error. */
export class Refused extends ChainError {
  override name = "Refused";
  readonly errorName: string;

  constructor(errorName: string, sentence: string) {
    super(sentence);
    this.errorName = errorName;
  }
}

const units = (value: bigint): string => formatFixed(value);

// Amounts are in token base units here: an error does not know the token's decimals.
const sentences: Record<string, (values: Result) => string> = {
  NotAdmitted: ([agent]) => `${agent} is not on the allowlist; the owner can admit it`,
  AlreadyJoined: ([agent]) => `${agent} has joined already`,
  NotJoined: ([agent]) => `${agent} has not joined; deposit first`,
  InsufficientFreeBalance: ([agent, free, requested]) =>
    `${agent} asked for ${requested} base units; ${free} are free, the rest is locked by its demand`,
  InsufficientCollateral: ([agent, balance, required]) =>
    `${agent} holds ${balance} base units; the demand needs ${required}`,
  RoundNotOpen: ([epoch, round, nowEpoch, nowRound, open]) =>
    `the demand answers epoch ${epoch}, round ${round}; ` +
    (open === true ? `open is epoch ${nowEpoch}, round ${nowRound}` : "no epoch is open"),
  AlreadyAnswered: ([agent, epoch, round]) =>
    `${agent} has answered epoch ${epoch}, round ${round} already`,
  WrongSampleCount: ([given, required]) =>
    `the submission has ${given} samples; this market takes ${required}`,
  DemandAboveCapacity: ([demand, capacity]) =>
    `the demand is ${units(demand as bigint)} units; at most the capacity of ${units(capacity as bigint)} is taken`,
  InvalidSignature: ([agent]) =>
    `${agent} has not signed this demand for this round of this market on this chain`,
  MalformedBatch: ([left, required]) =>
    `the batch ends within an entry: ${left} bytes are left of it, the entry takes ${required}`,
  InsufficientGas: ([left, required]) =>
    `${left} gas is left to ask a contract about its signature, which takes ${required}; send more, or a smaller batch`,
  EpochNotOpen: ([epoch]) => `epoch ${epoch} is settled; the owner has not opened the next`,
  EpochStillOpen: ([epoch]) => `epoch ${epoch} is still open`,
  RoundStillOpen: ([deadline, answered, members]) =>
    `the round is open until ${deadline} (unix time) or until all answer; ${answered} of ${members} have`,
};

/**
 * An error of ethers told in one line: the market's own refusal, or what is wrong with the node or the sender.
 *
 * @returns a `Refused` for the market's custom errors, a `ChainError` for what an operator can put right, otherwise
 * the error as it came
 */
export function explain(error: unknown): Error {
  const data = revertData(error);
  const refusal = data === null ? null : market.parseError(data);
  if (refusal !== null) {
    const sentence = sentences[refusal.name];
    const values = refusal.args.map(String).join(", ");
    return new Refused(
      refusal.name,
      sentence === undefined ? `${refusal.name}(${values})` : sentence(refusal.args),
    );
  }
  if (isError(error, "INSUFFICIENT_FUNDS") || isTooPoor(error)) {
    return new ChainError(
      "the sender's account has not enough ether for gas; fund it and try again",
    );
  }
  if (isCallException(error)) {
    return new ChainError(`the call reverted: ${error.reason ?? error.shortMessage}`);
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** Nodes word it in their own way; Hardhat's is not among those that ethers knows. */
function isTooPoor(error: unknown): boolean {
  return (
    error instanceof Error && /(?:doesn't have enough|insufficient) funds/i.test(error.message)
  );
}

/** The revert data an error carries, wherever the node's answer put it; null if it names no error. */
function revertData(error: unknown): string | null {
  for (let at: unknown = error, depth = 0; depth < 6 && isRecord(at); depth++) {
    const data = isRecord(at["data"]) ? at["data"]["data"] : at["data"];
    // A revert without a reason has the data 0x.
    if (typeof data === "string" && /^0x[0-9a-f]{8}/i.test(data)) return data;
    at = at["info"] ?? at["error"];
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
