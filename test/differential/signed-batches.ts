import { encodeBatch, signDemand, type SignedDemand } from "../../agents/relay/signed-demand.ts";
import type { TwinSignedDemand } from "../../mechanism/twin-state.ts";
import { submitSigned } from "../../mechanism/twin.ts";
import { marketInterface } from "./market-state.ts";
import { countRefusal, order, refusalIn, type PairedMarket } from "./paired-market.ts";

const CHAIN_ID = 31_337n;

/**
 * Hand in what agents have signed, and for those of `entries` that are not signed something else. The contract must
 * pass over what its twin does, and say why in its events.
 *
 * @throws Error if they do not agree
 */
export async function handIn(
  pair: PairedMarket,
  from: string,
  { epoch, round }: { epoch: bigint; round: bigint },
  entries: readonly TwinSignedDemand[],
): Promise<void> {
  const batch = await Promise.all(
    entries.map((entry) => signedEntry(pair, { ...entry, epoch, round })),
  );
  let expected: (string | null)[] = [];
  const args = [epoch, round, encodeBatch(batch)];
  const isTaken = await order(pair, from, "submitSigned", args, (twin) => {
    expected = submitSigned(twin, epoch, round, entries);
  });
  if (!isTaken) return;
  const skipped = expected.filter((reason) => reason !== null);
  const given = await skippedInLastBlock(pair);
  if (given.join() !== skipped.join()) {
    throw new Error(`submitSigned: chain passes over ${given.join()}, twin ${skipped.join()}`);
  }
  pair.signed += expected.length - skipped.length;
  for (const reason of skipped) countRefusal(pair, reason);
}

async function signedEntry(
  { chain, address }: PairedMarket,
  { isSigned, ...demand }: TwinSignedDemand & { epoch: bigint; round: bigint },
): Promise<SignedDemand> {
  const signer = chain.agents.find((agent) => agent.address === demand.agent)!;
  const id = { chainId: CHAIN_ID, address };
  const other = isSigned ? demand : { ...demand, round: demand.round + 1n };
  return { ...demand, signature: (await signDemand(signer, id, other)).signature };
}

async function skippedInLastBlock({ chain, address }: PairedMarket): Promise<string[]> {
  const topics = marketInterface.encodeFilterTopics("DemandSkipped", []);
  const filter = { address, topics, fromBlock: "latest", toBlock: "latest" };
  const logs = (await chain.request("eth_getLogs", [filter])) as {
    data: string;
    topics: string[];
  }[];
  return logs.map((log) => refusalIn(marketInterface.parseLog(log)!.args["reason"] as string));
}
