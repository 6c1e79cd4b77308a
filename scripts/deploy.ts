// Deploy a market to a node, fund its agents: npm run deploy -- --network localhost
import { everyGroup, helpText, type FlagGroup } from "./input/flags.ts";
import { loadRun } from "./input/load-run.ts";
import { nodeOf, openChain } from "./run/chain.ts";
import { adoptMarket, deployMarket } from "./run/deploy-market.ts";
import { checkOutputFolder, writeDeployment } from "./run/deployment-file.ts";
import { ensureBuilt } from "./run/embedded-chain.ts";
import { runCommand } from "./run/main.ts";
import { keysFor } from "./run/wallets.ts";

const groups: readonly FlagGroup[] = [...everyGroup, "deployed"];

await runCommand(
  () => helpText(groups),
  async (argv) => {
    const run = loadRun(argv, process.cwd(), groups);
    const { agents, options } = run;
    await checkOutputFolder(options.out);
    const node = nodeOf(options);
    const chain = await openChain(node);
    try {
      const { provider, url } = chain;
      const keys = await keysFor(provider, agents.length, chain.mnemonic);
      const address = options.marketAddress;
      if (address === undefined) await ensureBuilt();
      const { deployment, market } =
        address === undefined
          ? {
              deployment: await deployMarket(url, provider, run.market, agents, keys),
              market: run.market,
            }
          : await adoptMarket(provider, address, run.market, agents, keys);
      const { deploy, fund } = deployment.gas;
      const where = Object.entries(node).map(([flag, value]) => `--${flag} ${value}`);
      const file = await writeDeployment(options.out, { ...deployment, market });
      console.log(`market    ${market.name}: ${deployment.contract}
token     ${market.token.symbol}: ${deployment.token}
chain     ${deployment.chainId} (${node.network ?? new URL(url).host})
agents    ${agents.length} funded
gas       ${deploy.toLocaleString("en")} to deploy, ${fund.toLocaleString("en")} to fund
written   ${file}
next      npm run bots -- ${where.join(" ")}`);
    } finally {
      await chain.close();
    }
  },
);
