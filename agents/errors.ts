import { Interface, isCallException, isError, type Result } from "ethers";

import { formatFixed } from "../mechanism/fixed-point.ts";
import { MARKET_ABI, TOKEN_ERRORS } from "./abi.ts";

const known = new Interface([...MARKET_ABI, ...TOKEN_ERRORS]);

/** Something an operator can put right, told in one line. */
export class ChainError extends Error {
  override name = "ChainError";
}

/** A transaction that the market or its token refused, with the name of the custom error. */
export class Refused extends ChainError {
  override name = "Refused";
  readonly errorName: string;

  constructor(errorName: string, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.errorName = errorName;
  }
}

/** What a wallet's owner was asked to sign and did not. */
export class Declined extends ChainError {
  override name = "Declined";
}

/** How to tell an amount of the payment token, given in base units. */
type Tell = (amount: unknown) => string;

/** The payment token, for whoever knows it: an error itself does not know its decimals. */
export type TokenUnits = { decimals: number; symbol: string };

/** Unix seconds as a date and a time, UTC; as they are where no date is so late. */
const clock = (seconds: unknown): string => {
  const date = new Date(Number(seconds) * 1_000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace(".000", "");
};

const units = (value: unknown): string => formatFixed(value as bigint);

const sentences: Record<string, (values: Result, tell: Tell) => string> = {
  ParameterOutOfRange: ([name, given, min, max]) =>
    `${name}: given ${given}, allowed ${min} to ${max}, as the contract counts`,
  TooManyDigits: ([name, given]) =>
    `${name}: given ${given}, allowed at most eight significant digits`,
  ZeroAddress: ([name]) => `${name}: given the zero address, allowed any other`,
  ZeroAmount: () => "the amount is zero; allowed is anything above",
  InvalidRecipient: ([to]) => `tokens sent to ${to} would be lost; name another address`,
  NotAdmitted: ([agent]) => `${agent} is not on the allowlist; the owner can admit it`,
  AlreadyJoined: ([agent]) => `${agent} has joined already`,
  NotJoined: ([agent]) => `${agent} has not joined; deposit first`,
  TooManyMembers: ([max]) => `the market is full: it has ${max} members`,
  BalanceTooLarge: ([agent, given, max], tell) =>
    `${agent} would hold ${tell(given)}; an account holds at most ${tell(max)}`,
  InsufficientFreeBalance: ([agent, free, requested], tell) =>
    `${agent} asked for ${tell(requested)}; ${tell(free)} are free, the rest is locked by its demand`,
  InsufficientCollateral: ([agent, balance, required], tell) =>
    `${agent} holds ${tell(balance)}; the demand needs ${tell(required)}`,
  RoundNotOpen: ([epoch, round, nowEpoch, nowRound, open]) =>
    `the demand answers epoch ${epoch}, round ${round}; ` +
    (open === true ? `open is epoch ${nowEpoch}, round ${nowRound}` : "no epoch is open"),
  AlreadyAnswered: ([agent, epoch, round]) =>
    `${agent} has answered epoch ${epoch}, round ${round} already`,
  WrongSampleCount: ([given, required]) =>
    `the submission has ${given} samples; this market takes ${required}`,
  DemandAboveCapacity: ([demand, capacity]) =>
    `the demand is ${units(demand)} units; at most the capacity of ${units(capacity)} is taken`,
  TotalDemandTooLarge: ([total, max]) =>
    `all demands together would be ${units(total)} units; the market counts to ${units(max)}`,
  InvalidSignature: ([agent]) =>
    `${agent} has not signed this demand for this round of this market on this chain`,
  MalformedBatch: ([left, required]) =>
    `the batch ends within an entry: ${left} bytes are left of it, the entry takes ${required}`,
  InsufficientGas: ([left, required]) =>
    `${left} gas is left to ask a contract about its signature, which takes ${required}; send more, or a smaller batch`,
  EpochNotOpen: ([epoch]) => `epoch ${epoch} is settled; the owner has not opened the next`,
  EpochStillOpen: ([epoch]) => `epoch ${epoch} is still open`,
  RoundStillOpen: ([deadline, answered, members]) =>
    `the round is open until ${clock(deadline)} or until all answer; ${answered} of ${members} have`,
  ERC20InsufficientBalance: ([holder, balance, needed], tell) =>
    `${holder} holds ${tell(balance)} outside the market; this takes ${tell(needed)}`,
  ERC20InsufficientAllowance: ([spender, allowance, needed], tell) =>
    `${spender} may take ${tell(allowance)}; this takes ${tell(needed)}; approve it first`,
  ERC2612ExpiredSignature: () => "the permit has expired; sign another",
  ERC2612InvalidSigner: ([signer, owner]) =>
    `the permit was signed by ${signer}, not by ${owner}, or for something else`,
  FaucetLimited: ([, max], tell) => `the faucet gives at most ${tell(max)} at once`,
  FaucetPaused: ([taker, opens]) =>
    `${taker} has taken from the faucet lately; it may again from ${clock(opens)} on`,
};

/**
 * An error of ethers told in one line: the market's own refusal, or what is wrong with the node or the sender.
 *
 * @param token whose amounts are meant; in base units if not given
 * @param sender who pays for the gas
 * @returns a `Refused` for custom errors of the market and its token, a `Declined` for what a wallet's owner did not
 * sign, a `ChainError` for what else an operator can put right, otherwise the error as it came
 */
export function explain(
  error: unknown,
  token?: TokenUnits,
  sender = "the sender's account",
): Error {
  if (error instanceof Refused && error.cause !== undefined) return explain(error.cause, token);
  const data = revertData(error);
  const refusal = data === null ? null : known.parseError(data);
  if (refusal !== null) {
    const sentence = sentences[refusal.name]!;
    const tell: Tell = (amount) =>
      token === undefined
        ? `${amount as bigint} base units`
        : `${formatFixed(amount as bigint, token.decimals)} ${token.symbol}`;
    return new Refused(refusal.name, sentence(refusal.args, tell), { cause: error });
  }
  if (isError(error, "ACTION_REJECTED")) {
    return new Declined("declined in the wallet; nothing was sent", { cause: error });
  }
  if (isError(error, "INSUFFICIENT_FUNDS") || isTooPoor(error)) {
    return new ChainError(`${sender} has not enough ether for gas; fund it and try again`);
  }
  if (isCallException(error)) {
    return new ChainError(`the call reverted: ${error.reason ?? error.shortMessage}`);
  }
  const silence = silenceOf(error);
  if (silence !== null) return new ChainError(`the node ${silence}`, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}

/** Why a node has not answered, as ethers tells it or the system below; null if it has. */
function silenceOf(error: unknown): string | null {
  if (isError(error, "SERVER_ERROR")) {
    const status = error.response?.statusCode;
    return status === 401 || status === 403
      ? `refuses to answer (HTTP ${status}): the key in its URL is wrong, or has expired`
      : `does not answer (${error.shortMessage})`;
  }
  if (isError(error, "TIMEOUT")) return "does not answer in time";
  const code = isRecord(error) ? error["code"] : undefined;
  return typeof code === "string" && /^E[A-Z]{4,}$/.test(code) ? `does not answer (${code})` : null;
}

/** Nodes word it in their own way; Hardhat's is not among those that ethers knows. */
function isTooPoor(error: unknown): boolean {
  return (
    error instanceof Error &&
    /(?:doesn't have enough|insufficient) ?funds|upfront cost exceeds|overdraft/i.test(
      error.message,
    )
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
