// Everything at once, to be watched: a chain, a market, its bots and the page. Ctrl-C ends all of it. See --help.
import { openMarket } from "../agents/market.ts";
import type { LocalMarkets } from "../markets/local-markets.ts";
import { buildDashboard } from "./dashboard/build.ts";
import { runEpochs } from "./dashboard/demo-epochs.ts";
import { PORT, serveDashboard } from "./dashboard/serve.ts";
import { helpText } from "./input/flags.ts";
import { loadRun } from "./input/load-run.ts";
import { openChain } from "./run/chain.ts";
import { deployMarket } from "./run/deploy-market.ts";
import { ensureBuilt } from "./run/embedded-chain.ts";
import { runCommand } from "./run/main.ts";
import { depositOf } from "./run/parameters.ts";
import { botOf } from "./run/run-fleet.ts";
import { keysFor } from "./run/wallets.ts";

const groups = ["market", "agents", "bots"] as const;

await runCommand(
  () => helpText(groups),
  async (argv) => {
    const { market, agents, seed } = loadRun(argv, process.cwd(), groups);
    await Promise.all([buildDashboard(), ensureBuilt()]);
    const { provider, url } = await openChain({});
    const local: LocalMarkets = { rpc: url, markets: [] };
    const page = await serveDashboard(PORT, () => Promise.resolve(local));
    console.log(`page      ${page.url}\nnode      ${url}`);
    console.log(`agents    ${agents.length}, being funded`);

    const keys = await keysFor(provider, agents.length);
    const { contract, block, chainId } = await deployMarket(url, provider, market, agents, keys);
    local.markets.push({ chainId, address: contract, block, name: market.name });
    console.log(`market    ${contract}\nCtrl-C ends all of it`);

    await runEpochs(
      {
        market: await openMarket(contract, keys.operator),
        provider,
        members: agents.map((agent, index) => ({
          bot: botOf(market, agent, seed ?? 0),
          wallet: keys.agents[index]!,
          deposit: depositOf(market, agent),
        })),
        keeper: keys.operator,
        fromBlock: block,
        terms: market,
        agents,
      },
      (epoch) => console.log(`epoch ${epoch} is open`),
    );
  },
);
