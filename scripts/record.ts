// What a run leaves behind: the shapes of summary.json, rounds.json and the rows of allocations.csv.
// Numbers are for people and plots; `exact` holds the on-chain values as decimal strings: quantities and prices with
// 18 decimals, money with the token's.

import type { RoundFigures } from "../agents/round-figures.ts";

export type Reason = "Converged" | "Rationed" | "RoundLimit";

/** One closed round. Quantities in units, prices in tokens per unit. */
export type RoundRecord = RoundFigures & {
  /** Of the market: others than `agents` may be among them. */
  members: number;
  /** Standing demand of every agent, in the order of `agents`. */
  demands: number[];
  /** Eq. (8) and eq. (9) at the standing demands; participation is the share of agents above zero. */
  efficiency: number;
  gini: number;
  participation: number;
  gas: { submit: number; close: number };
  exact: { price: string; nextPrice: string; demand: string; movement: string; demands: string[] };
};

/** rounds.json */
export type RunRecord = {
  market: string;
  capacity: number;
  /** From the exact solver, for comparison. */
  equilibriumPrice: number;
  /** Eq. (8) at the exact equilibrium. */
  optimalEfficiency: number;
  agents: string[];
  rounds: RoundRecord[];
};

/** Gas of one kind of transaction. */
export type GasOf = { count: number; mean: number; max: number; total: number };

/** summary.json */
export type Summary = {
  market: string;
  seed: number | null;
  n: number;
  /** Members of the market that are not of the run, whose valuations it does not know. */
  others: number;
  capacity: number;
  unitFee: number;
  executionFee: number;
  progressiveFee: number;
  policy: "Refunding" | "PerSubmission";
  rule: "Constant" | "InverseSqrt" | "RobbinsMonro" | "Secant";
  samples: number;
  gamma: number;
  strategy: string;
  reason: Reason;
  rounds: number;
  price: number;
  equilibriumPrice: number;
  /** Of all members, as are fees and revenue; what follows utilisation is of the run's agents. */
  demand: number;
  allocated: number;
  utilisation: number;
  efficiency: number;
  optimalEfficiency: number;
  gini: number;
  participation: number;
  /** Of the epoch: charges booked for the treasury and payments booked for the provider, tokens. */
  fees: number;
  revenue: number;
  gas: {
    deploy: number;
    join: number;
    submit: GasOf;
    close: GasOf;
    trim: GasOf;
    settle: GasOf;
    total: number;
  };
  token: { symbol: string; decimals: number; address: string };
  contract: string;
  chainId: number;
  exact: {
    capacity: string;
    price: string;
    demand: string;
    allocated: string;
    fees: string;
    revenue: string;
  };
};

/** A row of allocations.csv, exact decimal strings. `charge` and `payment` are what the agent paid in all. */
export type AllocationRow = {
  id: string;
  address: string;
  demand: string;
  allocation: string;
  charge: string;
  payment: string;
  deposited: string;
  balance: string;
};
