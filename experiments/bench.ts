// What the market costs and how fast it is, each figure beside its floor and its peer. See --help.
import { runMain } from "../scripts/run/main.ts";
import { readBenchFlags } from "./bench/flags.ts";
import { runBench } from "./bench/run.ts";

await runMain(async () => {
  const options = readBenchFlags(process.argv.slice(2));
  if (typeof options === "string") console.log(options);
  else await runBench(options);
});
