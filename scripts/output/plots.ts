// The plots of a run: the four of the paper's Figure 2, and the residuals.

import type { RoundRecord, RunRecord, Summary } from "../record.ts";
import { counted, formatIndex, formatGiven, formatNumber, symbolOf } from "./format.ts";
import { renderLinePlot, type Colour, type Line } from "./line-plot.ts";
import { aligned, quantileOf, scaleAround } from "./scale.ts";

/** An entry beneath a plot: how a line looks and what it is. */
export type Key = { label: string; colour: Colour; dash?: "dashed" | "dotted" };

/** A plot with all that belongs around it; every text is plain and still to be escaped. */
export type Figure = { id: string; title: string; svg: string; keys: Key[]; caption: string };

/** With so few agents each has a colour and a name. */
const MAX_NAMED = 6;
const NAMED_COLOURS: Colour[] = ["blue", "red", "green", "purple", "orange", "sky"];

/** Points in the lines of single agents, beyond which only some of the agents are drawn. */
const MAX_POINTS = 40_000;

/** Residuals below this are zero but for rounding. */
const LEAST_RESIDUAL = 1e-12;

type Axis = { rounds: number[]; roundName: string };

/** All plots, in the order in which they are read. */
export function figuresOf(summary: Summary, run: RunRecord): Figure[] {
  const axis = axisOf(run.rounds);
  const symbol = symbolOf(summary.token);
  return [
    priceFigure(run, axis, symbol),
    demandFigure(run, axis),
    allocationFigure(run, axis),
    welfareFigure(run, axis, symbol),
    residualFigure(run, axis, symbol),
  ];
}

function priceFigure(run: RunRecord, axis: Axis, symbol: string): Figure {
  const prices = run.rounds.map((round) => round.price);
  const reference = axis.rounds.map(() => run.equilibriumPrice);
  return {
    id: "price",
    title: "Price",
    svg: renderLinePlot({
      ...axis,
      id: "price",
      description: `Price by round: from ${formatNumber(prices[0] ?? 0)} to ${formatNumber(prices.at(-1) ?? 0)} ${symbol} a unit.`,
      left: {
        name: `${symbol} / unit`,
        scale: scaleAround([...prices, run.equilibriumPrice], { fromZero: true }),
      },
      lines: [
        { values: prices, colour: "blue", dots: true },
        { values: reference, colour: "ink", dash: "dashed", width: 1.25 },
      ],
    }),
    keys: [
      { label: "posted price μᵗ", colour: "blue" },
      {
        label: `exact equilibrium, ${formatNumber(run.equilibriumPrice)}`,
        colour: "ink",
        dash: "dashed",
      },
    ],
    caption: "The price each round’s demands answered.",
  };
}

function demandFigure(run: RunRecord, axis: Axis): Figure {
  const demands = run.rounds.map((round) => round.demand);
  return {
    id: "demand",
    title: "Demand against capacity",
    svg: renderLinePlot({
      ...axis,
      id: "demand",
      description: `Total demand by round: from ${formatNumber(demands[0] ?? 0)} to ${formatNumber(demands.at(-1) ?? 0)} units, with a capacity of ${formatGiven(run.capacity)}.`,
      left: { name: "units", scale: scaleAround([...demands, run.capacity], { fromZero: true }) },
      lines: [
        { values: demands, colour: "blue", dots: true, area: true },
        {
          values: axis.rounds.map(() => run.capacity),
          colour: "red",
          dash: "dashed",
          width: 1.5,
        },
      ],
    }),
    keys: [
      { label: "demand Ŝ", colour: "blue" },
      { label: `capacity m, ${formatGiven(run.capacity)}`, colour: "red", dash: "dashed" },
    ],
    caption: "The sum of all standing demands.",
  };
}

