import type { Agent, Fees } from "../../../mechanism/agent.ts";
import { bestResponse, payoff } from "../../../mechanism/best-response.ts";
import { formatAmount, formatNumber } from "../../../scripts/output/format.ts";
import type { Plot } from "../../charts/lines-chart.ts";

/** What a person is asked to weigh: an offer, and how much of it the account can pay for. */
export type Offer = { price: number; fees: Fees; capacity: number; affordable: number };

/** The demand that is worth most at today's price, units, and what it is worth, tokens. */
export function bestOf(agent: Agent, { price, fees, capacity, affordable }: Offer) {
  const demand = bestResponse(agent, fees, price, { capacity: Math.min(capacity, affordable) });
  // Down to what a person can read and type.
  const rounded = Math.floor(demand * 1e6) / 1e6;
  return { demand: rounded, worth: payoff(agent, fees, price, rounded) };
}

const POINTS = 60;

/** The payoff curve with the best response and the demand chosen. */
export function payoffPlot(agent: Agent, offer: Offer, chosen: number, symbol: string): Plot {
  const { price, fees, capacity, affordable } = offer;
  const best = bestOf(agent, offer);
  const most = Math.min(capacity, Math.max(2 * best.demand, 1.2 * chosen, Math.min(capacity, 5)));
  const worth = (x: number): number => payoff(agent, fees, price, x);
  const held = affordable < capacity && best.demand >= Math.floor(affordable * 1e6) / 1e6;
  return {
    x: { name: "demand, units", min: 0, max: most, format: formatNumber },
    y: { name: `worth to you, ${symbol}`, format: formatNumber },
    curves: [
      {
        name: "payoff",
        colour: "blue",
        points: Array.from({ length: POINTS + 1 }, (_, step) => {
          const x = (most * step) / POINTS;
          return [x, worth(x)];
        }),
      },
      {
        name: "best response",
        colour: "green",
        mark: "diamond",
        points: [[best.demand, best.worth]],
      },
      { name: "your demand", colour: "red", mark: "circle", points: [[chosen, worth(chosen)]] },
    ],
    caption:
      best.demand === 0
        ? `At ${formatAmount(price)} ${symbol} a unit it is best to ask for nothing.`
        : `At ${formatAmount(price)} ${symbol} a unit ${formatAmount(best.demand)} units are worth most to you: ${formatAmount(best.worth)} ${symbol} after all you pay.` +
          (held ? " More would be, but your account cannot pay for it: deposit more." : ""),
  };
}
