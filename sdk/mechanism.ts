// What `import … from "contract-clearing/mechanism"` gives.
export {
  chargeOf,
  validateAgent,
  validateFees,
  type Agent,
  type Fees,
} from "../mechanism/agent.ts";
export { noEnforcement, postedPrice, proportional, socialOptimum } from "../mechanism/baselines.ts";
export { bestResponse, payoff, surplus, type ResponseOptions } from "../mechanism/best-response.ts";
export type { Cost } from "../mechanism/costs/families.ts";
export {
  runRounds,
  type EpochResult,
  type Market,
  type RoundRecord,
  type RunOptions,
} from "../mechanism/dynamics.ts";
export { solveEquilibrium, totalDemand, type Equilibrium } from "../mechanism/equilibrium.ts";
export {
  fixedFromNumber,
  formatFixed,
  numberFromFixed,
  parseFixed,
} from "../mechanism/fixed-point.ts";
export * from "../mechanism/metrics.ts";
export { createRandom, drawAgents, type Random } from "../mechanism/random.ts";
export type { Valuation } from "../mechanism/valuations/families.ts";
