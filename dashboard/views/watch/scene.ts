import type { RoundFigures } from "../../../agents/round-figures.ts";
import type { Fees } from "../../../mechanism/agent.ts";
import type { Reason } from "../../../scripts/record.ts";

/** A closed round as Watch shows it. Shares and indices are between 0 and 1. */
export type Round = RoundFigures & {
  gini: number;
  participation: number;
  /** Known only where the agents' valuations are: in a recorded run. */
  efficiency?: number;
  /** A recorded run's, of all demands together and of the close. */
  gas?: { submit: number; close: number };
};

/** The round that agents answer now. */
export type OpenRound = {
  round: number;
  price: number;
  /** Of all standing demands so far, units. */
  demand: number;
  answered: number;
  members: number;
  /** Unix seconds by the chain's clock. */
  deadline: number;
  /** The chain's time, and when that was by `performance.now()`. */
  clock: { time: number; at: number };
};

/** What an agent asks for and what it got, units. */
export type Share = { id: string; demand: number; allocation: number | undefined };

/** Whether what the agents got is known; a record has what they asked for. */
export function isAllocated({ shares }: Scene): boolean {
  return shares.some(({ allocation }) => allocation !== undefined);
}

/** One epoch of a market, as it stands or as it stood, wherever it was read from. */
export type Scene = {
  /** One for every epoch of every market read: what was drawn of another is of no use. */
  key: string;
  market: string;
  /** The payment token's. */
  symbol: string;
  /** From 1; 0 while none has been opened. */
  epoch: number;
  /** All that can be shown, oldest first. */
  epochs: number[];
  capacity: number;
  fees: Fees | undefined;
  rounds: Round[];
  open: OpenRound | undefined;
  /** Why it ended; null while it is open, and where a record does not say. */
  reason: Reason | null;
  members: number;
  /** Every agent's. */
  shares: Share[];
  /** Tokens: what provider and treasury get, or would if the round were closed now. */
  revenue: number;
  charges: number;
  /** From the exact solver, in a recorded run. */
  equilibriumPrice?: number;
};
