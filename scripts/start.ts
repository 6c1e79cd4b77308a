// The main job: clear a market and show it, on a chain of its own or on any node. See --help.
import { helpText } from "./input/flags.ts";
import { loadRun } from "./input/load-run.ts";
import { finish, openView } from "./output/show-run.ts";
import { openChain } from "./run/chain.ts";
import { checkOutputFolder } from "./run/deployment-file.ts";
import { deployMarket } from "./run/deploy-market.ts";
import { ensureBuilt } from "./run/embedded-chain.ts";
import { runCommand } from "./run/main.ts";
import { runFleet } from "./run/run-fleet.ts";
import { keysFor } from "./run/wallets.ts";

await runCommand(
  () => helpText(),
  async (argv) => {
    const { market, agents, seed, options } = loadRun(argv, process.cwd());
    await checkOutputFolder(options.out);
    const view = openView(market, agents.length, options.json);
    const chain = await openChain(options);
    try {
      view.note("compiling");
      await ensureBuilt();
      view.note("deploying and funding");
      const keys = await keysFor(chain.provider, agents.length, chain.mnemonic);
      const deployment = await deployMarket(chain.url, chain.provider, market, agents, keys);
      const run = await runFleet({ ...chain, market, agents, seed, keys, deployment, view });
      await finish(run, options, view);
    } finally {
      view.close();
      await chain.close();
    }
  },
);
