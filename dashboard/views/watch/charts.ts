import { barsOption } from "../../charts/bars-chart.ts";
import { createChart, type Chart } from "../../charts/chart.ts";
import { roundsOption } from "../../charts/rounds-chart.ts";
import {
  counted,
  formatGiven,
  formatIndex,
  formatNumber,
  formatShare,
  formatSmall,
  printable,
} from "../../../scripts/output/format.ts";
import { isAllocated, type Scene } from "./scene.ts";

/** The figures of Watch. */
export function createCharts(): Chart<Scene>[] {
  return [priceChart(), demandChart(), residualsChart(), sharesChart(), allocationsChart()];
}

/** Closed rounds, and the open one. */
function roundsOf({ rounds, open }: Scene): number[] {
  const closed = rounds.map(({ round }) => round);
  return open === undefined ? closed : [...closed, open.round];
}

const hasNoRounds = ({ rounds }: Scene): boolean => rounds.length === 0;

function priceChart(): Chart<Scene> {
  return createChart<Scene>({
    title: "Price",
    keys: ({ equilibriumPrice }) => [
      { label: "posted price", colour: "blue" },
      ...(equilibriumPrice === undefined
        ? []
        : [{ label: "exact equilibrium", colour: "green", mark: "dashed" } as const]),
    ],
    caption: ({ rounds, open, symbol }) => {
      const now = open?.price ?? rounds.at(-1)?.price;
      const first = rounds[0]?.price ?? now;
      if (now === undefined || first === undefined) return "No price has been answered yet.";
      const from = first === now ? "" : `From ${formatNumber(first)} to `;
      return `${from}${formatNumber(now)} ${symbol} a unit.`;
    },
    option: (scene, theme) => {
      const { rounds, open, symbol, equilibriumPrice } = scene;
      const prices = rounds.map(({ price }) => price);
      const all = open === undefined ? prices : [...prices, open.price];
      return roundsOption(
        {
          rounds: roundsOf(scene),
          unit: `${symbol} / unit`,
          format: formatNumber,
          lines: [
            { name: "price", colour: "blue", values: all },
            ...(equilibriumPrice === undefined
              ? []
              : [
                  {
                    name: "equilibrium",
                    colour: "green",
                    dashed: true,
                    values: all.map(() => equilibriumPrice),
                  } as const,
                ]),
          ],
        },
        theme,
      );
    },
  });
}

function demandChart(): Chart<Scene> {
  return createChart<Scene>({
    title: "Demand against capacity",
    keys: ({ open }) => [
      { label: "demand", colour: "orange" },
      ...(open === undefined
        ? []
        : [{ label: "so far", colour: "orange", mark: "hollow" } as const]),
      { label: "capacity", colour: "soft", mark: "dashed" },
    ],
    caption: ({ rounds, capacity }) => {
      const last = rounds.at(-1);
      return last === undefined
        ? `There are ${formatGiven(capacity)} units.`
        : `Round ${last.round}: ${formatNumber(last.demand)} of ${formatGiven(capacity)} units asked for.`;
    },
    option: (scene, theme) => {
      const { rounds, open, capacity } = scene;
      const numbers = roundsOf(scene);
      return roundsOption(
        {
          rounds: numbers,
          unit: "units",
          format: formatNumber,
          lines: [
            { name: "demand", colour: "orange", values: rounds.map(({ demand }) => demand) },
            ...(open === undefined
              ? []
              : [
                  {
                    name: "so far",
                    colour: "orange",
                    hollow: true,
                    values: [...rounds.map(() => null), open.demand],
                  } as const,
                ]),
            {
              name: "capacity",
              colour: "soft",
              dashed: true,
              values: numbers.map(() => capacity),
            },
          ],
        },
        theme,
      );
    },
  });
}

function residualsChart(): Chart<Scene> {
  // A logarithm has no place for zero.
  const above = (value: number): number | null => (value > 0 ? value : null);
  return createChart<Scene>({
    title: "Residuals",
    isEmpty: hasNoRounds,
    keys: () => [
      { label: "excess r_p", colour: "red" },
      { label: "price step r_d", colour: "blue" },
      { label: "movement r_x", colour: "purple" },
    ],
    caption: ({ rounds }) => {
      const last = rounds.at(-1);
      return last === undefined
        ? "How far the market is from rest, on a log scale."
        : `On a log scale; zero is not drawn. Round ${last.round}: ${formatSmall(last.primalResidual)}, ${formatSmall(last.dualResidual)} and ${formatSmall(last.movement)}.`;
    },
    option: (scene, theme) =>
      roundsOption(
        {
          rounds: scene.rounds.map(({ round }) => round),
          unit: `units, ${scene.symbol} / unit`,
          logarithmic: true,
          format: formatSmall,
          lines: [
            {
              name: "r_p",
              colour: "red",
              values: scene.rounds.map((round) => above(round.primalResidual)),
            },
            {
              name: "r_d",
              colour: "blue",
              values: scene.rounds.map((round) => above(round.dualResidual)),
            },
            {
              name: "r_x",
              colour: "purple",
              values: scene.rounds.map((round) => above(round.movement)),
            },
          ],
        },
        theme,
      ),
  });
}

function sharesChart(): Chart<Scene> {
  return createChart<Scene>({
    title: "Use, participation and inequality",
    isEmpty: hasNoRounds,
    keys: () => [
      { label: "utilisation", colour: "green" },
      { label: "participation", colour: "sky" },
      { label: "Gini index", colour: "purple" },
    ],
    caption: ({ rounds, capacity }) => {
      const last = rounds.at(-1);
      return last === undefined
        ? "By round, of the demands that stood at its close."
        : `Round ${last.round}: ${formatShare(Math.min(1, last.demand / capacity))} of capacity, ${formatShare(last.participation)} of agents, Gini ${formatIndex(last.gini)}.`;
    },
    option: (scene, theme) =>
      roundsOption(
        {
          rounds: scene.rounds.map(({ round }) => round),
          unit: "share",
          max: 1,
          format: formatIndex,
          lines: [
            {
              name: "utilisation",
              colour: "green",
              values: scene.rounds.map(({ demand }) => Math.min(1, demand / scene.capacity)),
            },
            {
              name: "participation",
              colour: "sky",
              values: scene.rounds.map((round) => round.participation),
            },
            {
              name: "Gini",
              colour: "purple",
              values: scene.rounds.map((round) => round.gini),
            },
          ],
        },
        theme,
      ),
  });
}

function allocationsChart(): Chart<Scene> {
  return createChart<Scene>({
    title: "Allocations",
    keys: (scene) => [
      { label: isAllocated(scene) ? "allocation" : "demand that stands", colour: "blue" },
    ],
    caption: (scene) => {
      const { shares } = scene;
      const sorted = shares
        .map(({ demand, allocation }) => allocation ?? demand)
        .sort((a, b) => b - a);
      const largest = sorted[0];
      return largest === undefined
        ? "Nobody has joined yet."
        : `${counted(shares.length, "agent")}; the largest ${isAllocated(scene) ? "got" : "asks for"} ${formatNumber(largest)} units.`;
    },
    option: ({ shares }, theme) => {
      const sorted = shares
        .map(({ id, demand, allocation }) => ({ id, amount: allocation ?? demand }))
        .sort((a, b) => b.amount - a.amount);
      return barsOption(
        {
          names: sorted.map(({ id }) => printable(id)),
          values: sorted.map(({ amount }) => amount),
          colour: "blue",
          unit: "units",
          format: formatNumber,
        },
        theme,
      );
    },
  });
}
