import { ChainError } from "../errors.ts";
import type { Budget } from "./budget.ts";
import type { FeePolicy } from "./fees.ts";
import type { Heads } from "./head.ts";
import type { FleetProvider } from "./provider.ts";
import type { Log } from "./receipt.ts";
import type { Transport } from "./transport.ts";

/** What is to be sent. */
export type Call = {
  to: string;
  data: string;
  /** Asked of the node if missing. */
  gasLimit?: bigint | undefined;
  /** Whether it is still worth it. Asked at each look; what is on its way then is left for the next call to replace. */
  isWanted?: (() => boolean) | undefined;
  /**
   * Whether the chain has not got it yet. Asked when the nonce is known: what a former life has sent was mined before,
   * and is seen, or it wants the same nonce, and cannot be mined beside this.
   */
  isMissing?: (() => Promise<boolean>) | undefined;
  /** Told what was spent on it, wei, whatever became of it. */
  onSpent?: ((wei: bigint) => void) | undefined;
};

/** A transaction that the chain has taken and the contract too. */
export type Mined = { hash: string; gasUsed: bigint; cost: bigint; logs: Log[] };

/** What befalls a transaction on its way; counted by these names. */
export const STEPS = [
  "sent",
  "sent again",
  "replaced",
  /** Its fee is at the cap, or the budget's end, and does not suffice. */
  "capped",
  /** A transaction of a former life stands at its nonce. */
  "former",
  /** Another took its nonce, or a reorganisation its place. */
  "overtaken",
  "mined",
  "reverted",
] as const;
export type Step = (typeof STEPS)[number];

/** The nonce went to another transaction, or this one is not wanted any more: what is to be done now, the chain says. */
export class Overtaken extends ChainError {
  override readonly name = "Overtaken";
}

export type DeliveryOptions = {
  chainId: bigint;
  transport: Transport;
  provider: FleetProvider;
  heads: Heads;
  fees: FeePolicy;
  budget: Budget;
  /** What each sender keeps at least, wei. */
  keep: bigint;
  /** Milliseconds between looks at the chain. */
  polling: number;
  /** When it is aborted, what is on its way is left alone. */
  signal: AbortSignal;
  onStep?: (step: Step, about: Record<string, unknown>) => void;
};
