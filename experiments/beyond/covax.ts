import type { Fees } from "../../mechanism/agent.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { efficiency, gini } from "../../mechanism/metrics.ts";
import { createRandom } from "../../mechanism/random.ts";
import { clear, type EngineName } from "../engines/engine.ts";
import type { Draw, Experiment, Result, Run } from "../experiment.ts";
import { streamSeed } from "../harness/seeds.ts";
import { columnOf, estimate, pairedDifference, type Samples } from "../harness/samples.ts";
import { claimOfSign, type Claim } from "../tables/claim.ts";
import { fixed, withInterval } from "../tables/format.ts";
import { concludeMeasured } from "../tables/measured-table.ts";
import type { Country } from "./countries.ts";
import { agentOf, giniOfHeads, impliedWorth, MILLION, sum } from "./vaccine-agents.ts";

type Parameters = {
  countries: readonly Country[];
  /** ρ of v(z) = a·z^(1 − ρ)/(1 − ρ), z in doses a head. */
  shape: number;
  /** What a is drawn from. */
  worth: [least: number, most: number];
  /** In millions of tokens: what handling a delivery costs. */
  delivery: number;
  /** φ, in tokens a dose and million doses. */
  progressiveFee: number;
};

const WORTH_STREAM = 6001;

/** Who gets how much: what was decided, by heads, and three markets. */
const rules = {
  allocated: "as allocated on 2 March 2021",
  heads: "by heads",
  clearing: "clearing",
  delivery: "clearing, delivery charged (g)",
  progressive: "clearing, progressive fee (φ)",
} as const;
type Rule = keyof typeof rules;
const ruleKeys = Object.keys(rules) as Rule[];

const noFees: Fees = { unitFee: 0, executionFee: 0, progressiveFee: 0 };

/** The WHO's first COVAX round: countries as agents, doses as the resource. */
export const covax: Experiment<Parameters> = {
  name: "covax",
  module: import.meta.url,
  title: "COVAX, first round: clearing against what was allocated",
  replications: { full: 1000, quick: 60 },
  engines: ["float", "twin"],
  weight: 1,
  prepare: ({ countries }) =>
    typeof countries === "string"
      ? countries
      : { countries, shape: 0.5, worth: [0.75, 1.25], delivery: 0.01, progressiveFee: 0.1 },
  replicate,
  conclude,
};

async function replicate(
  { countries, shape, worth: [least, most], delivery, progressiveFee }: Parameters,
  draw: Draw,
  engine: EngineName,
): Promise<Record<string, number>> {
  const { uniform } = createRandom(streamSeed(draw.seed, draw.replication, WORTH_STREAM));
  const agents = countries.map((country) =>
    agentOf(country, least + (most - least) * uniform(), shape),
  );
  const heads = countries.map(({ population }) => population / MILLION);
  const given = countries.map(({ doses }) => doses / MILLION);
  const capacity = sum(given);
  const charged: Record<Rule, Fees> = {
    ...{ allocated: noFees, heads: noFees, clearing: noFees },
    delivery: { ...noFees, executionFee: delivery },
    progressive: { ...noFees, progressiveFee },
  };
  const market = (rule: Rule): Float64Array =>
    solveEquilibrium(agents, capacity, charged[rule]).allocations;
  const allocations: Record<Rule, ArrayLike<number>> = {
    allocated: given,
    heads: heads.map((head) => (capacity * head) / sum(heads)),
    clearing: market("clearing"),
    delivery: market("delivery"),
    progressive: market("progressive"),
  };
  const exact = solveEquilibrium(agents, capacity, noFees);
  const settled = await clear(engine, agents, { fees: noFees, capacity });
  const numbers: Record<string, number> = {
    rounds: settled.rounds,
    priceApart: Math.abs(settled.price - exact.price) / exact.price,
  };
  const best = efficiency(agents, allocations.clearing, noFees);
  for (const rule of ruleKeys) {
    const doses = allocations[rule];
    const perHead = heads.map((head, index) => doses[index]! / head);
    // What a delivery costs is spent whoever decides; here only where the market charges it.
    const reached = efficiency(agents, doses, charged[rule]);
    numbers[`${rule}/efficiency`] = 100 * (reached / best - 1);
    numbers[`${rule}/gini`] = gini(perHead);
    numbers[`${rule}/giniOfHeads`] = giniOfHeads(perHead, heads);
    numbers[`${rule}/takers`] = perHead.filter((z) => z > 0).length;
    countries.forEach(({ code }, index) => {
      numbers[`${rule}/${code}`] = 100 * perHead[index]!;
    });
  }
  return numbers;
}

