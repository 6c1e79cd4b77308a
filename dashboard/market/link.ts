import type { Head } from "../../agents/chain/head.ts";
import type { FleetProvider } from "../../agents/chain/provider.ts";
import type { Market } from "../../agents/market.ts";
import type { Replay } from "../../agents/replay.ts";
import { createStore } from "../store.ts";

/** A market as it is read off a chain. */
export type Followed = {
  /** Another for each time that a market was read from its start: nothing concluded from one holds for the next. */
  reading: number;
  /** The node's address. */
  rpc: string;
  chainId: bigint;
  /** What it is called where it was deployed, if that is known here. */
  name: string | undefined;
  provider: FleetProvider;
  market: Market;
  /** The last block that is in `replay`. */
  head: Head;
  /** Rebuilt from the events; changed in place, a new `Followed` says so. */
  replay: Replay;
  /** The chain's time in unix seconds, and when that was by `performance.now()`. */
  clock: { time: bigint; at: number };
};

/** How the page stands to the market it follows. */
export type Link =
  /** Nobody has said which. */
  | { status: "idle" }
  /** `note` tells in one sentence what is being done. */
  | { status: "connecting"; note: string }
  /** There is nothing to follow; `note` says why in one sentence. It is tried again. */
  | { status: "refused"; note: string }
  | { status: "live"; followed: Followed }
  /** The node no longer answers, as `note` says; what it said last is kept, and it is asked again. */
  | { status: "lost"; note: string; followed: Followed };

/** The market all views are about. */
export const link = createStore<Link>({ status: "idle" });

/** What is known of the market now, or was when the connection was lost. */
export function followedOf(now: Link): Followed | undefined {
  return now.status === "live" || now.status === "lost" ? now.followed : undefined;
}
