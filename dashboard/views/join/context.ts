import type { Signer } from "ethers";

import type { send } from "../../../agents/send.ts";
import { connectMarket } from "../../../sdk/connect-market.ts";
import type {
  AccountView,
  Amount,
  MarketClient,
  Quote,
  Round,
} from "../../../sdk/market-client.ts";
import { followedOf, link, type Followed } from "../../market/link.ts";
import { short } from "../../dom.ts";
import { createStore } from "../../store.ts";
import type { Session } from "../../wallet/session.ts";
import { tellUnsent, track } from "../../wallet/transactions.ts";
import { confirm, type Question } from "./confirm.ts";

/** All that Join shows: who is there, the market, and how they stand to each other. */
export type Now = {
  session: Session | null;
  followed: Followed | null;
  /** The round on offer; null between epochs. */
  round: Round | null;
  account: AccountView | null;
  /** What the account holds outside the market, tokens. */
  holds: number;
  /** A sentence about what could not be read; empty if nothing. */
  note: string;
};

const nothing: Now = {
  session: null,
  followed: null,
  round: null,
  account: null,
  holds: 0,
  note: "",
};

/** Kept as new as the last block, while Join is shown. */
export type Context = {
  now: ReturnType<typeof createStore<Now>>;
  /** Somebody has come, or gone. */
  enter: (session: Session | null) => void;
  /**
   * Ask whoever is there before anything is signed. A yes holds for the account and the market that were there when it
   * was asked: with another the question is withdrawn, and `transactions` tells why. One question at a time.
   */
  ask: (question: Question) => Promise<boolean>;
  /**
   * Send something to the market as whoever is there; how it fares is told in `transactions`.
   *
   * @returns whether it was done
   */
  act: (
    title: string,
    action: (client: MarketClient, sending: Sending) => Promise<unknown>,
  ) => Promise<boolean>;
  /** What a demand would cost at the posted price, by the contract itself. */
  quote: (demand: Amount) => Promise<Quote>;
  close: () => void;
};

/** For what the client has no method for. */
export type Sending = { deliver: typeof send; signer: Signer; followed: Followed };

export function createContext(): Context {
  const now = createStore<Now>(nothing);
  let reader: { market: Followed["market"]; client: MarketClient } | null = null;
  let reads = 0;
  let asking: AbortController | null = null;

  const readerOf = async ({ market, provider }: Followed): Promise<MarketClient> => {
    if (reader?.market !== market) {
      reader = { market, client: await connectMarket({ address: market.address, provider }) };
    }
    return reader.client;
  };

  const refresh = async (): Promise<void> => {
    const { session } = now.get();
    const followed = followedOf(link.get()) ?? null;
    const read = ++reads;
    if (followed === null) {
      now.set({ ...nothing, session });
      return;
    }
    try {
      const client = await readerOf(followed);
      const [round, account, holds] = await Promise.all([
        client.round(),
        session === null ? null : client.account(session.address),
        session === null ? 0 : client.holds(session.address),
      ]);
      // A later look is newer.
      if (read === reads)
        now.set({ session: now.get().session, followed, round, account, holds, note: "" });
    } catch (error) {
      if (read === reads) now.set({ ...now.get(), followed, note: (error as Error).message });
    }
  };

  const unfollow = link.follow(() => void refresh());
  return {
    now,
    enter: (session) => {
      if (session === null) now.get().session?.close();
      now.set({ ...now.get(), session, account: null, holds: 0 });
      void refresh();
    },
    ask: async (question) => {
      const { session, followed } = now.get();
      if (asking !== null || session === null || followed === null) return false;
      const { signal } = (asking = new AbortController());
      const end = now.follow((next) => {
        const why = changeOf({ session, followed }, next);
        if (why === null || signal.aborted) return;
        asking?.abort();
        tellUnsent(question.title.replace("?", ""), why);
      });
      const who = `${session.name}, account ${short(session.address)}, in the market ${followed.market.address}.`;
      const isSure = await confirm({ ...question, notes: [...question.notes, who] }, signal);
      end();
      asking = null;
      return isSure && !signal.aborted;
    },
    act: async (title, action) => {
      const { session, followed } = now.get();
      if (session === null || followed === null) return false;
      const { market } = followed;
      const token = { decimals: market.tokenDecimals, symbol: market.tokenSymbol };
      const done = await track(title, token, session.address, async (deliver) => {
        const signer = await session.signerFor(followed);
        const client = await connectMarket({ address: market.address, signer, deliver });
        return action(client, { deliver, signer, followed });
      });
      void refresh();
      return done;
    },
    quote: (demand) => reader!.client.quote(demand),
    close: () => {
      unfollow();
      asking?.abort();
      now.get().session?.close();
      reads += 1;
    },
  };
}

/** Why a question put to one account in one market is none any more; null if it still is. */
function changeOf(asked: Pick<Now, "session" | "followed">, now: Now): string | null {
  if (asked.session?.address !== now.session?.address)
    return "another account was chosen before you said yes; nothing was sent";
  if (asked.followed?.reading !== now.followed?.reading)
    return "the market was read anew, or is another, before you said yes; nothing was sent";
  return null;
}
