// Deploy a market to a node, fund its agents: npm run deploy -- --network localhost
import { helpText } from "./input/flags.ts";
import { asksForHelp } from "../markets/given-flags.ts";
import { loadRun } from "./input/load-run.ts";
import { nodeOf, openChain } from "./run/chain.ts";
import { deployMarket } from "./run/deploy-market.ts";
import { checkOutputFolder, writeDeployment } from "./run/deployment-file.ts";
import { ensureBuilt } from "./run/embedded-chain.ts";
import { runMain } from "./run/main.ts";
import { keysFor } from "./run/wallets.ts";

await runMain(async () => {
  const argv = process.argv.slice(2);
  if (asksForHelp(argv)) {
    console.log(helpText());
    return;
  }
  const { market, agents, options } = loadRun(argv, process.cwd());
  await checkOutputFolder(options.out);
  const node = nodeOf(options);
  const chain = await openChain(node);
  try {
    await ensureBuilt();
    const keys = await keysFor(chain.provider, agents.length);
    const deployment = await deployMarket(chain.url, chain.provider, market, agents, keys);
    const { deploy, fund } = deployment.gas;
    const where = Object.entries(node).map(([flag, value]) => `--${flag} ${value}`);
    const file = await writeDeployment(options.out, { ...deployment, market });
    console.log(`market    ${market.name}: ${deployment.contract}
token     ${market.token.symbol}: ${deployment.token}
chain     ${deployment.chainId} at ${chain.url}
agents    ${agents.length} funded
gas       ${deploy.toLocaleString("en")} to deploy, ${fund.toLocaleString("en")} to fund
written   ${file}
next      npm run bots -- ${where.join(" ")}`);
  } finally {
    await chain.close();
  }
});
