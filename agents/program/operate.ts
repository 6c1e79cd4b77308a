import { formatEther } from "ethers";

import { numberFromFixed } from "../../mechanism/fixed-point.ts";
import { BudgetInUse, BudgetSpent } from "../chain/budget.ts";
import { Overtaken } from "../chain/call.ts";
import type { Head, Heads } from "../chain/head.ts";
import { pause, Stopped, unless } from "../chain/pause.ts";
import { NoAnswer } from "../chain/transport.ts";
import { Refused } from "../errors.ts";
import type { FleetOptions, Member } from "../fleet.ts";
import { settleMembers, trimStale } from "../keep.ts";
import { readOffer, readSettledAccount, readTotals, type Offer } from "../market.ts";
import { answerMember, enrolMember, isLate } from "../member.ts";
import { hasAnswered } from "../posting.ts";
import type { TransactionKind } from "../send.ts";
import { createJobs } from "./jobs.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

export type Operation = {
  fleet: FleetOptions & Required<Pick<FleetOptions, "deliver">>;
  heads: Heads;
  /** What time it is by the chain's clock, unix seconds. */
  chainTime: (head: Head) => Promise<bigint>;
  /** Whether this process closes rounds and settles. */
  keeper: boolean;
  /** Milliseconds this keeper gives others before it closes a round. */
  keeperPause: number;
  /** Milliseconds between looks at the chain. */
  polling: number;
  /** End when an epoch has ended and is settled. */
  once: boolean;
  /** No new work from then on. */
  stopping: AbortSignal;
  /** What has begun is no longer waited for. */
  leaving: AbortSignal;
  log: Log;
  metrics: Metrics;
};

/** Where the process stands, for /health and its last words. */
export type Standing = {
  epoch: bigint;
  round: bigint;
  isOpen: boolean;
  answered: number;
  /** Why nothing is sent any more; null while all is well. */
  spent: BudgetSpent | null;
};

/**
 * What has been done since the chain last changed. Work that began in an earlier view marks that one: what it has found
 * says nothing of this.
 */
type View = {
  key: string;
  /** Nothing more to do for them: they have answered, or let their demand stand. */
  done: Set<string>;
  answered: Set<string>;
  /** When this keeper could first have closed the round, on the machine's steady clock; 0 before. */
  closable: number;
  isSettled: boolean;
};

// How long somebody rests after an error that another try at once will not mend.
const REST = 10_000;

/**
 * Look at the chain, do what is missing there, look again. What is to be done follows from the chain alone, each time: a
 * process that was killed, a reorganisation or somebody who was faster need no other treatment.
 *
 * @param standing kept up to date, for others to read
 */
