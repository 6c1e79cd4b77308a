// Why an epoch stopped, in sentences.

import type { Summary } from "../record.ts";
import { counted, formatDeviation, formatNumber, symbolOf } from "./format.ts";

/** What of an epoch's end is told in words. */
export type Ending = Pick<Summary, "reason" | "price" | "rounds"> & { token: { symbol: string } };

/** How an epoch ended, in one sentence: the price, the rounds and the reason. */
export function headlineOf(summary: Ending): string {
  const rounds = counted(summary.rounds, "round");
  const price = `${formatNumber(summary.price)} ${symbolOf(summary.token)} a unit`;
  switch (summary.reason) {
    case "Converged":
      return summary.price === 0
        ? `The market cleared at price 0 after ${rounds}: there is enough for everyone.`
        : `The market cleared at ${price} after ${rounds}: demand meets capacity.`;
    case "Rationed":
      return `The market settled at ${price} after ${rounds}: the lowest price found at which demand fits.`;
    case "RoundLimit":
      return `The market stopped at ${price} after ${rounds}, its limit, before it had converged.`;
  }
}

/** What there is to say of an epoch's end, for someone who has not read the paper: a sentence each. */
export function wordsOf(summary: Summary): string[] {
  return [explanationOf(summary), scalingOf(summary), othersOf(summary)].filter(
    (sentence) => sentence !== undefined,
  );
}

/** Why it stopped, for someone who has not read the paper. */
export function explanationOf(summary: Pick<Ending, "reason" | "price">): string {
  switch (summary.reason) {
    case "Converged":
      return summary.price === 0
        ? "At price 0 the agents ask for no more than there is, and neither the price nor their demands still moved."
        : "Demand was as near to capacity as the market asks, and neither the price nor the demands still moved.";
    case "Rationed":
      return "No price makes demand equal capacity: just below this one more agents come in, and together they ask for more than there is.";
    case "RoundLimit":
      return "Not everything had come to rest when the rounds ran out, so the epoch settled with the demands that stood.";
  }
}

/** Which figures are of whom where others have joined, whose valuations a run does not know. */
function othersOf({ others, n }: Summary): string | undefined {
  return others === 0
    ? undefined
    : `${counted(others, "other member")} took part: demand, allocated units, payments and fees are of all; the exact equilibrium, efficiency, Gini and participation of the ${counted(n, "agent")} of this run alone.`;
}

/** How the allocations differ from the demands, if they do. */
function scalingOf(summary: Summary): string | undefined {
  if (summary.exact.allocated === summary.exact.demand || summary.allocated >= summary.demand) {
    return undefined;
  }
  const excess = formatDeviation(summary.demand, summary.allocated);
  return excess === "equal"
    ? undefined
    : `The demands add up to ${excess.replace(" above", " more")} than was given out: they were scaled down to fit.`;
}
