import { chargeOf, type Agent, type Fees } from "./agent.ts";
import { surplus } from "./best-response.ts";
import { checkNumber } from "./checks.ts";

/** Numbers in the agents' order, an ordinary array or a typed one. */
export type Vector = ArrayLike<number>;

/**
 * Efficiency, in tokens: eq. (8), Σ(V(x) − C(x)) − τΣx − g·‖x‖₀. As in the paper τ and g are
 * spent; the progressive charge φ is a transfer to the treasury and is left out, so that
 * markets with and without it compare.
 *
 * @param allocations xᵢ in units, in the agents' order
 * @throws RangeError if there is not one allocation for each agent
 */
export function efficiency(agents: readonly Agent[], allocations: Vector, fees: Fees): number {
  checkPaired("allocations", allocations, agents.length);
  let sum = 0;
  agents.forEach((agent, index) => {
    const x = at(allocations, index);
    if (x > 0) sum += surplus(agent, x) - fees.unitFee * x - fees.executionFee;
  });
  return sum;
}

/**
 * Gini index of the allocations, from 0 (all equal) to 1 − 1/n (one has all): eq. (9), in
 * O(n log n) by sorting. 0 where nothing is allocated.
 */
export function gini(allocations: Vector): number {
  const sorted = Float64Array.from(allocations).sort();
  let total = 0;
  let weighted = 0;
  sorted.forEach((x, index) => {
    total += x;
    weighted += (2 * (index + 1) - sorted.length - 1) * x;
  });
  return total > 0 ? weighted / (sorted.length * total) : 0;
}

/**
 * Price of fairness: eq. (10), the greatest efficiency over that of the fair allocation. 1 means
 * fairness is free; it reads as a price only while both are positive.
 *
 * @throws RangeError if either efficiency is not above 0
 */
export function priceOfFairness(maximumEfficiency: number, fairEfficiency: number): number {
  checkNumber("maximum efficiency", maximumEfficiency, { above: 0 });
  checkNumber("fair efficiency", fairEfficiency, { above: 0 });
  return maximumEfficiency / fairEfficiency;
}

/**
 * Shock resilience: eq. (11), efficiency after the shock over efficiency before it. The ratio
 * of two negative numbers would rank the worse above the better, so it is refused.
 *
 * @throws RangeError if efficiency before the shock is not above 0
 */
export function resilience(efficiencyBefore: number, efficiencyAfter: number): number {
  checkNumber("efficiency before the shock", efficiencyBefore, { above: 0 });
  return efficiencyAfter / efficiencyBefore;
}

/**
 * Dynamic regret, in tokens: eq. (12), Σₜ(U(xₜ*) − U(xₜ)) over the rounds given.
 *
 * @param optimal U(xₜ*) a round, in tokens
 * @param achieved U(xₜ) a round, in tokens
 * @throws RangeError if the two sequences differ in length
 */
export function dynamicRegret(optimal: Vector, achieved: Vector): number {
  checkPaired("achieved payoffs", achieved, optimal.length);
  let regret = 0;
  for (let round = 0; round < optimal.length; round++) {
    regret += at(optimal, round) - at(achieved, round);
  }
  return regret;
}

/** The share of agents that get anything, from 0 to 1; 0 where there are no agents. */
export function participation(allocations: Vector): number {
  if (allocations.length === 0) return 0;
  let count = 0;
  for (let index = 0; index < allocations.length; index++) {
    if (at(allocations, index) > 0) count += 1;
  }
  return count / allocations.length;
}

/**
 * The share of capacity in use: Σa/m, from 0 to 1.
 *
 * @throws RangeError if capacity is not above 0
 */
export function utilisation(allocations: Vector, capacity: number): number {
  checkNumber("capacity", capacity, { above: 0 });
  return sumOf(allocations) / capacity;
}

/** What the provider is paid, in tokens: μΣa. */
export function providerRevenue(allocations: Vector, price: number): number {
  return price * sumOf(allocations);
}

/** What the treasury is paid, in tokens: Σ(τa + ½φa² + g·1{a > 0}). */
export function feesCollected(allocations: Vector, fees: Fees): number {
  let sum = 0;
  for (let index = 0; index < allocations.length; index++) {
    sum += chargeOf(fees, at(allocations, index));
  }
  return sum;
}

function sumOf(values: Vector): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += at(values, index);
  return sum;
}

function at(values: Vector, index: number): number {
  return values[index] ?? 0;
}

function checkPaired(name: string, values: Vector, expected: number): void {
  if (values.length !== expected) {
    throw new RangeError(`${name}: given ${values.length}, expected ${expected}, one for each`);
  }
}
