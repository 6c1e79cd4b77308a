import { runRounds, type Market } from "../../mechanism/dynamics.ts";
import { columnsOf } from "../../mechanism/kernel/columns.ts";
import { solveMany } from "../../mechanism/many-agents.ts";
import { runManyRounds } from "../../mechanism/many-rounds.ts";
import { drawAgents } from "../../mechanism/random.ts";
import type { CurvesData } from "../drawings/curves.ts";
import type { Block } from "../report/blocks.ts";
import { digits } from "./table.ts";
import { timed } from "./runs.ts";

export type GrowthOptions = { quick: boolean };

type Growth = {
  title: string;
  axis: string;
  sizes: readonly number[];
  /** What is timed at a size. */
  at: (size: number) => () => unknown;
  why: string;
};

const fees = { unitFee: 0.5, executionFee: 1, progressiveFee: 0 };

/** Nothing stops such a market early. */
function market(count: number, maxRounds: number): Market {
  return {
    fees,
    initialPrice: 0,
    rules: {
      ...{ capacity: count, stepRule: { rule: "Constant", initialStep: 0.5 / count }, maxStep: 1 },
      ...{ primalTolerance: 0, dualTolerance: 1e-300, movementTolerance: 0, maxRounds },
    },
  };
}

const growths: readonly Growth[] = [
  {
    title: "Exact equilibrium",
    axis: "agents n",
    sizes: [100, 1_000, 10_000, 100_000, 1_000_000],
    at: (size) => {
      const columns = columnsOf(drawAgents(size, 1));
      return () => solveMany(columns, size, fees);
    },
    why: "linear in n: each pass reads each agent once, and how many passes there are does not depend on n",
  },
  {
    title: "An epoch of 50 rounds",
    axis: "agents n",
    sizes: [10, 100, 1_000, 10_000],
    at: (size) => {
      const columns = columnsOf(drawAgents(size, 1));
      return () => runManyRounds(columns, market(size, 50), 1);
    },
    why: "linear in n above what closing a round costs, which does not depend on n: the contract keeps running totals, and so does this",
  },
  {
    title: "An epoch of 100 agents",
    axis: "rounds",
    sizes: [10, 100, 1_000],
    at: (size) => {
      const columns = columnsOf(drawAgents(100, 1));
      return () => runManyRounds(columns, market(100, size), 1);
    },
    why: "linear in rounds: every agent answers each of them",
  },
  {
    title: "50 rounds, 100 agents",
    axis: "samples M",
    sizes: [1, 4, 16, 64],
    at: (size) => {
      const agents = drawAgents(100, 1);
      return () => runRounds(agents, market(100, 50), { samples: size, noise: 0.1 });
    },
    why: "a constant and a part linear in M: one best response, then M draws around it",
  },
  {
    title: "50 rounds, 100 agents, again and again",
    axis: "epochs",
    sizes: [1, 4, 16],
    at: (size) => {
      const columns = columnsOf(drawAgents(100, 1));
      return () => {
        for (let epoch = 0; epoch < size; epoch++) runManyRounds(columns, market(100, 50), 1);
      };
    },
    why: "linear in epochs: nothing is carried over but the price",
  },
];

/** How each cost grows, as a drawing, and why. */
export async function growthBlocks({ quick }: GrowthOptions): Promise<Block[]> {
  const panels: CurvesData["panels"] = [];
  const reasons: string[] = [];
  for (const { title, axis, sizes, at, why } of growths) {
    const points: { x: number; y: number; label: string }[] = [];
    for (const size of quick ? sizes.slice(0, 2) : sizes) {
      const action = at(size);
      action();
      const milliseconds = 1000 * (await timed(action)());
      points.push({ x: size, y: milliseconds, label: `${axis} ${digits(size)}` });
    }
    const [before, last] = points.slice(-2) as [(typeof points)[0], (typeof points)[0]];
    const slope = Math.log(last.y / before.y) / Math.log(last.x / before.x);
    reasons.push(
      `${title}, by ${axis}: slope ${digits(Math.round(100 * slope) / 100)} at the end; ${why}.`,
    );
    panels.push({
      title,
      x: { name: axis, decimals: 0, isLogarithmic: true },
      y: { name: "processor time, ms", decimals: 3, isLogarithmic: true },
      curves: [{ name: "measured", points }],
    });
  }
  return [
    {
      kind: "figure",
      name: "growth",
      caption:
        "How each cost grows, both axes logarithmic: a straight line is a power, its slope the exponent.",
      picture: { drawing: "curves", data: { panels } },
    },
    { kind: "list", title: "Why", items: reasons },
    {
      kind: "text",
      text: "Gas by agents, samples and rounds: npm run gas, which draws it from markets on the contract.",
    },
  ];
}
