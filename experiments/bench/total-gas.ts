import { id } from "ethers";

import { parseMarket } from "../../markets/market-file.ts";
import { closeChain, runOnChain, type Sent } from "../engines/chain.ts";
import type { Block } from "../report/blocks.ts";
import { paperAgents } from "../tables/population.ts";
import { judged, type Figure } from "./figure.ts";

// What a whole market costs an agent, from its first deposit to its settled account, whoever sends
// the transaction: the epoch opened, demands signed and handed in a hundred at a time, rounds
// closed, accounts settled a hundred at a time. Capacity is one unit an agent, τ = 0.5, g = 1, ε_p a
// thousandth of the capacity; agents are the paper's, Secant from its automatic first step.

/** Ethereum's, since November 2025. */
const BLOCK_GAS = 60_000_000;

/** Lets a demand stand that moved by less, units: ε_p is not exceeded even where all keep silent. */
const DEADBAND = 1e-3;

/** Where the goal is set, and what it is: half of what a bidder pays EasyAuction to bid and to claim. */
const HELD_AT = 100;
const GOAL = { atMost: 146_000 };

/** The curve; a market of many agents is much like the next, one of few is not. */
const SIZES = [10, 20, 50, HELD_AT, 200, 500, 1_000, 2_000] as const;
const DRAWS = 5;
const drawsOf = (n: number): number => (n <= HELD_AT ? DRAWS : 1);

const DEPOSIT = id("deposit(uint256)").slice(0, 10);

/** What one market took, each gas an agent's share. */
export type TotalGas = {
  n: number;
  rounds: number;
  /** Demands that an agent sent, on average. */
  messages: number;
  /** The token's approval before it is not counted. */
  deposit: number;
  open: number;
  submit: number;
  close: number;
  settle: number;
  total: number;
};

/** Clear a market of n agents on the contract, and count. */
export async function measureTotalGas(n: number, seed: number): Promise<TotalGas> {
  const agents = paperAgents(n, { seed, replication: 0 });
  const market = parseMarket(
    {
      ...{ capacity: n, unitFee: 0.5, executionFee: 1, rule: "Secant", maxRounds: 60 },
      bots: { strategy: "lazy", deadband: DEADBAND },
      agents: { source: "paper", n, seed },
    },
    { file: "total-gas" },
  );
  const { sent, rounds, messages } = await runOnChain(agents, market, true);
  const shareOf = (kind: Sent["kind"], method = ""): number =>
    sent
      .filter((one) => one.kind === kind && one.data.startsWith(method))
      .reduce((sum, { gas }) => sum + gas, 0) / n;
  const parts = {
    deposit: shareOf("join", DEPOSIT),
    open: shareOf("open"),
    submit: shareOf("submit"),
    close: shareOf("close"),
    settle: shareOf("settle"),
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { n, rounds, messages: messages / n, ...parts, total };
}

/** The whole market's part of `npm run bench`: the figure that has a goal, and the curve over n. */
export async function totalGasPart(
  quick: boolean,
): Promise<{ figures: Figure[]; blocks: Block[] }> {
  const markets: TotalGas[] = [];
  for (const n of quick ? SIZES.slice(0, 1) : SIZES) {
    const drawn: TotalGas[] = [];
    for (let seed = 1; seed <= drawsOf(n); seed++) drawn.push(await measureTotalGas(n, seed));
    drawn.sort((a, b) => a.total - b.total);
    markets.push(drawn[drawn.length >> 1]!);
  }
  await closeChain();
  const figures = markets.map((market): Figure => {
    const total = Math.round(market.total);
    return {
      ...{ name: `gas, a whole market, an agent of ${market.n}`, measured: total, unit: "gas" },
      ...{ floor: null, peer: null, ratio: null, noise: 0 },
      ...judged(market.n === HELD_AT ? GOAL : undefined, total),
    };
  });
  return { figures, blocks: [curve(markets), table(markets)] };
}

function curve(markets: readonly TotalGas[]): Block {
  const parts = ["deposit", "submit", "close", "settle"] as const;
  return {
    kind: "figure",
    name: "total-gas",
    caption:
      "Gas an agent, from its first deposit to its settled account: deposits and settlement are the same for each, a close and the opening are shared by all.",
    picture: {
      drawing: "curves",
      data: {
        panels: [
          {
            title: "Gas of a whole market",
            x: { name: "n, agents", decimals: 0, isLogarithmic: true },
            y: { name: "thousand gas an agent", decimals: 0 },
            curves: parts.map((part) => ({
              name: part,
              points: markets.map((market) => ({
                x: market.n,
                y: market[part] / 1e3,
                label: `${part}, n = ${market.n}`,
              })),
            })),
          },
        ],
      },
    },
  };
}

function table(markets: readonly TotalGas[]): Block {
  const parts = ["deposit", "open", "submit", "close", "settle", "total"] as const;
  return {
    kind: "grid",
    title: `Gas an agent, and how many agents a block of ${BLOCK_GAS / 1e6} million has room for; up to n = ${HELD_AT} the median of ${DRAWS} draws`,
    head: ["n", "rounds", "demands an agent", ...parts, "agents in a block"],
    rows: markets.map((market) => [
      ...[String(market.n), String(market.rounds), market.messages.toFixed(2)],
      ...parts.map((part) => Math.round(market[part]).toLocaleString("en")),
      String(Math.floor(BLOCK_GAS / market.total)),
    ]),
  };
}
