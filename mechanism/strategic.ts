import type { Agent, Fees } from "./agent.ts";
import { respond } from "./best-response.ts";
import { checkNumber } from "./checks.ts";
import { costFamilyOf } from "./costs/families.ts";
import { totalDemand } from "./equilibrium.ts";
import { turningPoint } from "./turning-point.ts";
import { valuationFamilyOf } from "./valuations/families.ts";

/** How much answers may still change, relative to capacity, when they count as mutual best responses. */
const SETTLED = 1e-13;

const MAX_PASSES = 10_000;

/** A residual supply with a slope below this, in units squared a token, sells to nobody. */
const STEEPEST = 1e-100;

/** Steps in which capacity is split between two agents. */
const SPLITS = 1000;

/** How near to capacity demand must come to count as cleared, relative to capacity. */
const CLEARING_TOLERANCE = 1e-10;

/** What becomes of the market when agents know what they do to the price. */
export type StrategicEquilibrium = {
  /** μ, in tokens a unit. */
  price: number;
  /** In units, in the agents' order. */
  allocations: Float64Array;
  /** sᵢ: agent i answers every price as if its valuation were sᵢVᵢ. 1 is the truth. */
  reports: Float64Array;
};

/**
 * A Nash equilibrium of the clearing game: agents that anticipate the price.
 *
 * The game. A demand is reported at posted prices, so what an agent plays is a demand schedule, and
 * the market settles where the schedules add up to m. Free to play any schedule, agents can hold up
 * almost any outcome (Klemperer and Meyer, Econometrica 57, 1989). So a strategy here is one number, as
 * in Johari and Tsitsiklis' scalar-parameterised mechanisms (Operations Research 57, 2009): agent i
 * picks sᵢ ≥ 0 once and runs the truthful bot on sᵢVᵢ. Costs and fees are as they are.
 *
 * The equilibrium. Against the others' schedules, choosing sᵢ is choosing a point on the residual supply
 * m − S₋ᵢ(μ): one unit more costs λᵢ = 1/|S₋ᵢ'(μ)| on every unit already taken. So
 *
 *     Vᵢ'(x) − Cᵢ'(x) − τ − φx = μ + λᵢx,   λᵢ = 1/Σⱼ bⱼ over j ≠ i,
 *
 * bⱼ the slope of the schedule that j plays, 1/(Cⱼ'' + φ − sⱼVⱼ'') at sⱼ = (μ + τ + φx + Cⱼ')/Vⱼ'.
 * An agent that anticipates answers like a truthful one whose progressive fee is λᵢ higher. Where
 * schedules are convex in the price, as log, isoelastic and saturating V with linear C make them, so
 * is what an agent pays in what it takes, and the condition is enough.
 *
 * At a price where an agent enters the residual supply has a kink, and so it has at price zero; then
 * every λᵢ between its two sides is an equilibrium's, and the one found has one further slope b added
 * to all sums; `equilibriaAtZero` has the others of two agents. The demand of those who enter there is zero.
 *
 * Without execution fee: with it schedules jump, and an equilibrium need not exist.
 *
 * @param capacity m > 0, in units
 * @param anticipates which agents do; the others tell the truth. Default all
 * @throws RangeError if capacity is not above 0, an execution fee is charged, or the answers do not
 *   settle, which only valuations whose schedules are concave can cause
 */
export function strategicEquilibrium(
  agents: readonly Agent[],
  capacity: number,
  fees: Fees,
  anticipates: (index: number) => boolean = () => true,
): StrategicEquilibrium {
  checkNumber("capacity", capacity, { above: 0 });
  checkNoExecutionFee(fees);
  const game: Game = { agents, capacity, fees, anticipates };
  const tolerance = CLEARING_TOLERANCE * capacity;

  // Where everything fits nobody has a price to move.
  if (totalDemand(agents, capacity, fees, 0) <= capacity + tolerance) {
    return outcome(game, 0, truthful(game, 0));
  }
  const excess = (price: number, slope: number): number =>
    sum(mutualResponses(game, price, slope)) - capacity;
  const price = excess(0, 0) > 0 ? turningPoint((at) => excess(at, 0) > 0, 1)[1] : 0;
  if (excess(price, 0) >= -tolerance) return outcome(game, price, mutualResponses(game, price, 0));
  const [, slope] = turningPoint((at) => excess(price, at) < -tolerance, 1);
  return outcome(game, price, mutualResponses(game, price, slope));
}

/**
 * The Nash equilibria of two agents at price zero where both want more: any split at which neither would
 * have less at that price, nor more at what it would do to the price, 0 ≤ Vᵢ' − Cᵢ' − τ − φxᵢ ≤ λᵢxᵢ.
 *
 * @param capacity m > 0, in units; the splits tried are m/1000 apart
 * @returns none where the equilibrium's price is above zero, or capacity slack
 * @throws RangeError if capacity is not above 0 or an execution fee is charged
 */