function allocationFigure(run: RunRecord, axis: Axis): Figure {
  const { agents, rounds } = run;
  const { lines, keys, caption } =
    agents.length <= MAX_NAMED ? namedAgents(run) : distribution(run);
  const last = rounds.at(-1)?.demands ?? [];
  return {
    id: "allocations",
    title: "Allocations",
    svg: renderLinePlot({
      ...axis,
      id: "allocations",
      description: `Standing demands of ${counted(agents.length, "agent")} by round; in the last one the median is ${formatNumber(quantileOf(sorted(last), 0.5))} units.`,
      left: {
        name: "units",
        scale: scaleAround(
          // Not spread into one array: it may have millions of entries.
          (function* () {
            for (const round of rounds) yield* round.demands;
          })(),
          { fromZero: true },
        ),
      },
      lines,
    }),
    keys,
    caption,
  };
}

function namedAgents({
  agents,
  rounds,
}: RunRecord): Pick<Figure, "keys" | "caption"> & { lines: Line[] } {
  const colours = agents.map((_, index) => NAMED_COLOURS[index]!);
  return {
    lines: colours.map((colour, index) => ({
      values: rounds.map((round) => round.demands[index] ?? null),
      colour,
      dots: true,
    })),
    keys: agents.map((label, index) => ({ label, colour: colours[index]! })),
    caption: "Each agent’s standing demand xᵢᵗ.",
  };
}

/** A faint line for each agent, and the tenth, the middle and the ninetieth of a hundred. */
function distribution({
  agents,
  rounds,
}: RunRecord): Pick<Figure, "keys" | "caption"> & { lines: Line[] } {
  const drawn = drawnAgents(agents.length, rounds);
  const opacity = Math.min(0.8, 3.6 / Math.sqrt(drawn.length));
  const ordered = rounds.map((round) => sorted(round.demands));
  const quantile = (share: number): number[] =>
    ordered.map((demands) => quantileOf(demands, share));
  const all = drawn.length === agents.length;
  return {
    lines: [
      ...drawn.map((agent): Line => ({
        values: rounds.map((round) => round.demands[agent] ?? null),
        colour: "sky",
        width: 1,
        opacity,
      })),
      { values: quantile(0.9), colour: "orange", dash: "dashed" },
      { values: quantile(0.5), colour: "ink", dots: true },
      { values: quantile(0.1), colour: "purple", dash: "dotted" },
    ],
    keys: [
      { label: "90 % ask for less", colour: "orange", dash: "dashed" },
      { label: "median", colour: "ink" },
      { label: "10 % ask for less", colour: "purple", dash: "dotted" },
      { label: all ? "each agent" : counted(drawn.length, "agent"), colour: "sky" },
    ],
    caption: all
      ? "Each agent’s standing demand xᵢᵗ, and its distribution over the agents."
      : `Standing demands xᵢᵗ: the distribution over all ${counted(agents.length, "agent")}, and ${drawn.length} of them from the smallest to the largest.`,
  };
}

/** All agents, or as many as the page can carry, evenly from the smallest demand to the largest. */
function drawnAgents(count: number, rounds: RoundRecord[]): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  const affordable = Math.max(20, Math.floor(MAX_POINTS / rounds.length));
  if (count <= affordable) return all;
  const last = rounds.at(-1)?.demands ?? [];
  const bySize = all.sort((a, b) => (last[a] ?? 0) - (last[b] ?? 0));
  return Array.from(
    { length: affordable },
    (_, index) => bySize[Math.round((index * (count - 1)) / (affordable - 1))]!,
  );
}

