import type { Result, Run } from "../experiment.ts";
import type { CurvesData } from "../drawings/curves.ts";
import { fixed, shortNumber } from "../tables/format.ts";
import type { Measured } from "./gas.ts";
import {
  costOf,
  networkNames,
  opStack,
  totalUsage,
  type NetworkName,
  type Prices,
} from "./prices.ts";

/** One row of the result: gas, and what clearing the market costs on each network, US dollars. */
export type GasRow = {
  n: number;
  samples: number;
  policy: string;
  rule: string;
  mode: "direct" | "relayed";
  rounds: number;
  /** Of a demand, with its part of a batch. */
  gasPerDemand: number;
  /** All demands of a round and its close. */
  gasPerRound: number;
  gasPerSettledAgent: number;
  /** From opening the epoch to the last account settled; joining is apart. */
  gasToClear: number;
  gasToJoin: number;
  cost: Record<NetworkName, number>;
};

export function concludeGas(measured: readonly Measured[], prices: Prices, run: Run): Result {
  const rows = measured.map((one) => rowOf(one, prices));
  const { baseFee, blobFee, l2Fee, ethPrice } = prices;
  const said = `At ${baseFee} gwei a gas on L1, ${blobFee} gwei a gas of blobs, ${l2Fee} gwei a gas on an L2 and ${ethPrice} $ an ETH.`;
  const scalars = Object.entries(opStack)
    .map(
      ([chain, { baseFeeScalar, blobBaseFeeScalar }]) =>
        `${chain} (${baseFeeScalar} and ${blobBaseFeeScalar} millionths)`,
    )
    .join(" and ");
  const name = "gas";
  const title = "What a market costs";
  return {
    json: { name, title, seed: run.seed, prices, opStack, rows },
    csv: [
      [
        ...["n", "samples", "policy", "rule", "mode", "rounds", "gas_per_demand", "gas_per_round"],
        ...["gas_per_settled_agent", "gas_to_clear", "gas_to_join"],
        ...networkNames.map((network) => `cost_${network.toLowerCase().replaceAll(" ", "_")}_usd`),
      ],
      ...rows.map((row) => [
        ...[row.n, row.samples, row.policy, row.rule, row.mode, row.rounds],
        ...[row.gasPerDemand, row.gasPerRound, row.gasPerSettledAgent],
        ...[row.gasToClear, row.gasToJoin, ...networkNames.map((network) => row.cost[network])],
      ]),
    ],
    section: {
      name,
      title,
      verdicts: [],
      blocks: [
        {
          kind: "figure",
          name: "gas",
          caption: `Under Refunding, by the rule Secant. ${said}`,
          picture: { drawing: "curves", data: { panels: panelsOf(rows) } },
        },
        {
          kind: "text",
          text: `${said} Capacity is one unit an agent, τ = 0.5, g = 1; agents of Table 3, the same in every market of a size. "To clear" is everything from opening the epoch to the last account settled; deploying, funding and joining are apart. L2s by their documented formulas; assumed are the scalars of ${scalars}, and for Arbitrum a blob gas a byte.`,
        },
        {
          kind: "grid",
          title: "Every market",
          head: [
            ...["n", "M", "policy", "rule", "sent", "rounds", "gas a demand", "gas a round"],
            ...["gas an agent settled", "gas to clear"],
            ...networkNames.map((network) => `$ on ${network}`),
          ],
          prose: [2, 3, 4],
          rows: rows.map((row) => [
            ...[String(row.n), String(row.samples), row.policy, row.rule, row.mode],
            ...[row.rounds, row.gasPerDemand, row.gasPerRound].map((value) => fixed(value, 0)),
            ...[row.gasPerSettledAgent, row.gasToClear].map((value) => fixed(value, 0)),
            ...networkNames.map((network) => shortNumber(row.cost[network])),
          ]),
        },
      ],
    },
  };
}

function rowOf(one: Measured, prices: Prices): GasRow {
  const { n, samples, policy, rule, relayed, rounds, messages, usage } = one;
  const toClear = totalUsage([usage.open, usage.submit, usage.close, usage.settle]);
  return {
    ...{ n, samples, policy, rule, mode: relayed ? "relayed" : "direct", rounds },
    gasPerDemand: usage.submit.gas / messages,
    gasPerRound: (usage.submit.gas + usage.close.gas) / rounds,
    gasPerSettledAgent: usage.settle.gas / n,
    gasToClear: toClear.gas,
    gasToJoin: usage.join.gas,
    cost: Object.fromEntries(
      networkNames.map((network) => [network, costOf(toClear, network, prices)]),
    ) as GasRow["cost"],
  };
}

function panelsOf(rows: readonly GasRow[]): CurvesData["panels"] {
  const shown = rows.filter(({ policy, rule }) => policy === "Refunding" && rule === "Secant");
  const curve = (
    name: string,
    wanted: (row: GasRow) => boolean,
    value: (row: GasRow) => number,
  ): CurvesData["panels"][number]["curves"][number] => ({
    name,
    points: shown
      .filter(wanted)
      .map((row) => ({ x: row.n, y: value(row), label: `${name}, n = ${row.n}` })),
  });
  const modes = ["direct", "relayed"] as const;
  const isSingle = ({ samples }: GasRow): boolean => samples === 1;
  const x = { name: "n, agents", decimals: 0 };
  return [
    {
      title: "Gas of a demand",
      x,
      y: { name: "thousand gas", decimals: 1 },
      curves: [1, 4]
        .flatMap((samples) =>
          modes.map((mode) =>
            curve(
              `${mode}, M = ${samples}`,
              (row) => row.mode === mode && row.samples === samples,
              ({ gasPerDemand }) => gasPerDemand / 1e3,
            ),
          ),
        )
        // --quick has none of M = 4.
        .filter(({ points }) => points.length > 0),
    },
    {
      title: "Gas to clear, by agent",
      x,
      y: { name: "thousand gas an agent", decimals: 0 },
      curves: modes.map((mode) =>
        curve(
          mode,
          (row) => isSingle(row) && row.mode === mode,
          ({ gasToClear, n }) => gasToClear / n / 1e3,
        ),
      ),
    },
    ...modes.map((mode) => ({
      title: `Cost to clear, by agent, ${mode}`,
      x,
      y: { name: "US dollars an agent", decimals: 4, isLogarithmic: true },
      curves: networkNames.map((network) =>
        curve(
          network,
          (row) => isSingle(row) && row.mode === mode,
          ({ cost, n }) => cost[network] / n,
        ),
      ),
    })),
  ];
}
