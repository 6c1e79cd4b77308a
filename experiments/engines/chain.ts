import type { Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { numberFromFixed } from "../../mechanism/fixed-point.ts";
import { openChain, type Chain } from "../../scripts/run/chain.ts";
import { deployMarket } from "../../scripts/run/deploy-market.ts";
import { ensureBuilt } from "../../scripts/run/embedded-chain.ts";
import { lastEpoch } from "../../scripts/run/record-run.ts";
import { runFleet } from "../../scripts/run/run-fleet.ts";
import { keysFor } from "../../scripts/run/wallets.ts";
import type { Cleared } from "./engine.ts";

/** One embedded chain for all the markets of a run. */
let open: Promise<Chain> | undefined;

/** The rounds on an embedded chain: a market deployed, bots that answer it, all read from its events. */
export async function clearByChain(agents: readonly Agent[], market: Market): Promise<Cleared> {
  open ??= ensureBuilt().then(() => openChain({}));
  const chain = await open;
  const keys = await keysFor(chain.provider, agents.length);
  const deployment = await deployMarket(chain.url, chain.provider, market, agents, keys);
  const nobody = (): void => undefined;
  const view = { joining: nobody, answers: nobody, round: nobody };
  const { context, replayed } = await runFleet({
    ...chain,
    market,
    agents,
    seed: 0,
    keys,
    deployment,
    view,
  });
  const rounds = lastEpoch(replayed);
  return {
    allocations: Float64Array.from(context.addresses, (address) =>
      numberFromFixed(replayed.statements.get(address)?.allocation ?? 0n),
    ),
    price: numberFromFixed(rounds.at(-1)!.price),
    rounds: rounds.length,
    stop: replayed.reason!,
  };
}

/** Stop the embedded chain, if one was started. */
export async function closeChain(): Promise<void> {
  const chain = await open;
  open = undefined;
  await chain?.close();
}
