import type { SignedDemand } from "./signed-demand.ts";

/** A demand that the relay holds, and what became of it. */
export type Held = {
  demand: SignedDemand;
  /** `waiting` for its batch, `sent` in it, `counted` by the market, `skipped` by it, or `dropped` by the relay. */
  status: "waiting" | "sent" | "counted" | "skipped" | "dropped";
  /** Why it was skipped or dropped. */
  reason?: string;
  /** The transaction that carried it. */
  hash?: string;
  /** Whether a batch with it has failed: nobody knows whether it has arrived. */
  isDoubtful?: boolean;
};

/** The last demand of each agent. */
export type Pool = {
  /** Take a demand in; one of the same round is not replaced. */
  add: (demand: SignedDemand) => void;
  of: (agent: string) => Held | undefined;
  /** Those of this round that wait, the oldest first. */
  waiting: (round: { epoch: bigint; round: bigint }) => Held[];
  /** Those that wait for another round than this will not be sent any more. */
  dropOthers: (round: { epoch: bigint; round: bigint }) => number;
};

export function createPool(): Pool {
  const held = new Map<string, Held>();
  const isOf = (round: { epoch: bigint; round: bigint }, { demand }: Held): boolean =>
    demand.epoch === round.epoch && demand.round === round.round;
  return {
    add: (demand) => {
      const last = held.get(demand.agent);
      if (last !== undefined && last.status !== "dropped" && isOf(demand, last)) return;
      // Deleted first: a map keeps its keys in the order they came.
      held.delete(demand.agent);
      held.set(demand.agent, { demand, status: "waiting" });
    },
    of: (agent) => held.get(agent),
    waiting: (round) =>
      [...held.values()].filter((one) => one.status === "waiting" && isOf(round, one)),
    dropOthers: (round) => {
      const late = [...held.values()].filter(
        (one) => one.status === "waiting" && !isOf(round, one),
      );
      for (const one of late)
        Object.assign(one, { status: "dropped", reason: "its round is over" });
      return late.length;
    },
  };
}
