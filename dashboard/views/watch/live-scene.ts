import type { Replay, ReplayedEpoch, ReplayedRound } from "../../../agents/replay.ts";
import { roundFigures } from "../../../agents/round-figures.ts";
import { numberFromFixed } from "../../../mechanism/fixed-point.ts";
import { feesCollected, gini, participation, providerRevenue } from "../../../mechanism/metrics.ts";
import { settledAccount } from "../../../mechanism/twin-accounts.ts";
import type { Followed } from "../../market/link.ts";
import type { OpenRound, Round, Scene, Share } from "./scene.ts";

// A closed round never changes.
const known = new WeakMap<ReplayedRound, Round>();

/**
 * An epoch of a market that is followed.
 *
 * @param wanted its number; the last one if not given, or if there is no such epoch
 */
export function liveScene(followed: Followed, wanted?: number): Scene {
  const { reading, replay, market: onChain, name } = followed;
  const { market } = replay;
  const number = Number(market.posted.epoch);
  const shown = wanted !== undefined && wanted >= 1 && wanted < number ? wanted : number;
  const epoch = replay.epochs[shown - 1];
  const scene: Scene = {
    key: `${reading} ${shown}`,
    market: name ?? `Market ${onChain.address.slice(0, 8)}…`,
    symbol: onChain.tokenSymbol,
    epoch: shown,
    epochs: replay.epochs.map((each) => Number(each.epoch)),
    capacity: 0,
    fees: undefined,
    rounds: [],
    open: undefined,
    reason: epoch?.reason ?? null,
    members: Number(market.totals.members),
    shares: [],
    revenue: 0,
    charges: 0,
  };
  if (epoch === undefined) return scene;
  const capacity = numberFromFixed(epoch.capacity);
  const fees = {
    unitFee: numberFromFixed(epoch.unitFee),
    executionFee: numberFromFixed(epoch.executionFee),
    progressiveFee: numberFromFixed(epoch.progressiveFee),
  };
  const closed = replay.rounds.filter((round) => round.epoch === epoch.epoch);
  const open = epoch.reason === null ? openRound(followed) : undefined;
  const shares = sharesOf(replay, epoch, closed.at(-1));
  const rounds = closed.map((round) => roundOf(round, capacity));
  const price = open?.price ?? rounds.at(-1)?.price ?? 0;
  const settled = shares.map(({ demand, allocation }) => allocation ?? demand);
  const isBooked =
    epoch.reason !== null && epoch.allocations.size >= (closed.at(-1)?.demands.size ?? 0);
  const booked = (value: bigint): number => numberFromFixed(value, onChain.tokenDecimals);
  return {
    ...scene,
    capacity,
    fees,
    rounds,
    open,
    shares,
    revenue: isBooked ? booked(epoch.revenue) : providerRevenue(settled, price),
    charges:
      isBooked || market.policy === "PerSubmission"
        ? booked(epoch.fees)
        : feesCollected(settled, fees),
  };
}

function roundOf(round: ReplayedRound, capacity: number): Round {
  let figures = known.get(round);
  if (figures === undefined) {
    const demands = new Float64Array(Math.max(round.members, round.demands.size));
    let at = 0;
    for (const demand of round.demands.values()) demands[at++] = numberFromFixed(demand);
    figures = {
      ...roundFigures(round, capacity),
      gini: gini(demands),
      participation: participation(demands),
    };
    known.set(round, figures);
  }
  return figures;
}

function openRound({ replay, clock }: Followed): OpenRound {
  const { posted, totals } = replay.market;
  return {
    round: Number(posted.round),
    price: numberFromFixed(posted.price),
    demand: numberFromFixed(totals.demand),
    answered: Number(totals.answered),
    members: Number(totals.members),
    deadline: Number(totals.deadline),
    clock: { time: Number(clock.time), at: clock.at },
  };
}

/** What every agent asks for in the epoch, and once that has ended what it got. */
function sharesOf(
  { market }: Replay,
  { epoch, reason, allocations }: ReplayedEpoch,
  last: ReplayedRound | undefined,
): Share[] {
  return [...market.accounts].map(([id, account]) => {
    if (reason === null) {
      const stands = account.epoch === epoch && account.demand !== 0n;
      return { id, demand: stands ? numberFromFixed(account.demand) : 0, allocation: undefined };
    }
    const demand = last?.demands.get(id) ?? 0n;
    // Who has not been settled yet is shown as it will be.
    const due = account.epoch === epoch ? settledAccount(market, id).demand : 0n;
    return {
      id,
      demand: numberFromFixed(demand),
      allocation: numberFromFixed(demand === 0n ? 0n : (allocations.get(id) ?? due)),
    };
  });
}
