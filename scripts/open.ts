// Open the next epoch of a market, the one deployed last if none is named, as its owner: npm run open -- --network localhost
import path from "node:path";

import { openMarket, readOffer, readTotals } from "../agents/market.ts";
import { send } from "../agents/send.ts";
import { helpText, parseFlags } from "./input/flags.ts";
import { loadAgents } from "./input/load-run.ts";
import { nodeOf, openChain } from "./run/chain.ts";
import { readDeployment } from "./run/deployment-file.ts";
import { runCommand } from "./run/main.ts";
import { parametersOf } from "./run/parameters.ts";
import { keysFor } from "./run/wallets.ts";

const groups = ["network", "deployed", "output"] as const;

await runCommand(
  () => helpText(groups),
  async (argv) => {
    const flags = parseFlags(argv, groups);
    const chain = await openChain(nodeOf(flags));
    try {
      const { chainId } = await chain.provider.getNetwork();
      const { market, contract } = await readDeployment(
        path.resolve(flags.out),
        Number(chainId),
        flags.marketAddress,
      );
      const { operator } = await keysFor(chain.provider, 0, chain.mnemonic);
      const onChain = await openMarket(contract, operator);
      const parameters = parametersOf(market, loadAgents(market.agents, process.cwd()));
      await send(onChain.contract, operator, "openEpoch", [parameters]);
      const [{ epoch }, { members }] = await Promise.all([readOffer(onChain), readTotals(onChain)]);
      console.log(`epoch ${epoch} is open; ${members} agents have joined`);
    } finally {
      await chain.close();
    }
  },
);
