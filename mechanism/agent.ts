import { checkNumber } from "./checks.ts";
import { costFamilyOf, type Cost } from "./costs/families.ts";
import { valuationFamilyOf, type Valuation } from "./valuations/families.ts";

/** A participant: what the resource is worth to it, and what using it costs. */
export type Agent = { id: string; valuation: Valuation; cost: Cost };

/**
 * What a demand of x units is charged besides its price: τx + ½φx² + g·1{x > 0}, in tokens.
 * `unitFee` is τ, `executionFee` is g, `progressiveFee` is φ (ours; the paper has φ = 0).
 */
export type Fees = { unitFee: number; executionFee: number; progressiveFee: number };

/**
 * Check an agent that came from outside: its families exist and their parameters are in range.
 *
 * @throws RangeError naming the agent and what is wrong with it
 */
export function validateAgent(agent: Agent): void {
  try {
    valuationFamilyOf(agent.valuation).validate(agent.valuation);
    costFamilyOf(agent.cost).validate(agent.cost);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(`agent "${agent.id}": ${reason}`, { cause });
  }
}

/**
 * Check fees that came from outside: all three finite and not negative.
 *
 * @throws RangeError naming the fee that is out of range
 */
export function validateFees(fees: Fees): void {
  checkNumber("unitFee (tau)", fees.unitFee, { atLeast: 0 });
  checkNumber("executionFee (g)", fees.executionFee, { atLeast: 0 });
  checkNumber("progressiveFee (phi)", fees.progressiveFee, { atLeast: 0 });
}

/**
 * The charge on a demand or allocation of x units, in tokens: τx + ½φx² + g·1{x > 0}. The price
 * paid for the resource itself is not in it.
 */
export function chargeOf(fees: Fees, x: number): number {
  if (!(x > 0)) return 0;
  return (fees.unitFee + 0.5 * fees.progressiveFee * x) * x + fees.executionFee;
}
