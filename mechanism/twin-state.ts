import type { StepRule, StopReason } from "./price-update.ts";
import {
  fitsDigits,
  MAX_PRICE,
  UNSEEN,
  type TwinBracket,
  type TwinRules,
  type TwinFees,
} from "./twin-arithmetic.ts";

/** The largest fee or step the contract stores. */
export const MAX_FEE = 2n ** 80n - 1n;
/** The largest quantity the contract stores. */
export const MAX_QUANTITY = 2n ** 88n - 1n;
/** Where the movement of a round stays once it is there. */
export const MAX_MOVEMENT = 2n ** 80n - 1n;
/** `answered` of an account whose epoch is settled. */
export const SETTLED = 2n ** 16n - 1n;

/** What happens to the charge of a replaced demand: returned, or kept. */
export type TwinPolicy = "Refunding" | "PerSubmission";

/** `Parameters`: everything the owner chooses for one epoch, 18 decimals. */
export type TwinParameters = TwinFees & TwinRules & { capacity: bigint; samples: bigint };

/** `Limits`: the bounds inside which the owner may choose. */
export type TwinLimits = {
  maxUnitFee: bigint;
  maxExecutionFee: bigint;
  maxProgressiveFee: bigint;
  minRoundLength: bigint;
  maxRoundLength: bigint;
  maxRounds: bigint;
};

/** `Account`: one agent. Balance in token base units, the rest as in the contract. */
export type TwinAccount = {
  balance: bigint;
  demand: bigint;
  lockedPrice: bigint;
  epoch: bigint;
  answered: bigint;
};

/** `Outcome`: how an epoch ended, and the fees its accounts settle with. */
export type TwinOutcome = TwinFees & {
  price: bigint;
  scale: bigint;
  reason: StopReason;
  round: bigint;
};

/** An entry of a signed batch. Whether its signature is good is told, not found out. */
export type TwinSignedDemand = { agent: string; demand: bigint; isSigned: boolean };

/** `Funds`: what is held for provider (revenue) and treasury (fees), token base units. */
export type TwinFunds = { revenue: bigint; fees: bigint };

/** The contract's whole storage as plain data. The functions in `twin.ts` change it in place. */
export type TwinMarket = {
  policy: TwinPolicy;
  allowlisted: boolean;
  /** 10^(36 − token decimals). */
  divisor: bigint;
  limits: TwinLimits;
  /** `samples` is 0 while no epoch is open. */
  posted: TwinFees & {
    price: bigint;
    capacity: bigint;
    epoch: bigint;
    round: bigint;
    samples: bigint;
  };
  totals: {
    demand: bigint;
    movement: bigint;
    answered: bigint;
    members: bigint;
    deadline: bigint;
  };
  bracket: TwinBracket;
  rules: TwinRules;
  funds: TwinFunds;
  outcomes: Map<bigint, TwinOutcome>;
  accounts: Map<string, TwinAccount>;
  admitted: Set<string>;
};

/** What a deployment fixes. */
export type TwinDeployment = {
  /** The payment token's decimals, 0 to 18. */
  tokenDecimals: bigint;
  policy: TwinPolicy;
  allowlisted: boolean;
  /** The first price, 18 decimals. */
  price: bigint;
  limits: TwinLimits;
};

/**
 * The constructor: a market with no epoch yet.
 *
 * @throws Error `ParameterOutOfRange` as the contract does
 */
export function createMarket(deployment: TwinDeployment): TwinMarket {
  const { tokenDecimals, policy, allowlisted, price, limits } = deployment;
  checkRange("decimals", tokenDecimals, 0n, 18n);
  checkRange("price", price, 0n, MAX_PRICE);
  checkRange("maxUnitFee", limits.maxUnitFee, 0n, MAX_FEE);
  checkRange("maxExecutionFee", limits.maxExecutionFee, 0n, MAX_FEE);
  checkRange("maxProgressiveFee", limits.maxProgressiveFee, 0n, MAX_FEE);
  checkRange("maxRoundLength", limits.maxRoundLength, 1n, 2n ** 24n - 1n);
  checkRange("minRoundLength", limits.minRoundLength, 1n, limits.maxRoundLength);
  checkRange("maxRounds", limits.maxRounds, 1n, SETTLED - 1n);
  const rule: StepRule["rule"] = "Constant";
  return {
    policy,
    allowlisted,
    divisor: 10n ** (36n - tokenDecimals),
    limits: { ...limits },
    posted: {
      price,
      capacity: 0n,
      unitFee: 0n,
      executionFee: 0n,
      progressiveFee: 0n,
      epoch: 0n,
      round: 0n,
      samples: 0n,
    },
    totals: { demand: 0n, movement: 0n, answered: 0n, members: 0n, deadline: 0n },
    bracket: { lower: 0n, upper: 0n, previousDemand: 0n },
    rules: {
      primalTolerance: 0n,
      movementTolerance: 0n,
      dualTolerance: 0n,
      initialStep: 0n,
      maxStep: 0n,
      stepOffset: 0n,
      roundLength: 0n,
      maxRounds: 0n,
      rule,
    },
    funds: { revenue: 0n, fees: 0n },
    outcomes: new Map(),
    accounts: new Map(),
    admitted: new Set(),
  };
}

