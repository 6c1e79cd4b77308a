import type { Agent, Fees } from "../../mechanism/agent.ts";
import { runRounds, type RunOptions } from "../../mechanism/dynamics.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { dynamicRegret, efficiency, resilience } from "../../mechanism/metrics.ts";
import { clear, marketOf, type EngineName } from "../engines/engine.ts";
import { termsOf } from "../engines/float.ts";

/** Who is there and on what terms in one epoch or round; `told` is what agents answer by, if not the truth. */
export type Period = { agents: readonly Agent[]; fees: Fees; told?: readonly Agent[] };

/** What became of a run in which something happens. */
export type Course = {
  /** Eq. (11): efficiency after it over efficiency before it. */
  resilience: number;
  /** The same of the exact equilibria: what it costs whatever the mechanism. */
  possible: number;
  /** Eq. (12) from then on, in % of what the equilibria reach. */
  regret: number;
  /** The same over the last half of that time. */
  lateRegret: number;
  /** Rounds that an epoch takes from then on. */
  rounds: number;
  /** Epochs that ran out of rounds, in %. */
  unsettled: number;
};

/** Efficiency reached and efficiency at the exact equilibrium, one a period, in tokens. */
type Ledger = { achieved: number[]; optimal: number[] };

const MOST_ROUNDS = 60;

/**
 * Epochs one after the other, each at the price that the last one left, as the contract has it.
 *
 * @param calm how many of them come before anything happens
 */
export async function runEpochs(
  periods: readonly Period[],
  calm: number,
  capacity: number,
  engine: EngineName,
): Promise<Course> {
  const record: Ledger = { achieved: [], optimal: [] };
  let [price, rounds, unsettled] = [0, 0, 0];
  for (const [epoch, { agents, fees, told = agents }] of periods.entries()) {
    const cleared = await clear(engine, told, { fees, capacity, initialPrice: price });
    price = cleared.price;
    record.achieved.push(efficiency(agents, cleared.allocations, fees));
    record.optimal.push(best(agents, capacity, fees));
    if (epoch < calm) continue;
    rounds += cleared.rounds;
    unsettled += Number(cleared.stop === "RoundLimit");
  }
  const count = periods.length - calm;
  return courseOf(record, calm, {
    rounds: rounds / count,
    unsettled: (100 * unsettled) / count,
  });
}

/** A disturbance within an epoch. */
export type Disturbance = {
  /** Who there is in a round, as the equilibrium counts them; those who stay away are left out. */
  presentAt: (round: number) => Period["agents"];
  /** What an agent sends; see `runRounds`. */
  answer: NonNullable<RunOptions["answer"]>;
  /** The round in which it begins. */
  from: number;
  options?: RunOptions;
};

/**
 * One epoch with something happening in it, in doubles: no other engine takes agents that answer as they please. A round serves standing demands, cut by min(1, m/Ŝ): what is handed out beyond m would
 * count as a gain. Before it stands the same market left alone, settled.
 *
 * @param agents all that ever take part; `answer` and `presentAt` go by their places
 */
export function runWithin(
  agents: readonly Agent[],
  { presentAt, answer, from, options = {} }: Disturbance,
  fees: Fees,
  capacity: number,
): Course {
  const market = { ...marketOf({ fees, capacity }), maxRounds: MOST_ROUNDS };
  const before = presentAt(0);
  const calm = runRounds(before, termsOf(before, market));
  const { rounds, stop, allocations } = runRounds(agents, termsOf(agents, market), {
    ...options,
    answer,
    recordDemands: true,
  });
  const record: Ledger = {
    achieved: [efficiency(before, calm.allocations, fees)],
    optimal: [best(before, capacity, fees)],
  };
  // A market that settles before anything happens has its last round to show.
  rounds.slice(Math.min(from, rounds.length - 1)).forEach(({ round, total, demands }) => {
    const present = presentAt(round);
    const isLast = round === rounds.length - 1;
    const share = Math.min(1, capacity / total);
    const served = isLast ? allocations : demands!.map((x) => x * share);
    record.achieved.push(efficiencyOfPresent(agents, present, served, fees));
    record.optimal.push(best(present, capacity, fees));
  });
  return courseOf(
    record,
    1,
    { rounds: rounds.length, unsettled: stop === "RoundLimit" ? 100 : 0 },
    true,
  );
}

/** An agent that has gone is worth nothing what is still kept for it. */
function efficiencyOfPresent(
  agents: readonly Agent[],
  present: readonly Agent[],
  served: Float64Array,
  fees: Fees,
): number {
  const places = new Map(agents.map(({ id }, index) => [id, index]));
  return efficiency(
    present,
    present.map(({ id }) => served[places.get(id)!]!),
    fees,
  );
}

function best(agents: readonly Agent[], capacity: number, fees: Fees): number {
  return efficiency(agents, solveEquilibrium(agents, capacity, fees).allocations, fees);
}

/** @param isEnd whether "after" is the last period, as where an epoch settles, or all of them */
function courseOf(
  { achieved, optimal }: Ledger,
  calm: number,
  counts: Pick<Course, "rounds" | "unsettled">,
  isEnd = false,
): Course {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const after = (values: readonly number[]): number =>
    isEnd ? values.at(-1)! : mean(values.slice(calm));
  const regretFrom = (from: number): number => {
    const [wanted, got] = [optimal.slice(from), achieved.slice(from)];
    return (100 * dynamicRegret(wanted, got)) / (wanted.length * mean(wanted));
  };
  return {
    resilience: resilience(mean(achieved.slice(0, calm)), after(achieved)),
    possible: resilience(mean(optimal.slice(0, calm)), after(optimal)),
    regret: regretFrom(calm),
    lateRegret: regretFrom(calm + Math.floor((optimal.length - calm) / 2)),
    ...counts,
  };
}
