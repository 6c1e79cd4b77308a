import fc from "fast-check";

import type { Agent, Fees } from "../../mechanism/agent.ts";
import type { Cost } from "../../mechanism/costs/families.ts";
import type { Valuation } from "../../mechanism/valuations/families.ts";

// Mutation tests want to know that a case fails, not the smallest one that does.
const endOnFailure = process.env["STRYKER_MUTATOR_WORKER"] !== undefined;

/** Check a property over the same cases every time: a failure must not depend on the day. */
export function check<Case>(
  arbitrary: fc.Arbitrary<Case>,
  predicate: (value: Case) => void,
  numRuns = 200,
): void {
  fc.assert(fc.property(arbitrary, predicate), { seed: 5504, numRuns, endOnFailure });
}

export const between = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true, noDefaultInfinity: true });

/** A fee or weight that is often exactly zero, where closed forms and edge cases live. */
export const oftenZero = (max: number): fc.Arbitrary<number> =>
  fc.oneof(fc.constant(0), between(0.01, max));

export const valuationArbitraries: Record<Valuation["family"], fc.Arbitrary<Valuation>> = {
  log: fc.record({ family: fc.constant("log"), alpha: between(0.5, 30) }),
  isoelastic: fc.record({
    family: fc.constant("isoelastic"),
    alpha: between(0.5, 30),
    shape: between(0.1, 0.9),
  }),
  saturating: fc.record({
    family: fc.constant("saturating"),
    alpha: between(0.5, 30),
    shape: between(0.2, 10),
  }),
  quadratic: fc.record({
    family: fc.constant("quadratic"),
    alpha: between(0.5, 30),
    shape: between(0.05, 10),
  }),
};

export const costArbitraries: Record<Cost["family"], fc.Arbitrary<Cost>> = {
  linear: fc.record({ family: fc.constant("linear"), beta: between(0, 5) }),
  quadratic: fc.record({
    family: fc.constant("quadratic"),
    beta: between(0, 5),
    delta: oftenZero(2),
  }),
};

export const anyValuation: fc.Arbitrary<Valuation> = fc.oneof(
  ...Object.values(valuationArbitraries),
);
export const anyCost: fc.Arbitrary<Cost> = fc.oneof(...Object.values(costArbitraries));

export const anyAgent: fc.Arbitrary<Agent> = fc.record({
  id: fc.constant("someone"),
  valuation: anyValuation,
  cost: anyCost,
});

export const anyFees: fc.Arbitrary<Fees> = fc.record({
  unitFee: between(0.01, 2),
  executionFee: oftenZero(4),
  progressiveFee: oftenZero(1),
});

/** The paper's defaults (Table 3). */
export const paperFees: Fees = { unitFee: 0.5, executionFee: 1, progressiveFee: 0 };
export const noExecutionFee: Fees = { unitFee: 0.5, executionFee: 0, progressiveFee: 0 };
