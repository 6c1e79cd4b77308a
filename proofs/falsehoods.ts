import { createScript, type Goal, type Mutation, type Script } from "./symbolic.ts";
import { FALSE_STATEMENTS, THEOREMS } from "./theorems.ts";

// A model in which everything can be proven proves nothing. So each of these has to be refuted: a
// theorem over a model with one line changed, or a statement that does not hold.

export type Falsehood = { name: string; write: () => { script: Script; goals: Goal[] } };

type Change = Mutation & { theorem: string };

const CHANGES: readonly Change[] = [
  {
    theorem: "price/moves at most maxStep under Constant",
    line: "PriceUpdate.nextPrice: step > maxStep",
    operator: "dropped",
  },
  {
    theorem: "price/moves at most maxStep under Secant",
    line: "PriceUpdate.nextPrice: step > maxStep",
    operator: "dropped",
  },
  {
    theorem: "price/in-range under Constant",
    line: "PriceUpdate.nextPrice: next > MAX_PRICE",
    operator: "dropped",
  },
  {
    theorem: "price/direction under Constant",
    line: "PriceUpdate.nextPrice: price - step",
    operator: "plusOne",
  },
  {
    theorem: "price/direction under RobbinsMonro",
    line: "PriceUpdate.nextPrice: demand > capacity",
    operator: "always",
  },
  {
    theorem: "price/monotone in demand under Constant",
    line: "PriceUpdate.nextPrice: price + step",
    operator: "sub",
  },
  {
    theorem: "step/rounds down under Constant",
    line: "PriceUpdate.stepDown: step / UNIT",
    operator: "plusOne",
  },
  {
    theorem: "step/what Secant cuts off a line is clipped",
    line: "PriceUpdate.secantDown: previousDemand + capacity",
    operator: "sub",
  },
  {
    theorem: "bracket/Secant takes a half at most by two demands on one side",
    line: "PriceUpdate.insideBracket: next > middle",
    operator: "dropped",
  },
  {
    theorem: "bracket/stays in order",
    line: "PriceUpdate.observe: price >= upper",
    operator: "less",
  },
  {
    theorem: "bracket/stays in order",
    line: "PriceUpdate.observe: price <= lower",
    operator: "less",
  },
  {
    theorem: "bracket/Secant finds the last price at a side",
    line: "PriceUpdate.observe: price > lower",
    operator: "dropped",
  },
  {
    theorem: "bracket/Secant's next price is strictly inside or at the upper side",
    line: "PriceUpdate.insideBracket: next <= lower",
    operator: "less",
  },
  {
    theorem: "bracket/Secant's next price is strictly inside or at the upper side",
    line: "PriceUpdate.insideBracket: (lower + upper) / 2",
    operator: "plusOne",
  },
  {
    theorem: "price/direction under Secant",
    line: "PriceUpdate.nextPrice: demand == capacity",
    operator: "dropped",
  },
  {
    theorem: "no-overflow/stopReason",
    line: "PriceUpdate.observe: price <= lower",
    operator: "dropped",
  },
  {
    theorem: "stop/ends by maxRounds",
    line: "PriceUpdate.stopReason: round + 1 >= rules.maxRounds()",
    operator: "less",
  },
  {
    theorem: "stop/Converged means cleared",
    line: "PriceUpdate.stopReason: movement <= rules.movementTolerance()",
    operator: "always",
  },
  {
    theorem: "stop/Rationed means at the jump",
    line: "PriceUpdate.stopReason: demand <= capacity",
    operator: "always",
  },
  {
    theorem: "charge/rounds up",
    line: "Charges.divUp: numerator + denominator",
    operator: "dropped",
  },
  {
    theorem: "charge/rounds up by less than one",
    line: "Charges.divUp: numerator + denominator - 1",
    operator: "dropped",
  },
  {
    theorem: "charge/rounds up",
    line: "Charges.chargeUp: 2 * UNIT",
    operator: "plusOne",
  },
  {
    theorem: "payment/rounds up by less than one",
    line: "Charges.divUp: numerator + denominator",
    operator: "dropped",
  },
  {
    theorem: "payment/rounds up by less than one",
    line: "Charges.divUp: (numerator + denominator - 1) / denominator",
    operator: "plusOne",
  },
  {
    theorem: "locked-price/rounds down",
    line: "LockedPrice.packDown: price >> exponent",
    operator: "plusOne",
  },
  { theorem: "digits/exact", line: "Digits.pack: mantissa % 10 != 0", operator: "dropped" },
  {
    theorem: "allocation/at most a fair share of an answer to the last round",
    line: "ClearingContract.closeRound: (capacity * UNIT) / demand",
    operator: "plusOne",
  },
  {
    theorem: "lock/covers settlement of a stale demand, PerSubmission",
    line: "ClearingContract._outcomeOf: affordable < allocation",
    operator: "dropped",
  },
  {
    theorem: "trim/never raises a lock or a demand",
    line: "ClearingContract.trim: (standing * LockedPrice.unpack(agent.lockedPrice())) / offer.price()",
    operator: "plusOne",
  },
  {
    theorem: "totals/movement stays at its maximum",
    line: "ClearingContract._moved: movement > MAX_MOVEMENT",
    operator: "dropped",
  },
];

function changed({ theorem: name, ...mutation }: Change): Falsehood {
  const theorem = THEOREMS.find((one) => one.name === name);
  if (theorem === undefined) throw new Error(`no theorem is named ${name}`);
  return {
    name: `${name}, with ${mutation.operator} for ${mutation.line}`,
    write: () => {
      const script = createScript(mutation, true);
      const goals = theorem.prove(script);
      if (!script.lines.has(mutation.line)) throw new Error(`${name} has no line ${mutation.line}`);
      return { script, goals };
    },
  };
}

export const FALSEHOODS: readonly Falsehood[] = [
  ...CHANGES.map(changed),
  ...FALSE_STATEMENTS.map(({ name, prove }) => ({
    name,
    write: () => {
      const script = createScript(undefined, true);
      return { script, goals: prove(script) };
    },
  })),
];
