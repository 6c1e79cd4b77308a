import type { State } from "../drawings/ripples.ts";
import {
  columnOf,
  estimate,
  pairedDifference,
  type Estimate,
  type Samples,
} from "../harness/samples.ts";
import { claimOfSign, type Claim } from "../tables/claim.ts";
import { fixed, shortNumber } from "../tables/format.ts";
import { claimOfDraws } from "./figure.ts";
import type { ShockParameters } from "./figure7.ts";

/** Rounds shown before the shock. */
export const BEFORE = 6;

/** A trace of the market shown: one number a draw. */
export function trace(samples: Samples, measure: keyof State, round: number): Float64Array {
  return columnOf(samples, `shown/${measure}/${round}`);
}

/** What the paper says of Figure 7, held against the market shown. */
export function claimsOfShock(samples: Samples, { shock }: ShockParameters): Claim[] {
  const last = 2 * shock - 1;
  const change = (measure: keyof State, to: number, from: number) =>
    pairedDifference(trace(samples, measure, to), trace(samples, measure, from));
  const columns = Array.from({ length: shock + BEFORE }, (_, at) =>
    trace(samples, "efficiency", shock - BEFORE + at),
  );
  const means = Array.from(
    { length: last - shock + 1 },
    (_, at) => estimate(trace(samples, "fairness", shock + at)).mean,
  );
  const paths = samples.rows.map((_, draw) => columns.map((column) => column[draw]!));
  return [
    claimOfSign(
      "Efficiency initially overshoots: it falls below where it comes to rest.",
      "5.6",
      -1,
      [
        {
          of: "first round after the shock less rest, tokens an agent",
          difference: change("efficiency", shock, last),
        },
      ],
    ),
    claimOfDraws(
      "It 'stabilizes at a new equilibrium'.",
      "5.6",
      paths.map((path) => {
        const end = path.slice(-10);
        return Math.max(...end) - Math.min(...end) <= 0.001 * Math.abs(path.at(-1)!);
      }),
      "efficiency within 0.1 % over the last ten rounds",
    ),
    claimOfDraws(
      "The phase portrait shows 'a structural break at t = 50'.",
      "5.6",
      paths.map((path) => {
        const moves = path.slice(1).map((value, at) => Math.abs(value - path[at]!));
        return moves[BEFORE - 1] === Math.max(...moves);
      }),
      `of the rounds from ${shock - BEFORE} on efficiency moves most in that one`,
    ),
    claimOfSign("Fairness suffers an 'immediate post-shock loss'.", "5.6", -1, [
      {
        of: "first round after less last before",
        difference: change("fairness", shock, shock - 1),
      },
    ]),
    gradualRebound(change("fairness", last, shock), means),
  ];
}

/** A rebound is gradual if no single round brings more than this share of it. */
const AT_ONCE = 0.5;

/** @param means fairness by round, from the first after the shock */
function gradualRebound(rebound: Estimate, means: readonly number[]): Claim {
  const steps = means.slice(1).map((mean, at) => mean - means[at]!);
  const largest = Math.max(...steps) / (means.at(-1)! - means[0]!);
  const judged = claimOfSign("It makes a 'gradual rebound'.", "5.6", 1, [
    { of: "rest less first round after", difference: rebound },
  ]);
  return {
    ...judged,
    holds: judged.holds === true && largest <= AT_ONCE,
    evidence: `${judged.evidence}; the round that brings most brings ${fixed(100 * largest, 0)} % of it (${100 * AT_ONCE} % or less count as gradual)`,
  };
}

/** What else the replications showed. */
export function notesOfShock(
  samples: Samples,
  { shock, capacities: [shown, other] }: ShockParameters,
): string[] {
  const last = 2 * shock - 1;
  const mean = (values: Float64Array): number => estimate(values).mean;
  const resilience =
    mean(trace(samples, "efficiency", last)) / mean(trace(samples, "efficiency", shock - 1));
  const at = (phase: string, measure: keyof State): number =>
    mean(columnOf(samples, `other/${phase}/${measure}/0`));
  const move = (measure: keyof State, from: string, to: string): string =>
    shortNumber(at(to, measure) - at(from, measure), true);
  return [
    `Resilience, eq. (11), of the means: ${fixed(resilience, 2)}. Eq. (8) counts fees as spent, so a higher fee lowers it by itself.`,
    `With Table 3's m = ${other} instead of ${shown} efficiency first moves by ${move("efficiency", "before", "first")} and then by ${move("efficiency", "first", "rest")} tokens an agent, fairness by ${move("fairness", "before", "first")} and then ${move("fairness", "first", "rest")}.`,
    "On the chain fees are frozen while an epoch is open: there this shock is the border between two epochs, with the price carried over.",
  ];
}
