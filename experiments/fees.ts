// What τ, φ and g do, swept on the contract. See --help.
import { runMain } from "../scripts/run/main.ts";
import { fees } from "./costs/fees.ts";
import { readCostFlags } from "./costs/flags.ts";
import { runCosts } from "./costs/run.ts";

await runMain(async () => {
  const options = readCostFlags(process.argv.slice(2), "fees", false);
  if (typeof options === "string") console.log(options);
  else await runCosts(fees, options);
});