/**
 * `openEpoch`: the next epoch at the price the last one left.
 *
 * @param now unix seconds
 * @throws Error `EpochStillOpen`, `ParameterOutOfRange` or `TooManyDigits` as the contract does
 */
export function openEpoch(market: TwinMarket, chosen: TwinParameters, now: bigint): void {
  const { limits, posted } = market;
  if (posted.samples !== 0n) revert("EpochStillOpen", posted.epoch);
  checkRange("capacity", chosen.capacity, 1n, MAX_QUANTITY);
  checkRange("unitFee", chosen.unitFee, 0n, limits.maxUnitFee);
  checkRange("executionFee", chosen.executionFee, 0n, limits.maxExecutionFee);
  checkRange("progressiveFee", chosen.progressiveFee, 0n, limits.maxProgressiveFee);
  checkRange("samples", chosen.samples, 1n, 2n ** 8n - 1n);
  checkRange("initialStep", chosen.initialStep, 0n, MAX_FEE);
  checkRange("stepOffset", chosen.stepOffset, 1n, 2n ** 24n - 1n);
  checkRange("maxStep", chosen.maxStep, 1n, MAX_FEE);
  checkRange("primalTolerance", chosen.primalTolerance, 0n, MAX_QUANTITY);
  checkRange("dualTolerance", chosen.dualTolerance, 1n, MAX_FEE);
  checkRange("movementTolerance", chosen.movementTolerance, 0n, MAX_MOVEMENT - 1n);
  checkRange("roundLength", chosen.roundLength, limits.minRoundLength, limits.maxRoundLength);
  checkRange("maxRounds", chosen.maxRounds, 1n, limits.maxRounds);
  const epoch = posted.epoch + 1n;
  checkRange("epoch", epoch, 1n, 2n ** 24n - 1n);

  const { capacity, unitFee, executionFee, progressiveFee, samples, ...rules } = chosen;
  checkDigits({ capacity, unitFee, executionFee, progressiveFee });
  const { primalTolerance, movementTolerance, dualTolerance, initialStep, maxStep } = rules;
  checkDigits({ primalTolerance, movementTolerance, dualTolerance, initialStep, maxStep });

  const { price } = posted;
  const fees: TwinFees = { unitFee, executionFee, progressiveFee };
  market.posted = { price, capacity, ...fees, epoch, round: 0n, samples };
  market.totals = {
    demand: 0n,
    movement: 0n,
    answered: 0n,
    members: market.totals.members,
    deadline: deadlineAfter(now, rules.roundLength),
  };
  market.bracket = { lower: UNSEEN, upper: UNSEEN, previousDemand: 0n };
  market.rules = rules;
}

/** `_deadline`: unix seconds, held in 32 bits. */
export function deadlineAfter(now: bigint, roundLength: bigint): bigint {
  const max = 2n ** 32n - 1n;
  return now + roundLength > max ? max : now + roundLength;
}

/**
 * Stop as the contract reverts.
 *
 * @throws Error always; its message starts with the contract's error name
 */
export function revert(name: string, ...values: (bigint | string | boolean)[]): never {
  throw new Error(`${name}(${values.map(String).join(", ")})`);
}

function checkRange(name: string, given: bigint, min: bigint, max: bigint): void {
  if (given < min || given > max) revert("ParameterOutOfRange", name, given, min, max);
}

function checkDigits(parameters: Record<string, bigint>): void {
  for (const [name, given] of Object.entries(parameters)) {
    if (!fitsDigits(given)) revert("TooManyDigits", name, given);
  }
}
