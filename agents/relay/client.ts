import type { HDNodeWallet, Wallet } from "ethers";

import type { Deliver } from "../fleet.ts";
import { readRules, readTotals, type Market } from "../market.ts";
import { bodyOf } from "./request.ts";
import { signDemand, type Demand } from "./signed-demand.ts";

export type RelayOptions = {
  /** The relay's URL. */
  relay: string;
  market: Market;
  chainId: bigint;
  /** Unix seconds that the next block would have, as far as is known. */
  now: () => Promise<bigint>;
  /** Milliseconds that it has for an answer. Default 2 s. */
  timeout?: number | undefined;
  /** Told of what the relay does not take, or what it took and did not bring in time. */
  onFallback: (agent: string, reason: string) => void;
};

/** The relay has until this part of the round's length is left; then an agent submits by itself. */
const MARGIN = { part: 1n, of: 4n };
const TIMEOUT = 2_000;
/** So many of a round without an answer, and the others do not wait for one. */
const PATIENT_SILENCES = 3;
/** The agent has sent nothing: somebody else pays. */
const NOTHING_SENT = { hash: "", gasUsed: 0n };

/**
 * Deliver demands over a relay, everything else directly. An agent is looked after again and again until its answer is
 * on the chain: the first time its demand is signed and posted, later it waits; and once a quarter of the round is left,
 * or at once where the relay does not take it, it is submitted directly. What the relay says is not believed: the chain
 * tells what has arrived.
 */
export function viaRelay(direct: Deliver, options: RelayOptions): Deliver {
  /** By agent: its last answer, and why the relay has not taken it. */
  const posted = new Map<string, { answer: string; refusal: string | null }>();
  const silences = { round: "", count: 0 };
  let times: { round: string; from: bigint } | undefined;

  /** When the agents of this round stop waiting, unix seconds. */
  const endOfWaiting = async (round: string): Promise<bigint> => {
    if (times?.round !== round) times = { round, from: await marginOf(options.market) };
    return times.from;
  };

  /** @returns why the relay does not take it; null if it says it does */
  const offer = async (
    wallet: Wallet | HDNodeWallet,
    round: string,
    demand: Demand,
  ): Promise<string | null> => {
    if (silences.round !== round) Object.assign(silences, { round, count: 0 });
    if (silences.count >= PATIENT_SILENCES)
      return "the relay has not answered others of this round";
    try {
      return await post(options, wallet, demand);
    } catch (error) {
      if (silences.round === round) silences.count++;
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      return `the relay does not answer: ${cause instanceof Error ? cause.message : String(cause)}`;
    }
  };

  return async (contract, wallet, method, args, gasLimit) => {
    if (method !== "submit" && method !== "submitSamples") {
      return direct(contract, wallet, method, args, gasLimit);
    }
    const [epoch, round, given] = args as [bigint, bigint, bigint | bigint[]];
    const demand = { agent: wallet.address, epoch, round, demand: meanOf(given) };
    const name = `${epoch}/${round}`;
    // After a reorganisation the same round may have another price, and another answer.
    const answer = `${name}/${demand.demand}`;
    let said = posted.get(wallet.address);
    if (said?.answer !== answer) {
      said = { answer, refusal: await offer(wallet, name, demand) };
      posted.set(wallet.address, said);
      if (said.refusal === null) return NOTHING_SENT;
      options.onFallback(wallet.address, said.refusal);
    } else if (said.refusal === null) {
      if ((await options.now()) < (await endOfWaiting(name))) return NOTHING_SENT;
      options.onFallback(wallet.address, "the relay has not brought the demand to the chain");
    }
    return direct(contract, wallet, method, args, gasLimit);
  };
}

async function marginOf(market: Market): Promise<bigint> {
  const [{ deadline }, { roundLength }] = await Promise.all([
    readTotals(market),
    readRules(market),
  ]);
  return deadline - (roundLength * MARGIN.part) / MARGIN.of;
}

/** @returns why the relay does not take it; null if it says it does. @throws what fetch throws if it does not answer */
async function post(
  { relay, market, chainId, timeout = TIMEOUT }: RelayOptions,
  wallet: Wallet | HDNodeWallet,
  answer: Demand,
): Promise<string | null> {
  const demand = await signDemand(wallet, { chainId, address: market.address }, answer);
  const response = await fetch(new URL("demands", relay.endsWith("/") ? relay : `${relay}/`), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: bodyOf(demand),
    redirect: "error",
    signal: AbortSignal.timeout(timeout),
  });
  const said = await beginningOf(response);
  return response.status === 202 ? null : `the relay answers ${response.status}: ${said}`;
}

/** The first piece of what the relay says; it may never come to an end. */
async function beginningOf({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  const piece = await reader?.read();
  await reader?.cancel();
  return new TextDecoder().decode(piece?.value).slice(0, 200).trim();
}

/** As the market takes it from samples: rounded down. */
function meanOf(given: bigint | readonly bigint[]): bigint {
  if (typeof given === "bigint") return given;
  return given.reduce((sum, sample) => sum + sample, 0n) / BigInt(given.length);
}
