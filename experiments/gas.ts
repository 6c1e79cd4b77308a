// Gas of a market by size, samples, policy, rule and way of sending, and what it costs on each network. See --help.
import { runMain } from "../scripts/run/main.ts";
import { readCostFlags } from "./costs/flags.ts";
import { gasAt } from "./costs/gas.ts";
import { runCosts } from "./costs/run.ts";

await runMain(async () => {
  const options = readCostFlags(process.argv.slice(2), "gas", true);
  if (typeof options === "string") console.log(options);
  else await runCosts(gasAt(options.prices), options);
});
