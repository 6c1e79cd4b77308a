import type { Deliver } from "../../agents/fleet.ts";
import { enrol, runEpoch, type FleetOptions } from "../../agents/fleet.ts";
import { openMarket } from "../../agents/market.ts";
import { send } from "../../agents/send.ts";
import { parseMarket } from "../../markets/market-file.ts";
import { drawAgents } from "../../mechanism/random.ts";
import type { LocalMarkets } from "../../markets/local-markets.ts";
import { openChain, type Chain, type Where } from "../../scripts/run/chain.ts";
import { deployMarket } from "../../scripts/run/deploy-market.ts";
import { ensureBuilt } from "../../scripts/run/embedded-chain.ts";
import { depositOf, parametersOf } from "../../scripts/run/parameters.ts";
import { botOf } from "../../scripts/run/run-fleet.ts";
import { keysFor } from "../../scripts/run/wallets.ts";

/** A deployed market whose agents do what a test tells them. */
export type SmallMarket = {
  /** Its own, in this process, unless another was named. */
  chain: Chain;
  address: string;
  /** As the page's server tells of it. */
  local: LocalMarkets;
  join: () => Promise<void>;
  open: (capacity: number) => Promise<void>;
  /**
   * Answer, close, round by round, and settle.
   *
   * @param beforeClose called before each round is closed
   */
  clear: (beforeClose?: () => Promise<void>) => Promise<void>;
};

/**
 * @param n how many agents of the paper's distribution
 * @param where the node it is deployed to, if there is one already
 */
export async function startSmallMarket(n: number, where: Where = {}): Promise<SmallMarket> {
  await ensureBuilt();
  const chain = await openChain(where);
  const { provider, url, waitUntil } = chain;
  const market = parseMarket(
    { name: "small", capacity: 2.5 * n, unitFee: 0.5, agents: { source: "paper", n, seed: 1 } },
    { file: "test.json" },
  );
  const agents = drawAgents(n, 1);
  const keys = await keysFor(provider, n);
  const { contract, block, chainId } = await deployMarket(url, provider, market, agents, keys);
  const onChain = await openMarket(contract, keys.operator);
  const fleet: FleetOptions = {
    market: onChain,
    provider,
    members: agents.map((agent, index) => ({
      bot: botOf(market, agent, 1),
      wallet: keys.agents[index]!,
      deposit: depositOf(market, agent),
    })),
    keeper: keys.operator,
    fromBlock: block,
    onReceipt: () => undefined,
    ...(waitUntil === undefined ? {} : { waitUntil }),
  };
  return {
    chain,
    address: contract,
    local: { rpc: url, markets: [{ chainId, address: contract, block, name: market.name }] },
    join: () => enrol(fleet),
    open: async (capacity) => {
      const parameters = parametersOf({ ...market, capacity }, agents);
      await send(onChain.contract, keys.operator, "openEpoch", [parameters]);
    },
    clear: (beforeClose) => {
      const deliver: Deliver = async (contract, wallet, method, args, gasLimit) => {
        if (method === "closeRound") await beforeClose?.();
        return send(contract, wallet, method, args, gasLimit);
      };
      return runEpoch({ ...fleet, deliver });
    },
  };
}
