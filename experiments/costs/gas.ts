import { parseMarket, type Market } from "../../markets/market-file.ts";
import { runOnChain, type Sent } from "../engines/chain.ts";
import type { Draw, Experiment, Result, Run } from "../experiment.ts";
import type { Samples } from "../harness/samples.ts";
import { paperAgents } from "../tables/population.ts";
import { concludeGas } from "./gas-report.ts";
import { totalUsage, usageOf, type Prices, type Usage } from "./prices.ts";

/** One market of the experiment. */
export type Cell = {
  n: number;
  samples: number;
  policy: Market["policy"];
  rule: Market["rule"];
  relayed: boolean;
};

export const kinds = ["join", "open", "submit", "close", "settle"] as const;

/** What a market took. */
export type Measured = Cell & {
  rounds: number;
  messages: number;
  usage: Record<(typeof kinds)[number], Usage>;
};

/** Every market, the small and quick ones first: `--quick` takes the first four. */
export const cells: readonly Cell[] = [10, 20, 50, 100].flatMap((n) =>
  (["Secant", "Constant", "InverseSqrt", "RobbinsMonro"] as const).flatMap((rule) =>
    [1, 4].flatMap((samples) =>
      (["Refunding", "PerSubmission"] as const).flatMap((policy) =>
        [false, true].map((relayed): Cell => ({ n, samples, policy, rule, relayed })),
      ),
    ),
  ),
);

/** A rule that finds no price at which demand meets capacity shall not go on for ever. */
const MAX_ROUNDS = 60;

type Parameters = { maxRounds: number };

/** `npm run gas` at these prices. A replication is a market of `cells`, so that each is kept once it is measured. */
export function gasAt(prices: Prices): Experiment<Parameters> {
  return {
    ...gas,
    conclude: (samples: Samples, _parameters: Parameters, run: Run): Result =>
      concludeGas(measuredFrom(samples), prices, run),
  };
}

export const gas: Experiment<Parameters> = {
  name: "gas",
  module: import.meta.url,
  title: "What a market costs",
  replications: { full: cells.length, quick: 4 },
  engines: ["chain"],
  weight: 1,
  prepare: () => ({ maxRounds: MAX_ROUNDS }),
  replicate,
  conclude: () => {
    throw new Error("gas is concluded at prices: gasAt");
  },
};

async function replicate(
  { maxRounds }: Parameters,
  { seed, replication }: Draw,
): Promise<Record<string, number>> {
  const { n, samples, policy, rule, relayed } = cells[replication]!;
  // The same agents in every market of a size.
  const agents = paperAgents(n, { seed, replication: 0 });
  const source = { source: "paper", n, seed };
  const terms = { capacity: n, unitFee: 0.5, executionFee: 1 };
  const market = parseMarket(
    { ...terms, samples, policy, rule, maxRounds, agents: source },
    { file: "gas" },
  );
  const { sent, rounds, messages } = await runOnChain(agents, market, relayed);
  const numbers: Record<string, number> = { rounds, messages };
  for (const kind of kinds) {
    const usage = totalUsage(sent.filter((one: Sent) => one.kind === kind).map(usageOf));
    for (const [measure, value] of Object.entries(usage)) numbers[`${kind}/${measure}`] = value;
  }
  return numbers;
}

function measuredFrom({ columns, rows }: Samples): Measured[] {
  return rows.map((row, index): Measured => {
    const at = (name: string): number => row[columns.indexOf(name)]!;
    const usageAt = (kind: string): Usage => ({
      gas: at(`${kind}/gas`),
      fjordBytes: at(`${kind}/fjordBytes`),
      brotliBytes: at(`${kind}/brotliBytes`),
    });
    return {
      ...cells[index]!,
      rounds: at("rounds"),
      messages: at("messages"),
      usage: Object.fromEntries(kinds.map((kind) => [kind, usageAt(kind)])) as Measured["usage"],
    };
  });
}
