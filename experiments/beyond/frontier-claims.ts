import { clearSign, estimate, pairedDifference, type Estimate } from "../harness/samples.ts";
import type { Claim } from "../tables/claim.ts";
import { fixed, shortNumber, withInterval } from "../tables/format.ts";
import { levers, settingKey, type Lever, type Measure } from "./levers.ts";

/** A measure of a setting, one number a replication. */
export type MeasuresOf = (key: string, measure: Measure) => Float64Array;

/** What the paper says of fees and fairness, and what we say of φ. */
export function claimsOf(of: MeasuresOf): Claim[] {
  const mean = (key: string, measure: Measure): number => estimate(of(key, measure)).mean;
  const dearer = pairedDifference(of("unitFee=2", "gini"), of("unitFee=0", "gini"));
  const all = levers.flatMap((lever) =>
    lever.settings.map((setting) => ({
      name: `${lever.symbol} = ${setting}`,
      key: settingKey(lever, setting),
    })),
  );
  const most = all.reduce((least, next) =>
    mean(next.key, "giniOverProportional") < mean(least.key, "giniOverProportional") ? next : least,
  );
  const [efficiency, inequality] = (["overProportional", "giniOverProportional"] as const).map(
    (measure) => mean("progressiveFee=0.25", measure),
  ) as [number, number];
  const turned = levers.map((lever) => ({ lever, changes: changesOf(of, lever) }));
  return [
    {
      claim:
        "Higher τ 'equalizes allocations': the Gini index over all agents falls from τ = 0 to 2, n = 50.",
      source: "5.3",
      holds: clearSign(dearer) < 0,
      evidence: `${withInterval(dearer, true)}; the ends only. Step by step, n = 20, and over takers alone: Table 5`,
    },
    {
      claim:
        "Inequality reductions 'exceeding 40 %' relative to proportional rules: some fee reaches them.",
      source: "1",
      holds: mean(most.key, "giniOverProportional") < -40,
      evidence: `most at ${most.name}: ${fixed(mean(most.key, "giniOverProportional"), 1)} %, with ${fixed(mean(most.key, "overProportional"), 1)} % efficiency`,
    },
    {
      claim:
        "At φ = 0.25 efficiency is above proportional allocation's, and the Gini index a tenth below or more.",
      source: "ours",
      holds: efficiency > 0 && inequality <= -10,
      evidence: `efficiency ${fixed(efficiency, 1)} %, Gini ${fixed(inequality, 1)} %`,
    },
    {
      claim: "Turned up, φ lowers the Gini index at every setting, τ and g at none.",
      source: "ours",
      holds: turned.every(({ lever: { symbol }, changes }) =>
        changes.every(({ change }) =>
          symbol === "φ" ? clearSign(change) < 0 : clearSign(change) >= 0,
        ),
      ),
      evidence: turned
        .flatMap(({ lever: { symbol }, changes }) =>
          changes.map(
            ({ setting, change }) => `${symbol} = ${setting}: ${shortNumber(change.mean, true)}`,
          ),
        )
        .join("; "),
    },
  ];
}

/** What each setting above the paper's own does to the Gini index. */
function changesOf(of: MeasuresOf, lever: Lever): { setting: number; change: Estimate }[] {
  return lever.settings
    .filter((setting) => setting > lever.usual)
    .map((setting) => ({
      setting,
      change: pairedDifference(
        of(settingKey(lever, setting), "gini"),
        of(settingKey(lever, lever.usual), "gini"),
      ),
    }));
}
