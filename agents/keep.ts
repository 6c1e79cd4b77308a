import { unpackPrice } from "../mechanism/twin-arithmetic.ts";
import { SETTLED } from "../mechanism/twin-state.ts";
import type { FleetOptions } from "./fleet.ts";
import { readAccount, readRules, readTotals, type Offer } from "./market.ts";
import { hasAnswered } from "./posting.ts";
import { readMembers } from "./events.ts";
import { forEachAtMost, send } from "./send.ts";

const WIDTH = 24;
const SETTLE_BATCH = 100;

/**
 * Cut stale demands, whoever's, if that takes more out of an excess than the market's tolerance: else it does not pay.
 * The demand of a bot that died cannot then hold the price up.
 */
export async function trimStale(
  { market, provider, fromBlock, keeper, onReceipt, deliver = send }: FleetOptions,
  offer: Offer,
): Promise<void> {
  const totals = await readTotals(market);
  if (totals.demand <= offer.capacity) return;
  const stale: string[] = [];
  let phantom = 0n;
  const everybody = await readMembers(provider, market, fromBlock ?? 0);
  await forEachAtMost(everybody, WIDTH, async (agent) => {
    const account = await readAccount(market, agent);
    const answeredPrice = unpackPrice(account.lockedPrice);
    const stands = account.demand !== 0n && account.epoch === offer.epoch;
    if (!stands || hasAnswered(account, offer) || answeredPrice >= offer.price) return;
    stale.push(agent);
    phantom += account.demand - (account.demand * answeredPrice) / offer.price;
  });
  const { primalTolerance } = await readRules(market);
  if (phantom <= primalTolerance) return;
  for (const batch of batchesOf(stale.toSorted(), SETTLE_BATCH)) {
    onReceipt("trim", await deliver(market.contract, keeper, "trim", [batch]));
  }
}

/**
 * Book the ended epoch in every member's account.
 *
 * @param open the epoch that is open, whose demands are not to be booked yet; none if not given
 * @returns how many were not booked yet
 */
export async function settleMembers(options: FleetOptions, open?: bigint): Promise<number> {
  const { market, members, keeper, onReceipt, deliver = send } = options;
  const due: string[] = [];
  await forEachAtMost(members, WIDTH, async ({ wallet }) => {
    const { demand, answered, epoch } = await readAccount(market, wallet.address);
    if (demand !== 0n && answered !== SETTLED && epoch !== open) due.push(wallet.address);
  });
  for (const batch of batchesOf(due.toSorted(), SETTLE_BATCH)) {
    onReceipt("settle", await deliver(market.contract, keeper, "settleAccounts", [batch]));
  }
  return due.length;
}

/** In their order, so many at a time. */
export function batchesOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
