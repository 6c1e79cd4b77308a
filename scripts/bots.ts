// Run the agents of a market, the one deployed last if none is named, until its epoch is settled: npm run bots -- --network localhost
import path from "node:path";

import { parseFlags, helpText } from "./input/flags.ts";
import { loadAgents, seedOf } from "./input/load-run.ts";
import { finish, openView } from "./output/show-run.ts";
import { nodeOf, openChain } from "./run/chain.ts";
import { checkOutputFolder, readDeployment } from "./run/deployment-file.ts";
import { runCommand } from "./run/main.ts";
import { runFleet } from "./run/run-fleet.ts";
import { keysFor } from "./run/wallets.ts";

const groups = ["network", "deployed", "output"] as const;

await runCommand(
  () => helpText(groups),
  async (argv) => {
    const flags = parseFlags(argv, groups);
    const options = { json: flags.json, out: path.resolve(flags.out) };
    await checkOutputFolder(options.out);
    const chain = await openChain(nodeOf(flags));
    try {
      const { chainId } = await chain.provider.getNetwork();
      const { market, ...deployment } = await readDeployment(
        options.out,
        Number(chainId),
        flags.marketAddress,
      );
      const agents = loadAgents(market.agents, process.cwd());
      const seed = seedOf(market.agents);
      const keys = await keysFor(chain.provider, agents.length, chain.mnemonic);
      const view = openView(market, agents.length, options.json);
      try {
        const run = await runFleet({ ...chain, market, agents, seed, keys, deployment, view });
        await finish(run, options, view);
      } finally {
        view.close();
      }
    } finally {
      await chain.close();
    }
  },
);