function conclude(samples: Samples, parameters: Parameters, run: Run): Result {
  const { countries, shape, worth, delivery, progressiveFee } = parameters;
  const of = (rule: Rule, measure: string): Float64Array => columnOf(samples, `${rule}/${measure}`);
  const capacity = sum(countries.map(({ doses }) => doses)) / MILLION;
  const implied = impliedWorth(countries, shape);
  return concludeMeasured({
    name: covax.name,
    title: covax.title,
    run,
    text: [
      `${countries.length} countries, those that the AFP reported on 3 March 2021 (the ten largest recipients and the three smallest), with the populations of the UN's World Population Prospects; ${fixed(capacity, 1)} million doses, what these countries were allocated together. The paper announces a case on 'WHO vaccine allocation data' in an appendix (section 5.1) and does not print one.`,
      `What doses are worth is not in the data; this is our choice. z doses a head are worth a·z^(1 − ρ)/(1 − ρ) a head with ρ = ${shape}, and a is drawn from U(${worth.join(", ")}) for each country: need and readiness, which nobody measured. With the same a for all the market shares out by heads. Tokens stand for a claim on doses, not for wealth: what a country can pay is no part of it.`,
      `Delivery charged: every country that takes anything pays g = ${fixed(delivery * MILLION, 0)} tokens. Progressive fee: φ = ${progressiveFee}, on millions of doses.`,
    ],
    tables: [
      {
        key: "rules",
        title: "Who decides",
        label: "rule",
        columns: [
          { key: "efficiency", title: "efficiency, eq. (8), against clearing, %", decimals: 2 },
          { key: "gini", title: "Gini of doses a head, over countries", decimals: 3 },
          { key: "giniOfHeads", title: "the same, over heads", decimals: 3 },
          { key: "takers", title: "countries that get some", decimals: 1 },
        ],
        rows: ruleKeys.map((rule) => ({
          key: rule,
          title: rules[rule],
          values: Object.fromEntries(
            ["efficiency", "gini", "giniOfHeads", "takers"].map((key) => [key, of(rule, key)]),
          ),
        })),
      },
      {
        key: "countries",
        title: "Doses for a hundred heads",
        label: "country",
        columns: [
          ...ruleKeys.map((rule) => ({ key: rule, title: rules[rule], decimals: 1 })),
          { key: "implied", title: "a that would make the allocation the market's", decimals: 2 },
        ],
        rows: countries.map(({ name, code }, index) => ({
          key: code,
          title: name,
          values: {
            ...Object.fromEntries(ruleKeys.map((rule) => [rule, of(rule, code)])),
            implied: [implied[index]!],
          },
        })),
      },
    ],
    claims: claimsOf(of, countries),
    notes: [
      `Algorithm 1 settles after ${withInterval(estimate(columnOf(samples, "rounds")))} rounds, its price within ${fixed(100 * Math.max(...columnOf(samples, "priceApart")), 2)} % of the equilibrium's.`,
      "No rule is more efficient than clearing, which is the optimum where nothing is charged. By heads is as equal as can be; a market is less so where a dose is worth more in one country than in another.",
      "The last column is relative to its mean over heads: how much more than others a country would have to gain from a dose for the allocation to be right by this measure.",
    ],
  });
}

function claimsOf(
  of: (rule: Rule, measure: string) => Float64Array,
  countries: readonly Country[],
): Claim[] {
  const difference = (
    measure: string,
    first: Rule,
    second: Rule,
  ): { of: string; difference: ReturnType<typeof estimate> }[] => [
    {
      of: `${rules[first]} − ${rules[second]}`,
      difference: pairedDifference(of(first, measure), of(second, measure)),
    },
  ];
  const smallest = countries.toSorted((a, b) => a.population - b.population).slice(0, 3);
  const reached = smallest.map(({ code }) => estimate(of("delivery", code)).mean);
  return [
    claimOfSign(
      "Sharing out by heads, which needs no market, would have been more efficient than what was allocated.",
      "ours",
      1,
      difference("efficiency", "heads", "allocated"),
    ),
    claimOfSign(
      "Clearing is more equal between countries, by doses a head, than what was allocated.",
      "ours",
      -1,
      difference("gini", "clearing", "allocated"),
    ),
    claimOfSign(
      "It is more equal between heads, too.",
      "ours",
      -1,
      difference("giniOfHeads", "clearing", "allocated"),
    ),
    {
      claim: "A fixed charge on deliveries shuts out the three smallest.",
      source: "ours",
      holds: reached.every((doses) => doses === 0),
      evidence: smallest
        .map(({ name }, index) => `${name}: ${fixed(reached[index]!, 2)} doses for a hundred heads`)
        .join("; "),
    },
  ];
}