function welfareFigure(run: RunRecord, axis: Axis, symbol: string): Figure {
  const efficiency = run.rounds.map((round) => round.efficiency);
  const gini = run.rounds.map((round) => round.gini);
  const [left, right] = aligned(
    scaleAround([...efficiency, run.optimalEfficiency]),
    scaleAround(gini, { fromZero: true }),
  );
  const aboveOptimum = efficiency.some((value) => value > run.optimalEfficiency * (1 + 1e-6));
  return {
    id: "welfare",
    title: "Efficiency and fairness",
    svg: renderLinePlot({
      ...axis,
      id: "welfare",
      description: `By round, efficiency from ${formatNumber(efficiency[0] ?? 0)} to ${formatNumber(efficiency.at(-1) ?? 0)} ${symbol} and the Gini index from ${formatIndex(gini[0] ?? 0)} to ${formatIndex(gini.at(-1) ?? 0)}.`,
      left: { name: `efficiency, ${symbol}`, scale: left },
      right: { name: "Gini index", scale: right },
      lines: [
        { values: efficiency, colour: "green", dots: true },
        { values: gini, colour: "orange", dash: "dotted", axis: "right", dots: true },
        {
          values: axis.rounds.map(() => run.optimalEfficiency),
          colour: "ink",
          dash: "dashed",
          width: 1.25,
        },
      ],
    }),
    keys: [
      { label: "efficiency (left)", colour: "green" },
      {
        label: `exact equilibrium’s, ${formatNumber(run.optimalEfficiency)}`,
        colour: "ink",
        dash: "dashed",
      },
      { label: "Gini index (right)", colour: "orange", dash: "dotted" },
    ],
    caption: aboveOptimum
      ? "At the standing demands: above the optimum while they ask for more than there is. Gini: 0 is equal."
      : "At the standing demands. Gini: 0 is equal, 1 is one agent with all.",
  };
}

function residualFigure(run: RunRecord, axis: Axis, symbol: string): Figure {
  const series: (Key & { values: number[] })[] = [
    {
      label: "r_p, off capacity, units",
      colour: "blue",
      values: run.rounds.map((r) => r.primalResidual),
    },
    {
      label: `r_d, price step, ${symbol} / unit`,
      colour: "red",
      dash: "dashed",
      values: run.rounds.map((r) => r.dualResidual),
    },
    {
      label: "r_x, movement, units",
      colour: "green",
      dash: "dotted",
      values: run.rounds.map((r) => r.movement),
    },
  ];
  const powers = series.map(({ values }) =>
    values.map((value) => (value > LEAST_RESIDUAL ? Math.log10(value) : null)),
  );
  const finite = powers.flat().filter((power) => power !== null);
  const low = finite.length > 0 ? Math.floor(Math.min(...finite)) : -1;
  const high = Math.max(low + 1, finite.length > 0 ? Math.ceil(Math.max(...finite)) : 0);
  const step = Math.ceil((high - low) / 5);
  const zeros = powers.flat().some((power) => power === null);
  return {
    id: "residuals",
    title: "Residuals",
    svg: renderLinePlot({
      ...axis,
      id: "residuals",
      description: "The three residuals by round on a logarithmic scale.",
      left: {
        name: "log scale",
        scale: { min: high - Math.ceil((high - low) / step) * step, max: high, step },
        format: powerOfTen,
      },
      lines: series.map((line, index) => ({ ...line, values: powers[index]!, dots: true })),
    }),
    keys: series.map((line) => ({
      ...line,
      label: line.values.some((value) => value > LEAST_RESIDUAL)
        ? line.label
        : `${line.label} (0 throughout)`,
    })),
    caption: zeros
      ? "What has to come down for the market to stop. A residual of 0 has no place on a log scale."
      : "What has to come down for the market to stop.",
  };
}

/** The rounds by their numbers; over several epochs counted through, since each starts at 0. */
function axisOf(rounds: RoundRecord[]): Axis {
  const oneEpoch = rounds.every((round) => round.epoch === rounds[0]?.epoch);
  return oneEpoch
    ? { rounds: rounds.map((round) => round.round), roundName: "round t" }
    : { rounds: rounds.map((_, index) => index), roundName: "round, over all epochs" };
}

/** `10⁻³`; the whole numbers below a thousand as themselves. */
function powerOfTen(power: number): string {
  if (power >= 0 && power < 3) return String(10 ** power);
  const digits = Array.from(String(power), (digit) =>
    digit === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]!,
  );
  return `10${digits.join("")}`;
}

function sorted(values: number[]): Float64Array {
  return Float64Array.from(values).sort();
}
