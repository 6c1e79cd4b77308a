import { formatEther } from "ethers";

import type { Call } from "../chain/call.ts";
import type { Sender } from "../chain/sender.ts";
import type { Deliver } from "../fleet.ts";
import { readAccount, readSettledAccount, type Market } from "../market.ts";
import { hasAnswered } from "../posting.ts";
import type { TransactionKind } from "../send.ts";
import type { Metrics } from "./metrics.ts";
import type { Standing } from "./operate.ts";

const KINDS: Record<string, TransactionKind> = {
  approve: "join",
  deposit: "join",
  submit: "submit",
  submitSamples: "submit",
  closeRound: "close",
  trim: "trim",
  settleAccounts: "settle",
};

/** How a fleet's transactions reach the chain, and how they are counted. */
export function deliverBy(
  sender: Sender,
  market: Market,
  standing: Standing,
  metrics: Metrics,
): Deliver {
  return async (contract, wallet, method, args, gasLimit) => {
    const kind = KINDS[method] ?? "other";
    const [epoch, round] = (
      kind === "submit" ? args : [standing.epoch, standing.round]
    ) as bigint[];
    const isStill = (): boolean =>
      standing.isOpen && standing.epoch === epoch && standing.round === round;
    const isMissing = async (): Promise<boolean> => {
      if (kind === "submit") {
        const account = await readSettledAccount(market, wallet.address);
        return !hasAnswered(account, { epoch: epoch!, round: round! });
      }
      return (await readAccount(market, wallet.address)).epoch === 0n;
    };
    const call: Call = {
      to: await contract.getAddress(),
      data: contract.interface.encodeFunctionData(method, args),
      gasLimit,
      isWanted: kind === "submit" || kind === "close" ? isStill : undefined,
      // The others do no harm twice.
      isMissing: kind === "submit" || method === "deposit" ? isMissing : undefined,
      onSpent: (wei) => metrics.spent.inc({ kind }, Number(formatEther(wei))),
    };
    const mined = await sender.send(wallet, call);
    metrics.outcomes.inc({ kind, outcome: "mined" });
    return mined;
  };
}
