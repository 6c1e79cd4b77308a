import type { Fees } from "../../mechanism/agent.ts";
import { efficiency, gini, participation } from "../../mechanism/metrics.ts";
import { parseMarket } from "../../markets/market-file.ts";
import { runOnChain } from "../engines/chain.ts";
import type { Draw, Experiment, Result, Run } from "../experiment.ts";
import { clearSign, columnOf, estimate, pairedDifference } from "../harness/samples.ts";
import type { Samples } from "../harness/samples.ts";
import type { CurvesData } from "../drawings/curves.ts";
import type { Block } from "../report/blocks.ts";
import { fixed, signed } from "../tables/format.ts";
import { paperAgents, paperFees } from "../tables/population.ts";

/** The three fees, each with the values it is swept over while the others stay where the paper has them. */
const levers = [
  { lever: "unitFee", symbol: "τ", unit: "tokens a unit", values: [0, 0.25, 0.5, 1, 2, 4] },
  {
    lever: "progressiveFee",
    symbol: "φ",
    unit: "tokens a unit²",
    values: [0, 0.25, 0.5, 1, 2, 4],
  },
  { lever: "executionFee", symbol: "g", unit: "tokens", values: [0, 0.5, 1, 2, 4, 8] },
] as const satisfies readonly { lever: keyof Fees; [more: string]: unknown }[];

type Lever = (typeof levers)[number];

const measures = {
  participation: { name: "Participation", unit: "of a hundred agents", decimals: 1 },
  efficiency: { name: "Efficiency", unit: "tokens an agent", decimals: 2 },
  gini: { name: "Gini", unit: "of allocations", decimals: 3 },
  revenue: { name: "Revenue", unit: "tokens for the provider", decimals: 1 },
  fees: { name: "Fees", unit: "tokens for the treasury", decimals: 1 },
  messages: { name: "Messages", unit: "demands sent", decimals: 0 },
} as const;
type Measure = keyof typeof measures;
const measureNames = Object.keys(measures) as Measure[];

type Parameters = { n: number; capacity: number };

/** `npm run fees`: what each fee does, on the contract; every value with the same agents. */
export const fees: Experiment<Parameters> = {
  name: "fees",
  module: import.meta.url,
  title: "What the fees do",
  replications: { full: 20, quick: 1 },
  engines: ["chain"],
  weight: 1,
  prepare: () => ({ n: 20, capacity: 25 }),
  replicate,
  conclude,
};

async function replicate({ n, capacity }: Parameters, draw: Draw): Promise<Record<string, number>> {
  const agents = paperAgents(n, draw);
  const numbers: Record<string, number> = {};
  for (const { lever, values } of levers) {
    for (const value of values) {
      const terms = { ...paperFees, [lever]: value };
      const source = { source: "paper", n, seed: draw.seed };
      const market = parseMarket({ capacity, ...terms, agents: source }, { file: "fees" });
      const run = await runOnChain(agents, market);
      const found: Record<Measure, number> = {
        participation: 100 * participation(run.allocations),
        efficiency: efficiency(agents, run.allocations, terms) / n,
        gini: gini(run.allocations),
        revenue: run.revenue,
        fees: run.charges,
        messages: run.messages,
      };
      for (const measure of measureNames) numbers[`${lever}/${value}/${measure}`] = found[measure];
    }
  }
  return numbers;
}

function conclude(samples: Samples, { n, capacity }: Parameters, run: Run): Result {
  const { name, title } = fees;
  const columnAt = (lever: string, value: number, measure: Measure): Float64Array =>
    columnOf(samples, `${lever}/${value}/${measure}`);
  const rows = levers.flatMap(({ lever, values }) =>
    values.flatMap((value) =>
      measureNames.map((measure) => ({
        lever,
        value,
        measure,
        ...estimate(columnAt(lever, value, measure)),
      })),
    ),
  );
  const panelsOf = ({ lever, symbol, unit, values }: Lever): CurvesData["panels"] =>
    measureNames.map((measure) => {
      const { name, unit: of, decimals } = measures[measure];
      const points = values.map((value) => ({
        x: value,
        y: estimate(columnAt(lever, value, measure)).mean,
        label: `${symbol} = ${value}`,
      }));
      return {
        title: name,
        x: { name: `${symbol}, ${unit}`, decimals: 1 },
        y: { name: of, decimals },
        curves: [{ name, points }],
      };
    });
  const effectOf = ({ lever, symbol, values }: Lever): string => {
    const [first, last] = [values[0], values.at(-1)!];
    const effects = measureNames.map((measure) => {
      const [from, to] = [first, last].map((value) => columnAt(lever, value, measure));
      const difference = pairedDifference(to!, from!);
      const way = ["down", "no clear change", "up"][clearSign(difference) + 1]!;
      const { name, decimals } = measures[measure];
      return `${name}: ${way} (${signed(difference.mean, decimals)})`;
    });
    return `${symbol} from ${first} to ${last}: ${effects.join("; ")}.`;
  };
  const about = `${n} agents of Table 3, m = ${capacity}, τ = ${paperFees.unitFee}, g = ${paperFees.executionFee} and φ = ${paperFees.progressiveFee} but for the fee that is swept; ${run.replications === 1 ? "one draw of agents" : `means of ${run.replications} draws of agents`}, the same at every value.`;
  const blocks: Block[] = [
    { kind: "text", text: `Cleared on the contract. ${about}` },
    {
      kind: "list",
      title: "From the least to the greatest value",
      items: levers.map(effectOf),
    },
    ...levers.flatMap((one): Block[] => [
      {
        kind: "figure",
        name: `fees-${one.lever}`,
        caption: `What ${one.symbol} does. ${about}`,
        picture: { drawing: "curves", data: { panels: panelsOf(one) } },
      },
      {
        kind: "grid",
        title: `${one.symbol}, ${one.unit}`,
        head: [one.symbol, ...measureNames.map((measure) => measures[measure].name)],
        rows: one.values.map((value) => [
          String(value),
          ...measureNames.map((measure) => {
            const { mean, sd } = estimate(columnAt(one.lever, value, measure));
            const { decimals } = measures[measure];
            const spread = run.replications > 1 ? ` ± ${fixed(sd, decimals)}` : "";
            return `${fixed(mean, decimals)}${spread}`;
          }),
        ]),
      },
    ]),
  ];
  return {
    json: { name, title, ...run, n, capacity, rows },
    csv: [
      ["lever", "value", "measure", "mean", "sd", "ci95_low", "ci95_high"],
      ...rows.map(({ lever, value, measure, mean, sd, ci95 }) => [
        ...[lever, value, measure, mean, sd, ...ci95],
      ]),
    ],
    section: { name, title, verdicts: [], blocks },
  };
}
