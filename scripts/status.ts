// What a market is doing, the one deployed last on the chain if none is named, read from the chain alone: npm run status -- --network localhost
import path from "node:path";

import type { JsonRpcProvider } from "ethers";

import { blockBefore, readLogs } from "../agents/events.ts";
import { openMarket } from "../agents/market.ts";
import { replay } from "../agents/replay.ts";
import { formatFixed } from "../mechanism/fixed-point.ts";
import { parseFlags, helpText, type Flags } from "./input/flags.ts";
import { nodeOf, openChain } from "./run/chain.ts";
import { readDeployment } from "./run/deployment-file.ts";
import { runCommand } from "./run/main.ts";

const groups = ["network", "deployed", "output"] as const;

await runCommand(
  () => helpText(groups),
  async (argv) => {
    const flags = parseFlags(argv, groups);
    const chain = await openChain(nodeOf(flags));
    try {
      const { provider } = chain;
      const { chainId } = await provider.getNetwork();
      const { contract, block, name } = await find(provider, flags, Number(chainId));
      const onChain = await openMarket(contract, provider);
      const {
        market: twin,
        rounds,
        reason,
      } = replay(await readLogs(provider, contract, block, await provider.getBlockNumber()));
      const { posted, totals, funds } = twin;
      const isOpen = posted.samples !== 0n;
      const deadline = new Date(Number(totals.deadline) * 1_000).toISOString();
      const money = (value: bigint): string =>
        `${formatFixed(value, onChain.tokenDecimals)} ${onChain.tokenSymbol}`;
      const open = `round ${posted.round} open until ${deadline} or until all have answered`;
      const state = isOpen ? open : reason === null ? "no epoch opened yet" : `settled: ${reason}`;
      const status = {
        market: name,
        contract,
        chain: Number(chainId),
        epoch: Number(posted.epoch),
        state,
        roundsClosed: rounds.length,
        price: `${formatFixed(posted.price)} ${onChain.tokenSymbol} a unit`,
        demand: `${formatFixed(totals.demand)} of ${formatFixed(posted.capacity)} units`,
        answered: `${totals.answered} of ${totals.members} members`,
        revenue: money(funds.revenue),
        fees: money(funds.fees),
      };
      if (flags.json) console.log(JSON.stringify(status, null, 2));
      else
        for (const [name, value] of Object.entries(status))
          console.log(`${name.padEnd(13)} ${value}`);
    } finally {
      await chain.close();
    }
  },
);

/** A market is told by its address alone; what it is called is known only where it was deployed. */
async function find(
  provider: JsonRpcProvider,
  { out, marketAddress }: Flags,
  chainId: number,
): Promise<{ contract: string; block: number; name: string }> {
  try {
    const { market, ...deployment } = await readDeployment(
      path.resolve(out),
      chainId,
      marketAddress,
    );
    return { ...deployment, name: market.name };
  } catch (error) {
    if (marketAddress === undefined) throw error;
    await openMarket(marketAddress, provider);
    const block = await blockBefore(provider, marketAddress);
    return { contract: marketAddress, block, name: "not deployed from here" };
  }
}
