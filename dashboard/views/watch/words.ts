import {
  counted,
  formatDeviation,
  formatNumber,
  printable,
} from "../../../scripts/output/format.ts";
import { explanationOf, headlineOf } from "../../../scripts/output/wording.ts";
import type { OpenRound, Scene } from "./scene.ts";

/** What is going on, as a headline and what there is to say besides. */
export type Words = { headline: string; detail: string };

export function wordsOf(scene: Scene): Words {
  const { open, reason, rounds, symbol } = scene;
  const last = rounds.at(-1);
  if (open !== undefined) {
    return {
      headline: `Round ${open.round}: ${answersOf(open)}.`,
      detail: excessOf(open.demand, scene.capacity),
    };
  }
  if (last === undefined) {
    return {
      headline: "No epoch has been opened yet.",
      detail: `${counted(scene.members, "agent")} joined so far. Prices and demands appear here when the owner opens an epoch.`,
    };
  }
  if (reason === null) {
    return {
      headline: `Round ${last.round}: the price is ${formatNumber(last.price)} ${symbol} a unit.`,
      detail: excessOf(last.demand, scene.capacity),
    };
  }
  const { price } = last;
  return {
    headline: headlineOf({ reason, price, rounds: rounds.length, token: { symbol } }),
    detail: [explanationOf({ reason, price }), ...shortfallOf(scene)].join(" "),
  };
}

/** What was asked for and, though there was enough, not given out: a thousandth and more. */
function shortfallOf({ shares, capacity }: Scene): string[] {
  const asked = shares.reduce((sum, { demand }) => sum + demand, 0);
  const given = shares.reduce((sum, { demand, allocation }) => sum + (allocation ?? demand), 0);
  if (given >= 0.999 * Math.min(asked, capacity)) return [];
  return [
    `Of ${formatNumber(asked)} units asked for ${formatNumber(given)} were given out: who did not answer the last price gets no more than what was locked at a lower one pays for.`,
  ];
}

function answersOf({ answered, members }: OpenRound): string {
  if (members === 0) return "nobody has joined";
  if (answered === 0) return "the price is posted, answers are awaited";
  if (answered >= members) return "all have answered";
  return `${answered} of ${counted(members, "agent")} ${answered === 1 ? "has" : "have"} answered`;
}

function excessOf(demand: number, capacity: number): string {
  const deviation = formatDeviation(demand, capacity);
  if (demand === 0) return "Nobody asks for anything at this price yet.";
  if (deviation === "equal") return "The demands that stand add up to exactly what there is.";
  const [amount, side] = [deviation.slice(0, -6), demand > capacity ? "more" : "less"];
  return `The demands that stand add up to ${amount} ${side} than there is.`;
}

/** For a screen reader, when a round begins or an epoch ends. */
export function newsOf(scene: Scene): string {
  const { open, symbol, market, epoch } = scene;
  const price = open?.price;
  return price === undefined
    ? wordsOf(scene).headline
    : `${printable(market)}, epoch ${epoch}, round ${open?.round ?? 0}: ${formatNumber(price)} ${symbol} a unit.`;
}

/** Time until the round may be closed by anybody, by the chain's clock. */
export function deadlineText({ deadline, clock, answered, members }: OpenRound): string {
  if (members > 0 && answered >= members) return "anybody may close it now";
  const now = clock.time + (performance.now() - clock.at) / 1_000;
  const left = Math.ceil(deadline - now);
  if (left <= 0) return "past its deadline: anybody may close it now";
  return `closes in ${durationText(left)}, or when all have answered`;
}

function durationText(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)} h`
    : `${minutes}:${two(seconds % 60)} min`;
}
