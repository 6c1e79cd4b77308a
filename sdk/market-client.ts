import type { TransactionReceipt } from "ethers";

import type { Posting } from "../agents/bot.ts";
import type { SignedDemand } from "../agents/relay/signed-demand.ts";
import type { Replay } from "../agents/replay.ts";
import type { REASONS } from "../mechanism/twin-arithmetic.ts";

/** Whole tokens or units as a number; as a bigint exactly: token base units, or units with 18 decimals. */
export type Amount = number | bigint;

/** The round on offer: prices and fees in tokens, quantities in units. */
export type Round = Posting & {
  /** Of all members, units. */
  demand: number;
  answered: number;
  members: number;
  /** From then on anybody may close the round, unix seconds. */
  deadline: number;
};

/** An account as it will be once an ended epoch is settled. */
export type AccountView = {
  isMember: boolean;
  /** Tokens. */
  balance: number;
  /** What can be withdrawn, tokens. */
  free: number;
  /** What stands in the open epoch, units; 0 between epochs. */
  demand: number;
  /** Whether it has answered the round on offer. */
  hasAnswered: boolean;
  /** The largest demand it can pay for at the posted price, units; 0 between epochs. */
  affordable: number;
};

/** What a demand locks, tokens: together the most it can ever cost. */
export type Quote = {
  /** τx + ½φx² + g, to the treasury. */
  charge: number;
  /** Price times demand, to the provider; less if the price falls or supply is rationed. */
  payment: number;
};

/** What an ended epoch came to for one agent. */
export type Settlement = {
  epoch: number;
  reason: (typeof REASONS)[number];
  /** μ*, tokens a unit. */
  price: number;
  /** Units. */
  allocation: number;
  /** What is left in the account, tokens. */
  balance: number;
};

/** How `rounds` follows a market. */
export type FollowOptions = {
  /** Close rounds as soon as the market lets anybody. Default false: somebody else does. */
  keeper?: boolean;
  /** Seconds between two looks at the chain. Default 1. */
  pollEvery?: number;
};

/**
 * A market on a chain, as one agent sees it. Every method throws a `ChainError` with one sentence for what its caller
 * can put right, and its kind `Refused` for what the market refuses.
 */
export type MarketClient = {
  address: string;
  token: { address: string; symbol: string; decimals: number };
  /** Of the key; undefined for one that only reads. */
  agent: string | undefined;
  /** What is on offer now; null between epochs. */
  round: () => Promise<Round | null>;
  /** Waits for an epoch, gives each of its rounds once, and ends with it. Rounds closed while the caller is busy are left out. */
  rounds: (options?: FollowOptions) => AsyncGenerator<Round, void, undefined>;
  /** @param agent the client's own if not given */
  account: (agent?: string) => Promise<AccountView>;
  /** What an agent holds outside the market and could deposit, tokens. */
  holds: (agent?: string) => Promise<number>;
  /** Take test tokens, where the token is one with a faucet: up to 1,000 a day. */
  faucet: (amount: Amount) => Promise<TransactionReceipt>;
  /** What a demand of so many units would cost at the posted price, by the contract itself. */
  quote: (demand: Amount) => Promise<Quote>;
  /**
   * Put tokens into the agent's account, approving them first if need be; the first deposit makes it a member.
   *
   * @param options.permit sign the approval, where token and signer can, instead of sending it. Default false
   */
  deposit: (amount: Amount, options?: { permit?: boolean }) => Promise<TransactionReceipt>;
  /** Take out what no demand has locked. */
  withdraw: (amount: Amount, to?: string) => Promise<TransactionReceipt>;
  /**
   * Answer a round; null if it was closed before the answer came. One demand stands for all samples of a market that
   * takes several.
   */
  submit: (
    round: Pick<Round, "epoch" | "round" | "samples">,
    demand: Amount | readonly Amount[],
  ) => Promise<TransactionReceipt | null>;
  /** Sign an answer to a round, for a relay or anybody else to hand in; `relayBody` makes a relay's request of it. */
  sign: (round: Pick<Round, "epoch" | "round">, demand: Amount) => Promise<SignedDemand>;
  /** Close the round on offer; false if the market does not let anybody yet, or somebody was first. */
  closeRound: () => Promise<boolean>;
  /** Book the ended epoch in an agent's account, unless that has been done, and tell what it came to. */
  settle: (agent?: string) => Promise<Settlement>;
  /** The market's whole story, rebuilt from its events. */
  history: (fromBlock?: number) => Promise<Replay>;
};
