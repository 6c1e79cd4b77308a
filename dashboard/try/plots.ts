import type { FeeElasticity } from "../../mechanism/elasticity.ts";
import {
  formatGiven,
  formatIndex,
  formatNumber,
  formatShare,
} from "../../scripts/output/format.ts";
import type { Curve, Plot } from "../charts/lines-chart.ts";
import type { Frontier, FrontierPoint } from "./frontier.ts";
import type { Outcome } from "./outcome.ts";
import { betterText, warningText } from "./words.ts";

export function demandPlot({ demand }: Frontier, outcome: Outcome, capacity: number): Plot {
  const { price, allocated, state } = outcome;
  const dearest = demand.at(-1)![0];
  return {
    x: { name: "price, tokens a unit", min: 0, max: dearest, format: formatNumber },
    y: { name: "units", min: 0, format: formatNumber },
    curves: [
      { name: "all agents' demand", colour: "blue", points: demand },
      {
        name: "capacity",
        colour: "orange",
        dashed: true,
        points: [
          [0, capacity],
          [dearest, capacity],
        ],
      },
      { name: "the market's price", colour: "red", mark: "circle", points: [[price, allocated]] },
    ],
    caption:
      state === "slack"
        ? `At price 0 ${formatNumber(allocated)} of ${formatGiven(capacity)} units are asked for.`
        : `At ${formatNumber(price)} tokens a unit ${formatNumber(allocated)} of ${formatGiven(capacity)} units are asked for.`,
  };
}

export function lorenzPlot({ lorenz, gini }: Outcome): Plot {
  const half = lorenz.findLast(([agents]) => agents <= 0.5) ?? [0, 0];
  return {
    x: { name: "share of agents, the least first", min: 0, max: 1, format: formatShare },
    y: { name: "share of what is allocated", min: 0, max: 1, format: formatShare },
    curves: [
      { name: "allocations", colour: "green", points: lorenz },
      {
        name: "all alike",
        colour: "soft",
        dashed: true,
        points: [
          [0, 0],
          [1, 1],
        ],
      },
    ],
    caption: `The ${formatShare(half[0])} who get least get ${formatShare(half[1])} of it: Gini index ${formatIndex(gini)}.`,
  };
}

const place = ({ gini, efficiency }: FrontierPoint): [number, number] => [gini, efficiency];

const fees = ({ unitFee, progressiveFee, gini, efficiency }: FrontierPoint): string =>
  `τ = ${formatGiven(unitFee)}, φ = ${formatGiven(progressiveFee)}\nGini ${formatIndex(gini)}, ${formatNumber(efficiency)} tokens an agent`;

function curveOf(points: FrontierPoint[], rest: Omit<Curve, "points" | "labels">): Curve {
  return { ...rest, points: points.map(place), labels: points.map(fees) };
}

export function frontierPlot(frontier: Frontier): Plot {
  const { here, unitFee, progressiveFee, best, better } = frontier;
  // Where nobody takes anything there is neither efficiency nor inequality.
  const some = ({ efficiency }: FrontierPoint): boolean => efficiency > 0;
  const warned = [unitFee, progressiveFee].flatMap(({ points, warning }) =>
    warning === null ? [] : points.filter((point) => isAt(point, warning.most, points)),
  );
  return {
    x: { name: "Gini index", format: formatIndex },
    y: { name: "efficiency, tokens an agent", format: formatNumber },
    curves: [
      curveOf(progressiveFee.points.filter(some), { name: "φ turned", colour: "blue" }),
      curveOf(unitFee.points.filter(some), { name: "τ turned", colour: "orange" }),
      curveOf(best.filter(some), { name: "frontier of both", colour: "green", dashed: true }),
      ...(warned.length === 0
        ? []
        : [
            curveOf(warned.filter(some), {
              name: "most elastic",
              colour: "purple",
              mark: "triangle",
            }),
          ]),
      curveOf([here], { name: "here", colour: "red", mark: "circle" }),
    ],
    caption: `To the upper left is better. ${betterText({ ...frontier, better })}`,
  };
}

/** Whether a point of a sweep is the one at which it warns. */
function isAt(point: FrontierPoint, { fee }: FeeElasticity, points: FrontierPoint[]): boolean {
  const [first, second] = points as [FrontierPoint, FrontierPoint];
  return first.unitFee === second.unitFee ? point.progressiveFee === fee : point.unitFee === fee;
}

export function elasticityPlot(frontier: Frontier): Plot {
  const { unitFee, progressiveFee, here } = frontier;
  const top = Math.max(
    unitFee.points.at(-1)!.unitFee,
    progressiveFee.points.at(-1)!.progressiveFee,
  );
  const line = (sweep: FeeElasticity[]): Curve["points"] =>
    sweep.map(({ fee, elasticity }) => [fee, elasticity]);
  const most = [unitFee.warning, progressiveFee.warning].flatMap((warning) =>
    warning === null ? [] : line([warning.most]),
  );
  return {
    x: { name: "fee: tokens a unit, tokens a unit²", min: 0, max: top, format: formatNumber },
    y: { name: "% of efficiency for 1 % more fee", format: formatNumber },
    curves: [
      { name: "τ", colour: "orange", points: line(unitFee.elasticities) },
      { name: "φ", colour: "blue", points: line(progressiveFee.elasticities) },
      {
        name: "elastic below",
        colour: "soft",
        dashed: true,
        points: [
          [0, -1],
          [top, -1],
        ],
      },
      { name: "most elastic", colour: "purple", mark: "triangle", points: most },
      ...standing(unitFee.elasticities, here.unitFee),
    ],
    caption: `${warningText(frontier, "unitFee")} ${warningText(frontier, "progressiveFee")}`,
  };
}

/** Where τ stands on its curve. */
function standing(sweep: FeeElasticity[], fee: number): Curve[] {
  const after = sweep.findIndex((point) => point.fee >= fee);
  if (after < 1) return [];
  const [low, high] = [sweep[after - 1]!, sweep[after]!];
  const part = (fee - low.fee) / (high.fee - low.fee);
  const height = low.elasticity + part * (high.elasticity - low.elasticity);
  return [{ name: "τ here", colour: "red", mark: "circle", points: [[fee, height]] }];
}
