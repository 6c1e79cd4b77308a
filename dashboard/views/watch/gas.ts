import type { Log } from "ethers";

import { demandsOf, marketEventOf } from "../../../agents/market-event.ts";
import type { Replay } from "../../../agents/replay.ts";
import type { Followed } from "../../market/link.ts";
import type { Scene } from "./scene.ts";

/** What a closed round took: a demand on average, and its close. */
export type RoundGas = { round: number; submit: number; sample: number; close: number };

// A thousand demands are a thousand receipts; of these many the mean is as good.
const SAMPLE = 8;

/** Gas is in no event: it is asked for, of a few demands of a round. Each round once. */
export function createGasReader(onRead: () => void): {
  of: (followed: Followed, epoch: number) => RoundGas | undefined;
} {
  const read = new Map<string, RoundGas | "asked">();
  return {
    of: (followed, epoch) => {
      const last = followed.replay.rounds.findLast((each) => Number(each.epoch) === epoch);
      if (last === undefined) return undefined;
      // A chain started anew may have the same transactions, and other gas.
      const key = `${followed.reading} ${last.hash}`;
      const known = read.get(key);
      if (known !== undefined) return known === "asked" ? undefined : known;
      read.set(key, "asked");
      readGas(followed, last.hash)
        .then((gas) => {
          read.set(key, { round: Number(last.round), ...gas });
          onRead();
        })
        // Not worth a word; the next round is asked for anew.
        .catch(() => undefined);
      return undefined;
    },
  };
}

/** Of a recorded run's last round played, which has all of it. */
export function recordedGas({ rounds }: Scene): RoundGas | undefined {
  const last = rounds.at(-1);
  if (last?.gas === undefined) return undefined;
  const { round, answered, gas } = last;
  return { round, submit: gas.submit / answered, sample: answered, close: gas.close };
}

async function readGas(
  { provider, replay }: Followed,
  closing: string,
): Promise<Omit<RoundGas, "round">> {
  const demands = submissionsBefore(replay, closing);
  const step = Math.max(1, demands.length / SAMPLE);
  const sample = Array.from(
    { length: Math.min(SAMPLE, demands.length) },
    (_, index) => demands[Math.floor(index * step)]!,
  );
  const [close, ...receipts] = await Promise.all(
    [closing, ...sample].map((hash) => provider.getTransactionReceipt(hash)),
  );
  let [gas, count] = [0, 0];
  for (const receipt of receipts) {
    if (receipt === null) continue;
    gas += Number(receipt.gasUsed);
    // A relay hands in many with one transaction.
    for (const log of receipt.logs) count += demandsIn(log);
  }
  return { submit: gas / count, sample: count, close: Number(close?.gasUsed ?? NaN) };
}

function demandsIn(log: Log): number {
  const event = marketEventOf(log);
  return event === null ? 0 : demandsOf(event).length;
}

/** The transactions with demands of the round that this one closed. */
function submissionsBefore({ transactions }: Replay, closing: string): string[] {
  let found: string[] = [];
  for (const [hash, kind] of transactions) {
    if (hash === closing) break;
    if (kind === "close") found = [];
    else if (kind === "submit") found.push(hash);
  }
  return found;
}