export async function operate(operation: Operation, standing: Standing): Promise<void> {
  const { fleet, heads, log, metrics, stopping } = operation;
  const { market, members } = fleet;
  let offer: Offer | undefined;
  let view = viewOf("");
  /** The first that was seen open: with `once` the one that is to end, and a later one none of this run's. */
  let first: bigint | undefined;
  const resting = new Map<string, number>();
  /** Why this keeper settles no more. */
  let keepersEnd: BudgetSpent | undefined;

  const isAfter = (now: Offer): boolean =>
    operation.once && first !== undefined && now.epoch > first;

  /** But for those whose budget is spent: they rest for ever. */
  const areAllIn = ({ done }: View): boolean =>
    members.every(
      ({ wallet: { address } }) => done.has(address) || resting.get(address) === Infinity,
    );
  const rest = (who: string): void => void resting.set(who, performance.now() + REST);
  const fail = (who: string, kind: TransactionKind, error: unknown): void => {
    const about = { who, kind, error };
    if (error instanceof Stopped) return;
    if (isLate(error) || error instanceof Overtaken) {
      metrics.outcomes.inc({ kind, outcome: "late" });
      log.info("somebody was first", about);
    } else if (error instanceof NoAnswer) {
      // The transport has had its pauses; the next look finds what is left to do.
      metrics.outcomes.inc({ kind, outcome: "unanswered" });
      log.warn("no node answers", about);
    } else if (error instanceof BudgetInUse) {
      // Until others are at their end; each look tries again.
      log.debug("the budget is set aside", about);
    } else if (error instanceof BudgetSpent) {
      if (error.isTotal) standing.spent ??= error;
      else resting.set(who, Infinity);
      if (who === "keeper") keepersEnd = error;
      log.error("the budget is spent", about);
    } else {
      metrics.outcomes.inc({ kind, outcome: error instanceof Refused ? "refused" : "failed" });
      log.error(error instanceof Refused ? "the market refuses" : "failed", about);
      rest(who);
    }
  };
  const jobs = createJobs(fail);

  const attend = async (member: Member, now: Offer, { answered, done }: View): Promise<void> => {
    const { address } = member.wallet;
    const account = await readSettledAccount(market, address);
    if (account.epoch === 0n) return enrolMember(fleet, member);
    if (now.open && hasAnswered(account, now)) answered.add(address);
    else if (now.open && (await answerMember(fleet, member, account, now))) return; // the next look tells
    done.add(address);
  };

  /** A courtesy: that it fails, as where a node gives no old events, holds up no round. */
  const trim = async (now: Offer): Promise<void> => {
    try {
      await trimStale(fleet, now);
    } catch (error) {
      if (error instanceof BudgetSpent || error instanceof Stopped) throw error;
      log.warn("stale demands are left as they are", { error });
    }
  };

  const keep = async (now: Offer, head: Head, seen: View): Promise<void> => {
    if (!now.open || isAfter(now)) {
      const open = now.open ? now.epoch : undefined;
      seen.isSettled = (await settleMembers(fleet, open)) === 0;
      return;
    }
    const totals = await readTotals(market);
    // Not before all of its own are in: whoever comes first could close alone until the epoch settles.
    const isComplete = totals.answered === totals.members && areAllIn(seen);
    const isPast = async (): Promise<boolean> =>
      head.timestamp >= totals.deadline || (await operation.chainTime(head)) >= totals.deadline;
    if (!isComplete && !(await isPast())) return;
    seen.closable ||= performance.now();
    if (performance.now() - seen.closable < operation.keeperPause) return;
    if (!isComplete) await trim(now);
    const { deliver, keeper, onReceipt } = fleet;
    onReceipt("close", await deliver(market.contract, keeper, "closeRound", []));
  };

  const look = async (): Promise<void> => {
    const head = await heads.observe();
    const now = (offer = await readOffer(market));
    const key = `${head.lineage}/${now.epoch}/${now.round}/${now.open}`;
    if (key !== view.key) {
      if (view.key !== "") log.info(now.open ? "round" : "epoch ended", aboutOf(now));
      view = viewOf(key);
    }
    if (now.open) first ??= now.epoch;
    const seen = view;
    const time = performance.now();
    for (const [who, until] of resting) if (until <= time) resting.delete(who);
    Object.assign(standing, { epoch: now.epoch, round: now.round, isOpen: now.open });
    standing.answered = seen.answered.size;
    metrics.head.set(head.number);
    metrics.epoch.set(Number(now.epoch));
    metrics.round.set(Number(now.round));
    metrics.isOpen.set(now.open ? 1 : 0);
    metrics.price.set(numberFromFixed(now.price));
    metrics.members.set(members.length);
    metrics.answered.set(seen.answered.size);
    metrics.resting.set(resting.size - (resting.has("keeper") ? 1 : 0));
    metrics.budgetSpent.set(standing.spent === null ? 0 : 1);
    if (standing.spent !== null || stopping.aborted) return;
    for (const member of isAfter(now) ? [] : members) {
      const { address } = member.wallet;
      if (seen.done.has(address) || resting.has(address)) continue;
      jobs.start(address, now.open ? "submit" : "join", () => attend(member, now, seen));
    }
    if (operation.keeper && !seen.isSettled && !resting.has("keeper")) {
      jobs.start("keeper", now.open ? "close" : "settle", () => keep(now, head, seen));
    }
  };

  const isOver = (): boolean => {
    if (!operation.once) return false;
    if (standing.spent !== null) throw standing.spent;
    if (offer === undefined || jobs.size() > 0) return false;
    const isEnded = offer.epoch > 0n && !offer.open && areAllIn(view);
    if (!isEnded && !isAfter(offer)) return false;
    // Nobody here looks any more whether it comes to be settled.
    if (keepersEnd !== undefined && !view.isSettled) throw keepersEnd;
    return view.isSettled || !operation.keeper;
  };

  try {
    while (!isOver()) {
      try {
        await unless(stopping, look());
      } catch (error) {
        if (stopping.aborted) break;
        log.warn("no look at the chain", { error });
      }
      await pause(operation.polling, stopping);
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  await unless(operation.leaving, jobs.idle()).catch(() => undefined);
}

function viewOf(key: string): View {
  return { key, done: new Set(), answered: new Set(), closable: 0, isSettled: false };
}

function aboutOf({ epoch, round, price }: Offer): Record<string, unknown> {
  return { epoch, round, price: formatEther(price) };
}
