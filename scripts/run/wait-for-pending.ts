import type { JsonRpcProvider } from "ethers";

import { ChainError } from "../../agents/errors.ts";
import { sleep } from "../../agents/send.ts";

/**
 * What an interrupted run has sent must be mined before it is known what is missing.
 *
 * @throws ChainError if it is not within two minutes
 */
export async function waitForPending(provider: JsonRpcProvider, address: string): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    const [mined, pending] = await Promise.all(
      ["latest", "pending"].map((tag) => provider.getTransactionCount(address, tag)),
    );
    if (mined === pending) return;
    await sleep(1_000);
  }
  throw new ChainError(
    `the operator ${address} has transactions that are not mined; try again when they are`,
  );
}
