import type { Head } from "./head.ts";

/** What may be paid for gas, wei per gas. */
export type Fees = { maxFee: bigint; tip: bigint };

export type FeePolicy = {
  /** The most a transaction may offer, wei per gas, tip included. */
  cap: bigint;
  /** Percent by which a replacement raises both: nodes take none below 10. */
  bumpPercent: number;
  /** Milliseconds without a receipt after which a transaction is replaced. */
  bumpAfter: number;
};

/**
 * What a new transaction offers: the tip the node suggests, and twice the base fee, which six full blocks in a row raise
 * it to. Never above the cap.
 */
export function firstFees({ baseFee }: Head, tip: bigint, { cap }: FeePolicy): Fees {
  return capped({ maxFee: 2n * (baseFee ?? 0n) + tip, tip }, cap);
}

/**
 * What a replacement offers: what a new transaction would, and at least the bump more than the one it replaces.
 *
 * @returns null where that is above the cap
 */
export function raisedFees(before: Fees, fresh: Fees, policy: FeePolicy): Fees | null {
  const raised = (fee: bigint): bigint => (fee * BigInt(100 + policy.bumpPercent) + 99n) / 100n;
  const maxFee = larger(raised(before.maxFee), fresh.maxFee);
  if (maxFee > policy.cap) return null;
  return capped({ maxFee, tip: larger(raised(before.tip), fresh.tip) }, policy.cap);
}

function capped({ maxFee, tip }: Fees, cap: bigint): Fees {
  const most = maxFee < cap ? maxFee : cap;
  return { maxFee: most, tip: tip < most ? tip : most };
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
