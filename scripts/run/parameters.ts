import { InputError } from "../../markets/input-error.ts";
import type { Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { bestResponse, surplus } from "../../mechanism/best-response.ts";
import { totalDemand } from "../../mechanism/equilibrium.ts";
import { fixedFromNumber } from "../../mechanism/fixed-point.ts";
import { fitDigitsDown, STEP_RULES } from "../../mechanism/twin-arithmetic.ts";
import { MAX_FEE, type TwinLimits } from "../../mechanism/twin-state.ts";

/** `Parameters` as the contract takes them: 18 decimals, the rule by its number. */
export type EpochParameters = Record<
  | "capacity"
  | "unitFee"
  | "executionFee"
  | "progressiveFee"
  | "samples"
  | "initialStep"
  | "stepOffset"
  | "maxStep"
  | "primalTolerance"
  | "dualTolerance"
  | "movementTolerance"
  | "roundLength"
  | "maxRounds",
  bigint
> & { rule: number };

/** Bounds for the owner's later choices: whatever the contract can store, rounds of at most a day. */
export const LIMITS: TwinLimits = {
  maxUnitFee: MAX_FEE,
  maxExecutionFee: MAX_FEE,
  maxProgressiveFee: MAX_FEE,
  minRoundLength: 1n,
  maxRoundLength: 2n ** 24n - 1n,
  maxRounds: 65_534n,
};

// Relative to 1/L₀, the step that is safe for a constant rule (Theorem 4.8 asks for less than 2/L). Secant only starts
// with it, so it may be bolder; the others shrink it: docs/mechanism.md.
const STEP_FACTOR = { Constant: 1, InverseSqrt: 5, RobbinsMonro: 5, Secant: 2 } as const;

/** The parameters of the market's first epoch; `initialStep: "auto"` is found from the agents. */
export function parametersOf(market: Market, agents: readonly Agent[]): EpochParameters {
  const step =
    market.initialStep === "auto"
      ? fitDigitsDown(fixedFromNumber(automaticStep(market, agents)))
      : fixedFromNumber(market.initialStep);
  return {
    capacity: fixedFromNumber(market.capacity),
    unitFee: fixedFromNumber(market.unitFee),
    executionFee: fixedFromNumber(market.executionFee),
    progressiveFee: fixedFromNumber(market.progressiveFee),
    samples: BigInt(market.samples),
    rule: STEP_RULES.indexOf(market.rule),
    initialStep: step,
    stepOffset: BigInt(market.stepOffset),
    maxStep: fixedFromNumber(market.maxStep),
    primalTolerance: fixedFromNumber(market.primalTolerance),
    dualTolerance: fixedFromNumber(market.dualTolerance),
    movementTolerance: fixedFromNumber(market.movementTolerance),
    roundLength: BigInt(market.roundLength),
    maxRounds: BigInt(market.maxRounds),
  };
}

/**
 * η₀ for agents whose valuations the operator knows: a multiple of 1/L₀, L₀ the slope of demand at the opening price,
 * measured as the fall of demand over a small rise of the price.
 */
function automaticStep(market: Market, agents: readonly Agent[]): number {
  const { capacity, initialPrice } = market;
  const demand = (price: number): number => totalDemand(agents, capacity, market, price);
  const at = demand(initialPrice);
  // A thousandth of the price scale: of the opening price, or of what one more unit is worth to the average agent.
  const scale = Math.max(initialPrice, worthOf(market, agents) / Math.max(at, 1e-9), 1e-9);
  const rise = scale * 1e-3;
  const slope = (at - demand(initialPrice + rise)) / rise;
  const curvature = slope > 0 ? slope : Math.max(at, capacity) / scale;
  return Math.max(STEP_FACTOR[market.rule] / curvature, 1e-18);
}

/** What the demands at the opening price are worth to all agents together, tokens. */
function worthOf(market: Market, agents: readonly Agent[]): number {
  const { capacity, initialPrice } = market;
  let worth = 0;
  for (const agent of agents)
    worth += surplus(agent, bestResponse(agent, market, initialPrice, { capacity }));
  return Math.max(0, worth);
}

/**
 * What an agent puts into its account, token base units: twice what its largest demand is worth to it, so that no
 * answer at any price is held back by its balance; under PerSubmission also fifty charges. The market file's `deposit`
 * overrules it.
 *
 * @throws InputError if the market file's deposit does not cover even the execution fee
 */
export function depositOf(market: Market, agent: Agent): bigint {
  const { decimals } = market.token;
  if (market.deposit !== undefined) {
    if (market.deposit > market.executionFee) return fixedFromNumber(market.deposit, decimals);
    throw new InputError(
      `deposit: given ${market.deposit}, allowed more than the execution fee of ${market.executionFee}: ` +
        "with less no demand can be paid for",
    );
  }
  const { capacity, unitFee, executionFee, progressiveFee } = market;
  const most = bestResponse(agent, { unitFee: 0, executionFee: 0, progressiveFee: 0 }, 0, {
    capacity,
  });
  const worth = Math.max(0, surplus(agent, most)) + executionFee;
  const charge = unitFee * most + 0.5 * progressiveFee * most * most + executionFee;
  const charges = market.policy === "PerSubmission" ? 50 * charge : 0;
  return fixedFromNumber(Math.ceil(2 * worth + charges) + 1, decimals);
}