export function equilibriaAtZero(
  pair: readonly [Agent, Agent],
  capacity: number,
  fees: Fees,
): StrategicEquilibrium[] {
  checkNumber("capacity", capacity, { above: 0 });
  checkNoExecutionFee(fees);
  const isHeld = (split: readonly [number, number], index: 0 | 1): boolean => {
    const other = index === 0 ? 1 : 0;
    const [agent, x] = [pair[index], split[index]];
    const { valuation } = agent;
    const wanted =
      valuationFamilyOf(valuation).marginal(valuation, x) - chargeFor(agent, fees, 0, x);
    return wanted >= 0 && wanted * scheduleSlope(pair[other], fees, 0, split[other]) <= x;
  };
  const game: Game = { agents: pair, capacity, fees, anticipates: () => true };
  return Array.from({ length: SPLITS - 1 }, (_, at) => (capacity * (at + 1)) / SPLITS)
    .map((x) => [x, capacity - x] as const)
    .filter((split) => isHeld(split, 0) && isHeld(split, 1))
    .map((split) => outcome(game, 0, Float64Array.from(split)));
}

type Game = {
  agents: readonly Agent[];
  capacity: number;
  fees: Fees;
  anticipates: (index: number) => boolean;
};

/**
 * The demands at a price that are best responses to one another's schedules, in units: the largest,
 * reached from the truth downwards, for nobody asks for more when the others' slopes get smaller.
 *
 * @param slope b ≥ 0 added to every residual supply, in units squared a token
 */
function mutualResponses(game: Game, price: number, slope: number): Float64Array {
  const { agents, capacity, fees, anticipates } = game;
  const demands = truthful(game, price);
  const slopes = demands.map((x, index) => scheduleSlope(agents[index]!, fees, price, x));
  const charged = { ...fees };
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    let total = sum(slopes);
    let change = 0;
    agents.forEach((agent, index) => {
      const standing = demands[index]!;
      if (standing === 0 || !anticipates(index)) return;
      const others = Math.max(0, total - slopes[index]!) + slope;
      charged.progressiveFee = fees.progressiveFee + 1 / others;
      const x = others > STEEPEST ? respond(agent, charged, price, 0, 0, capacity) : 0;
      total -= slopes[index]!;
      demands[index] = x;
      slopes[index] = scheduleSlope(agent, fees, price, x);
      total += slopes[index];
      change = Math.max(change, Math.abs(x - standing));
    });
    if (change <= SETTLED * capacity) return demands;
  }
  throw new RangeError(
    `the answers of ${agents.length} agents at price ${price} do not settle: schedules that are concave in the price`,
  );
}

/** What everybody would ask for who takes the price as given, in units. */
function truthful({ agents, capacity, fees }: Game, price: number): Float64Array {
  return Float64Array.from(agents, (agent) => respond(agent, fees, price, 0, 0, capacity));
}

/** bᵢ: how fast the schedule that gives x at this price falls there, in units squared a token. */
function scheduleSlope(agent: Agent, fees: Fees, price: number, x: number): number {
  if (x === 0) return 0;
  const { valuation, cost } = agent;
  const told = reportOf(agent, fees, price, x);
  const bend = told * valuationFamilyOf(valuation).secondDerivative(valuation, x);
  return 1 / (costFamilyOf(cost).secondDerivative(cost, x) + fees.progressiveFee - bend);
}

/** sᵢ: the multiple of V for which x > 0 is the truthful answer to this price. */
function reportOf(agent: Agent, fees: Fees, price: number, x: number): number {
  const { valuation } = agent;
  return chargeFor(agent, fees, price, x) / valuationFamilyOf(valuation).marginal(valuation, x);
}

/** What a unit more costs at a price taken as given, in tokens. */
function chargeFor({ cost }: Agent, fees: Fees, price: number, x: number): number {
  return price + fees.unitFee + fees.progressiveFee * x + costFamilyOf(cost).marginal(cost, x);
}

function outcome(
  { agents, fees, capacity }: Game,
  price: number,
  demands: Float64Array,
): StrategicEquilibrium {
  const reports = demands.map((x, index) =>
    x > 0 && x < capacity ? reportOf(agents[index]!, fees, price, x) : 1,
  );
  // What the last digits of a demand leave above capacity is no part of an allocation.
  const share = Math.min(1, capacity / sum(demands));
  return { price, allocations: demands.map((x) => x * share), reports };
}

/** @throws RangeError if there is an execution fee: games with one need not have an equilibrium */
export function checkNoExecutionFee({ executionFee }: Fees): void {
  if (executionFee !== 0) {
    throw new RangeError(`executionFee (g) is ${executionFee}; a game's equilibrium needs 0`);
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
