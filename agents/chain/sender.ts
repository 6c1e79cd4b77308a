import type { HDNodeWallet, Wallet } from "ethers";

import type { Call, DeliveryOptions, Mined } from "./call.ts";
import { deliver } from "./delivery.ts";
import type { Standing } from "./standing.ts";

export type Sender = {
  /**
   * One transaction at a time for each key, in the order they come: so no nonce is skipped.
   *
   * @throws Refused if the market refuses it, Overtaken, BudgetSpent, BudgetInUse, Stopped, ChainError
   */
  send: (wallet: Wallet | HDNodeWallet, call: Call) => Promise<Mined>;
  /** Hashes of what is on its way, the newest version of each. */
  onTheirWay: () => string[];
};

export function createSender(options: DeliveryOptions): Sender {
  const queues = new Map<string, Promise<unknown>>();
  const standing = new Map<string, Standing>();
  return {
    send: async (wallet, call) => {
      const before = queues.get(wallet.address);
      const mine = (async (): Promise<Mined> => {
        await before?.catch(() => undefined);
        return deliver(options, standing, wallet, call);
      })();
      queues.set(wallet.address, mine);
      try {
        return await mine;
      } finally {
        if (queues.get(wallet.address) === mine) queues.delete(wallet.address);
      }
    },
    onTheirWay: () => [...standing.values()].map(({ versions }) => versions.at(-1)!.hash),
  };
}
