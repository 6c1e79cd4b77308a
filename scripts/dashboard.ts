// The web page, for any node and any market; what was deployed from here is found by itself. See --help.
import path from "node:path";

import { asksForHelp } from "../markets/given-flags.ts";
import { buildDashboard } from "./dashboard/build.ts";
import { localMarkets } from "./dashboard/local-markets.ts";
import { serveDashboard } from "./dashboard/serve.ts";
import { helpText, parseFlags } from "./input/flags.ts";
import { nodeOf, urlOf } from "./run/chain.ts";
import { runMain } from "./run/main.ts";

const groups = ["network", "deployed", "output"] as const;
const PORT = 4173;

await runMain(async () => {
  const argv = process.argv.slice(2);
  if (asksForHelp(argv)) {
    console.log(helpText(groups));
    return;
  }
  const flags = parseFlags(argv, groups);
  const rpc = await urlOf(nodeOf(flags));
  await buildDashboard();
  const { url } = await serveDashboard(PORT, () =>
    localMarkets(path.resolve(flags.out), rpc, flags.marketAddress),
  );
  console.log(`${url} shows the market of the node at ${new URL(rpc).host}; Ctrl-C ends it`);
});
