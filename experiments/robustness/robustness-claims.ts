import { clearSign, estimate, pairedDifference } from "../harness/samples.ts";
import type { Claim } from "../tables/claim.ts";
import { fixed, shortNumber, withInterval } from "../tables/format.ts";
import { epochScenarios } from "./epoch-scenarios.ts";
import type { Course } from "./periods.ts";
import { roundScenarios } from "./round-scenarios.ts";

/** The numbers of a scenario, one a replication. */
export type MeasuresOf = (scenario: string, measure: keyof Course) => Float64Array;

/** In % of the equilibrium's efficiency: less than this is what tolerances and rationing leave. */
const NEGLIGIBLE = 0.5;

/** The same for epochs that settle anew: regret within this of zero cannot be told from none, nor can whether it falls. */
const UNTOLD = 0.01;

/** What the paper says of shocks, held against the scenarios. */
export function claimsOf(of: MeasuresOf): Claim[] {
  const shocks = epochScenarios.filter(({ kind, isOnce }) => isOnce && kind !== "reports");
  const lasting = epochScenarios.filter(({ kind, isOnce }) => !isOnce && kind !== "reports");
  const falls = lasting.map(({ key, title }) => ({
    title,
    regret: estimate(of(key, "regret")),
    change: pairedDifference(of(key, "lateRegret"), of(key, "regret")),
  }));
  const isFalling = falls.every(({ change }) => clearSign(change) < 0);
  const isNone = falls.every(({ regret: { ci95 } }) =>
    ci95.every((end) => Math.abs(end) <= UNTOLD),
  );
  const absorbed = (shown: readonly { key: string; title: string }[]) => {
    const regrets = shown.map(({ key, title }) => ({
      title,
      regret: estimate(of(key, "lateRegret")),
    }));
    return {
      holds: regrets.every(({ regret }) => regret.ci95[1] < NEGLIGIBLE),
      evidence: `late regret, below ${NEGLIGIBLE} % asked for: ${regrets.map(({ title, regret }) => `${title}: ${shortNumber(regret.mean)} %`).join("; ")}`,
    };
  };
  const averaging = pairedDifference(of("noise-averaged", "regret"), of("noise", "regret"));
  const misled = pairedDifference(of("inflate-averaged", "regret"), of("noise-averaged", "regret"));
  return [
    {
      claim:
        "The mechanism 'absorbs shocks, reallocates resources, and reconverges': shocks between epochs.",
      source: "5.6",
      ...absorbed(shocks),
    },
    {
      claim: "The same of agents who come, leave, die or fall silent within an epoch.",
      source: "5.6",
      ...absorbed(roundScenarios.filter(({ kind }) => kind === "participation")),
    },
    {
      claim:
        "'Sublinear regret bounds demonstrate robustness to drift': regret an epoch falls while it drifts.",
      source: "1",
      holds: isFalling ? true : isNone ? "cannot be told" : false,
      evidence: `${isNone ? `within ${UNTOLD} % of none, with its interval, so there is nothing to fall; ` : ""}regret in %, and late less all: ${falls.map(({ title, regret, change }) => `${title}: ${fixed(regret.mean, 4)}, ${withInterval(change, true)}`).join("; ")}. What can tell is Corollary 4.13, where each round counts`,
    },
    {
      claim: "'Monte Carlo averaging … makes the algorithm robust to noisy … demand reporting.'",
      source: "4.3",
      holds: clearSign(averaging) < 0,
      evidence: `regret with M = 16 less that with M = 1, in points: ${withInterval(averaging, true)}`,
    },
    {
      claim: "'… or adversarial demand reporting.'",
      source: "4.3",
      holds: clearSign(misled) <= 0,
      evidence: `M = 16, regret with a fifth that inflates less that without, in points: ${withInterval(misled, true)}: averaging takes out noise, no bias`,
    },
  ];
}
