import { parseMarket } from "../../markets/market-file.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { clearByFloat } from "../engines/float.ts";
import { streamSeed } from "../harness/seeds.ts";
import { judged, type Figure } from "./figure.ts";

// How many rounds Secant takes, from its automatic first step and with the default tolerances, where
// docs/mechanism.md says what those are. Agents are the paper's, τ = 0.5, γ = 0.

/** n, m and g. */
const MARKETS = [
  { n: 20, capacity: 50, executionFee: 0 },
  { n: 100, capacity: 100, executionFee: 0 },
  { n: 20, capacity: 50, executionFee: 1 },
  { n: 100, capacity: 100, executionFee: 1 },
  { n: 1_000, capacity: 1_000, executionFee: 1 },
] as const;

const DRAWS = 200;
const MAX_ROUNDS = 2_000;
const GOALS = [
  { name: "median", share: 0.5, target: { atMost: 6 } },
  { name: "95th percentile", share: 0.95, target: { atMost: 12 } },
] as const;

/** Rounds until each of so many draws of a market has settled, the fewest first. */
export function roundsOf(
  { n, capacity, executionFee }: { n: number; capacity: number; executionFee: number },
  draws: number,
): number[] {
  const agents = { source: "paper", n };
  const market = parseMarket(
    { capacity, unitFee: 0.5, executionFee, rule: "Secant", maxRounds: MAX_ROUNDS, agents },
    { file: "rounds" },
  );
  const rounds = Array.from({ length: draws }, (_, draw) => {
    const cleared = clearByFloat(drawAgents(n, streamSeed(1, draw, n)), market);
    return cleared.stop === "RoundLimit" ? Infinity : cleared.rounds;
  });
  return rounds.sort((a, b) => a - b);
}

/** The rounds' part of `npm run bench`. A market that does not settle counts as infinitely many. */
export function roundFigures(quick: boolean): Figure[] {
  return (quick ? MARKETS.slice(0, 1) : MARKETS).flatMap((given) => {
    const rounds = roundsOf(given, quick ? 20 : DRAWS);
    const { n, capacity, executionFee } = given;
    return GOALS.map(({ name, share, target }): Figure => {
      // The smallest number that so large a share of the draws does not exceed.
      const measured = rounds[Math.ceil(share * rounds.length) - 1]!;
      return {
        name: `rounds, n = ${n}, m = ${capacity}, g = ${executionFee}, ${name}`,
        ...{ measured, unit: "rounds", floor: null, peer: null, ratio: null, noise: 0 },
        ...judged(target, measured),
      };
    });
  });
}
