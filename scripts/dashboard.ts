// The web page, for any node and any market; what was deployed from here is found by itself. See --help.
import path from "node:path";

import { buildDashboard } from "./dashboard/build.ts";
import { localMarkets } from "./dashboard/local-markets.ts";
import { PORT, serveDashboard } from "./dashboard/serve.ts";
import { helpText, parseFlags } from "./input/flags.ts";
import { nodeOf, urlOf } from "./run/chain.ts";
import { runCommand } from "./run/main.ts";

const groups = ["network", "deployed", "output"] as const;

await runCommand(
  () => helpText(groups),
  async (argv) => {
    const flags = parseFlags(argv, groups);
    const rpc = await urlOf(nodeOf(flags));
    await buildDashboard();
    const { url } = await serveDashboard(PORT, () =>
      localMarkets(path.resolve(flags.out), rpc, flags.marketAddress),
    );
    console.log(`${url} shows the market of the node at ${new URL(rpc).host}; Ctrl-C ends it`);
  },
);
