import { UNIT } from "../mechanism/fixed-point.ts";
import { MAX_PRICE, UNSEEN } from "../mechanism/twin-arithmetic.ts";
import {
  createModel,
  REASON,
  type Bracket,
  type Fees,
  type Model,
  type Round,
  type Rule,
  type Rules,
} from "./model.ts";
import { createScript, type Goal, type Script, type Term } from "./symbolic.ts";

// What is proven, each theorem with its statement in words. Every theorem is for all inputs in the
// ranges that `openEpoch`, the constructor and the storage fields enforce.

/** A theorem: what has to be proven for it, written over a fresh script. */
export type Theorem = {
  name: string;
  statement: string;
  prove: (script: Script) => Goal[];
};

type Symbols = Model<Term, string>;

// ------------------------------------------------------------------------------------ vocabulary

const RULES: readonly Rule[] = ["Constant", "InverseSqrt", "RobbinsMonro", "Secant"];
const PLAIN_RULES: readonly Rule[] = ["Constant", "InverseSqrt", "RobbinsMonro"];

const MAX_80 = 2n ** 80n - 1n;
const MAX_88 = 2n ** 88n - 1n;
const MAX_96 = 2n ** 96n - 1n;
const MAX_DIVISOR = 10n ** 36n;

const le = (a: Term, b: Term): string => `(<= ${a.text} ${b.text})`;
const lt = (a: Term, b: Term): string => `(< ${a.text} ${b.text})`;
const eq = (a: Term, b: Term): string => `(= ${a.text} ${b.text})`;
const not = (a: string): string => `(not ${a})`;
const all = (...parts: string[]): string => `(and ${parts.join(" ")})`;
const any = (...parts: string[]): string => `(or ${parts.join(" ")})`;
const implies = (a: string, b: string): string => `(=> ${a} ${b})`;
const literal = (value: bigint): Term => ({ text: value.toString(), most: value });
const sum = (...parts: Term[]): Term => ({
  text: `(+ ${parts.map((part) => part.text).join(" ")})`,
  most: parts.reduce((total, part) => total + part.most, 0n),
});
const scaled = (factor: bigint, a: Term): Term => ({
  text: `(* ${factor} ${a.text})`,
  most: factor * a.most,
});
const isSeen = (side: Term): string => not(eq(side, literal(UNSEEN)));
const goal = (label: string, text: string): Goal => ({ label, text });

const modelOf = (script: Script): Symbols => createModel(script.arithmetic);

function inputRules(script: Script, rule: Rule): Rules<Term> {
  return {
    rule,
    primalTolerance: script.input("primalTolerance", 0n, MAX_88),
    movementTolerance: script.input("movementTolerance", 0n, MAX_80 - 1n),
    dualTolerance: script.input("dualTolerance", 1n, MAX_80),
    initialStep: script.input("initialStep", 0n, MAX_80),
    maxStep: script.input("maxStep", 1n, MAX_80),
    stepOffset: script.input("stepOffset", 1n, 2n ** 24n - 1n),
    maxRounds: script.input("maxRounds", 1n, 65_534n),
  };
}

function inputRound(script: Script): Round<Term> {
  return {
    round: script.input("round", 0n, 65_533n),
    price: script.input("price", 0n, MAX_PRICE),
    demand: script.input("demand", 0n, MAX_96),
    capacity: script.input("capacity", 1n, MAX_88),
  };
}

/** A bracket as the contract can hold it: in order where both sides were seen. */
function inputBracket(script: Script): Bracket<Term> {
  const bracket = {
    lower: script.input("lower", 0n, UNSEEN),
    upper: script.input("upper", 0n, UNSEEN),
    previousDemand: script.input("previousDemand", 0n, MAX_96),
  };
  script.assume(isOrdered(bracket));
  return bracket;
}

function inputFees(script: Script): Fees<Term> {
  return {
    unitFee: script.input("unitFee", 0n, MAX_80),
    executionFee: script.input("executionFee", 0n, MAX_80),
    progressiveFee: script.input("progressiveFee", 0n, MAX_80),
  };
}

const inputDivisor = (script: Script): Term => script.input("divisor", UNIT, MAX_DIVISOR);

const isOrdered = ({ lower, upper }: Bracket<Term>): string =>
  implies(all(isSeen(lower), isSeen(upper)), lt(lower, upper));

/** The price lies in the bracket as far as it was seen, sides included. */
const isInside = ({ lower, upper }: Bracket<Term>, price: Term): string =>
  all(implies(isSeen(lower), le(lower, price)), implies(isSeen(upper), le(price, upper)));

/** Two sides are at most `most` apart; a side seen alone is at most that far from the price. */
const isNear = ({ lower, upper }: Bracket<Term>, price: Term, most: Term): string =>
  all(
    implies(all(isSeen(lower), isSeen(upper)), le(upper, sum(lower, most))),
    implies(isSeen(lower), le(price, sum(lower, most))),
    implies(isSeen(upper), le(upper, sum(price, most))),
  );

/** |a − b| ≤ bound. */
const isWithin = (a: Term, b: Term, bound: Term): string =>
  all(le(a, sum(b, bound)), le(b, sum(a, bound)));

type Step = {
  script: Script;
  model: Symbols;
  rules: Rules<Term>;
  before: Bracket<Term>;
  now: Round<Term>;
  seen: Bracket<Term>;
  next: Term;
  isExcess: string;
};

/** The end of a round whose epoch goes on, as `closeRound` computes it. */
function step(script: Script, rule: Rule): Step {
  const model = modelOf(script);
  const rules = inputRules(script, rule);
  const before = inputBracket(script);
  const now = inputRound(script);
  const seen = model.observe(before, now);
  const next = model.nextPrice(rules, before, seen, now);
  return { script, model, rules, before, now, seen, next, isExcess: lt(now.capacity, now.demand) };
}

/** A demand that stands, and how its epoch ended: at its round's price, or later at another. */
function settlement(script: Script, isFresh: boolean) {
  const model = withOpaqueLock(script);
  const fees = inputFees(script);
  const divisor = inputDivisor(script);
  const demand = script.input("demand", 0n, MAX_88);
  const endPrice = script.input("endPrice", 0n, MAX_PRICE);
  const scale = script.input("scale", 0n, UNIT);
  const answered = isFresh ? endPrice : script.input("answeredPrice", 0n, MAX_PRICE);
  const lockedPrice = isFresh ? literal(0n) : model.packPriceDown(answered);
  const account = { demand, lockedPrice, isFresh: isFresh ? "true" : "false" };
  return {
    model,
    fees,
    divisor,
    demand,
    endPrice,
    scale,
    answered,
    account,
    end: { ...fees, price: endPrice, scale },
  };
}

/**
 * The model with `LockedPrice` as theorems "no-overflow/LockedPrice", "locked-price/rounds down" and
 * "locked-price/keeps order" describe it, and nothing else known of it.
 */
function withOpaqueLock(script: Script): Symbols {
  const known: { price: Term; packed: Term; unpacked: Term }[] = [];
  return createModel(script.arithmetic, {
    packDown: (price) => {
      const found = known.find((one) => one.price.text === price.text);
      if (found !== undefined) return found.packed;
      const packed = script.input(`packed_${price.text}`, 0n, 2n ** 32n - 1n);
      const unpacked = script.input(`unpacked_${price.text}`, 0n, MAX_80);
      script.assume(le(unpacked, price));
      for (const other of known) {
        script.assume(implies(le(price, other.price), le(packed, other.packed)));
        script.assume(implies(le(other.price, price), le(other.packed, packed)));
      }
      known.push({ price, packed, unpacked });
      return packed;
    },
    unpack: (packed) => {
      let found = known.find((one) => one.packed.text === packed.text);
      if (found === undefined) {
        const unpacked = script.input(`unpacked_${packed.text}`, 0n, MAX_80);
        found = { price: unpacked, packed, unpacked };
        known.push(found);
      }
      return found.unpacked;
    },
  });
}

// ---------------------------------------------------------------------------------------- lemmas

type Lemma = { name: string; statement: string; variables: string[]; formula: string };

/** True of all integers; instances of them are facts the other theorems may use. */
const LEMMAS: readonly Lemma[] = [
  {
    name: "lemma/product-bounds",
    statement: "0 ≤ a ≤ A and 0 ≤ b ≤ B give 0 ≤ ab ≤ AB",
    variables: ["a", "b", "A", "B"],
    formula: "(=> (and (<= 0 a A) (<= 0 b B)) (<= 0 (* a b) (* A B)))",
  },
  {
    name: "lemma/product-zero",
    statement: "a = 0 or b = 0 gives ab = 0",
    variables: ["a", "b"],
    formula: "(=> (or (= a 0) (= b 0)) (= (* a b) 0))",
  },
  {
    name: "lemma/product-monotone",
    statement: "0 ≤ a ≤ c and 0 ≤ b ≤ d give ab ≤ cd",
    variables: ["a", "b", "c", "d"],
    formula: "(=> (and (<= 0 a c) (<= 0 b d)) (<= (* a b) (* c d)))",
  },
  {
    name: "lemma/product-associative",
    statement: "(ab)c = a(bc)",
    variables: ["a", "b", "c"],
    formula: "(= (* (* a b) c) (* a (* b c)))",
  },
  {
    name: "lemma/product-distributive",
    statement: "a(b + c) = ab + ac",
    variables: ["a", "b", "c"],
    formula: "(= (* a (+ b c)) (+ (* a b) (* a c)))",
  },
  {
    name: "lemma/product-cancels",
    statement: "ac ≤ bc and c > 0 give a ≤ b",
    variables: ["a", "b", "c"],
    formula: "(=> (and (<= (* a c) (* b c)) (> c 0)) (<= a b))",
  },
  {
    name: "lemma/quotient-bounds",
    statement: "the integer q with qd ≤ n < qd + d, d > 0 and n ≥ 0 lies in 0..n",
    variables: ["n", "d", "q"],
    formula: "(=> (and (> d 0) (>= n 0) (<= (* q d) n) (< n (+ (* q d) d))) (<= 0 q n))",
  },
  {
    name: "lemma/quotient-monotone",
    statement: "0 ≤ n ≤ N and d ≥ D > 0 give ⌊n/d⌋ ≤ ⌊N/D⌋",
    variables: ["n", "d", "q", "N", "D", "Q"],
    formula:
      "(=> (and (<= 0 n N) (< 0 D) (<= D d) (<= (* q d) n) (< n (+ (* q d) d)) (<= (* Q D) N) (< N (+ (* Q D) D))) (<= q Q))",
  },
  {
    name: "lemma/root-positive",
    statement: "the integer s ≥ 0 with v < (s + 1)² is at least 1 where v ≥ 1",
    variables: ["v", "s"],
    formula: "(=> (and (<= 0 s) (<= 1 v) (< v (* (+ s 1) (+ s 1)))) (<= 1 s))",
  },
];

const lemmaTheorems: Theorem[] = LEMMAS.map(({ name, statement, variables, formula }) => ({
  name,
  statement,
  prove: (script) => {
    for (const variable of variables) script.integer(variable);
    return [goal("for all integers", formula)];
  },
}));

// ------------------------------------------------------------------------- no overflow anywhere

type Run = (script: Script) => unknown;

/** Every function of the model on all its inputs. */
const RUNS: readonly { of: string; run: Run }[] = [
  ...RULES.map((rule) => ({
    of: `observe, stepDown and nextPrice under ${rule}`,
    run: (script: Script) => step(script, rule),
  })),
  {
    of: "stopReason",
    run: (script) => {
      const { model, rules, seen, now } = step(script, "Constant");
      return model.stopReason(
        rules,
        seen,
        now,
        script.input("movement", 0n, MAX_80),
        script.input("next", 0n, MAX_PRICE),
      );
    },
  },
  {
    of: "chargeUp",
    run: (script) =>
      modelOf(script).chargeUp(
        inputFees(script),
        script.input("demand", 0n, MAX_88),
        inputDivisor(script),
      ),
  },
  {
    of: "paymentUp",
    run: (script) =>
      modelOf(script).paymentUp(
        script.input("price", 0n, MAX_80),
        script.input("quantity", 0n, MAX_88),
        inputDivisor(script),
      ),
  },
  {
    of: "LockedPrice.packDown",
    run: (script) => modelOf(script).packPriceDown(script.input("price", 0n, MAX_80)),
  },
  {
    of: "LockedPrice.unpack",
    run: (script) => modelOf(script).unpackPrice(script.input("packed", 0n, 2n ** 32n - 1n)),
  },
  {
    of: "Digits.pack",
    run: (script) => modelOf(script).packDigits(script.input("value", 0n, 2n ** 106n - 1n)),
  },
  {
    of: "Digits.unpack",
    run: (script) => modelOf(script).unpackDigits(script.input("packed", 0n, 2n ** 32n - 1n)),
  },
  {
    of: "the scale in closeRound",
    run: (script) =>
      modelOf(script).scaleDown(
        script.input("demand", 0n, MAX_96),
        script.input("capacity", 1n, MAX_88),
      ),
  },
  {
    of: "_moved, the old demand being part of the total",
    run: (script) => {
      const total = script.input("total", 0n, MAX_96);
      const from = script.input("from", 0n, MAX_88);
      script.assume(le(from, total));
      return modelOf(script).moved(
        total,
        script.input("movement", 0n, MAX_80),
        from,
        script.input("to", 0n, MAX_88),
      );
    },
  },
  {
    of: "trim",
    run: (script) => {
      const model = withOpaqueLock(script);
      const price = script.input("price", 0n, MAX_PRICE);
      const answered = script.input("answeredPrice", 0n, MAX_PRICE);
      return model.trimmed(
        script.input("standing", 0n, MAX_88),
        model.packPriceDown(answered),
        price,
      );
    },
  },
  ...[true, false].map((isFresh) => ({
    of: `_outcomeOf of ${isFresh ? "an answer to the last round" : "a stale demand"}`,
    run: (script: Script) => {
      const { model, account, end, divisor } = settlement(script, isFresh);
      // The same products of the whole demand bound those of the allocation.
      model.lockOf(account, end, divisor, true);
      return model.outcomeOf(account, end, divisor, true);
    },
  })),
  {
    of: "_locked",
    run: (script) => {
      const { model, account, end, divisor } = settlement(script, false);
      return model.lockOf(account, end, divisor, true);
    },
  },
];

const safety: Theorem[] = RUNS.map(({ of, run }) => ({
  name: `no-overflow/${of}`,
  statement:
    "every intermediate result is below 2^256, no difference below zero, no divisor zero, every stored field fits",
  prove: (script) => {
    run(script);
    return script.obligations;
  },
}));

/** What the libraries' own comments promise. */
const documented: Theorem[] = [
  ...RULES.map((rule) => ({
    name: `stated-bound/PriceUpdate under ${rule}`,
    statement: "no intermediate result reaches 2^200",
    prove: (script: Script) => {
      step(script, rule);
      return below(script, 2n ** 200n);
    },
  })),
  {
    name: "stated-bound/_moved",
    statement: "the running movement and a demand's own are below 2^89 together",
    prove: (script) => {
      const [total, from] = [script.input("total", 0n, MAX_96), script.input("from", 0n, MAX_88)];
      const movement = script.input("movement", 0n, MAX_80);
      modelOf(script).moved(total, movement, from, script.input("to", 0n, MAX_88));
      return below(script, 2n ** 89n).filter(({ label }) => label.includes("sums.movement()"));
    },
  },
  {
    name: "stated-bound/Charges",
    statement: "no intermediate result reaches 2^256 - 2^176",
    prove: (script) => {
      const model = modelOf(script);
      const demand = script.input("demand", 0n, MAX_88);
      const divisor = inputDivisor(script);
      model.chargeUp(inputFees(script), demand, divisor);
      model.paymentUp(script.input("price", 0n, MAX_80), demand, divisor);
      return below(script, 2n ** 256n - 2n ** 176n);
    },
  },
];

const below = (script: Script, bound: bigint): Goal[] =>
  script.intermediates.map(({ label, term, path }) =>
    goal(`${label} < ${bound}`, implies(path, lt(term, literal(bound)))),
  );

// -------------------------------------------------------------------------------------- the price

const price: Theorem[] = RULES.flatMap((rule): Theorem[] => [
  {
    name: `price/in-range under ${rule}`,
    statement: "the next price is in 0..2^80 − 2",
    prove: (script) => {
      const { next } = step(script, rule);
      return [
        goal("not negative", le(literal(0n), next)),
        goal("at most MAX_PRICE", le(next, literal(MAX_PRICE))),
      ];
    },
  },
  {
    name: `price/moves at most maxStep under ${rule}`,
    statement:
      (rule === "Secant" ? "with a bracket that is near: " : "") +
      "|next − price| ≤ maxStep, midpoint and hold included",
    prove: (script) => {
      const { next, now, before, rules } = step(script, rule);
      if (rule === "Secant") {
        script.assume(all(isInside(before, now.price), isNear(before, now.price, rules.maxStep)));
      }
      return [goal("within maxStep", isWithin(next, now.price, rules.maxStep))];
    },
  },
  {
    name: `price/direction under ${rule}`,
    statement:
      (rule === "Secant" ? "with the price inside its bracket: " : "") +
      "up only in excess demand, down only with spare capacity",
    prove: (script) => {
      const { next, now, before, isExcess } = step(script, rule);
      if (rule === "Secant") script.assume(isInside(before, now.price));
      return [
        goal("up only in excess", implies(lt(now.price, next), isExcess)),
        goal("down only with spare", implies(lt(next, now.price), lt(now.demand, now.capacity))),
      ];
    },
  },
]);

const monotone: Theorem[] = PLAIN_RULES.map((rule) => ({
  name: `price/monotone in demand under ${rule}`,
  statement: "at the same price, more demand never gives a lower next price",
  prove: (script) => {
    const { model, rules, before, now, next } = step(script, rule);
    const demand = script.input("moreDemand", 0n, MAX_96);
    script.assume(le(now.demand, demand));
    const more = { ...now, demand };
    return [
      goal("monotone", le(next, model.nextPrice(rules, before, model.observe(before, more), more))),
    ];
  },
}));

const rounding: Theorem[] = [
  {
    name: "step/rounds down under Constant",
    statement: "step·10^18 ≤ η₀·|Ŝ − m| < step·10^18 + 10^18",
    prove: (script) => {
      const { model, rules, before, now } = step(script, "Constant");
      const taken = scaled(UNIT, model.stepDown(rules, before, now).step);
      const exact = script.times(rules.initialStep, model.distance(now.demand, now.capacity));
      return [
        goal("not above", le(taken, exact)),
        goal("by less than one", lt(exact, sum(taken, literal(UNIT)))),
      ];
    },
  },
  {
    name: "step/rounds down under RobbinsMonro",
    statement: "step·(t + t₀)·10^18 ≤ η₀·|Ŝ − m|·t₀ < (step + 1)·(t + t₀)·10^18",
    prove: (script) => {
      const { model, rules, before, now } = step(script, "RobbinsMonro");
      const taken = model.stepDown(rules, before, now).step;
      const operations = script.arithmetic("PriceUpdate.stepDown");
      const by = operations.mul(
        "(round + offset) * UNIT",
        operations.add("round + offset", now.round, rules.stepOffset),
        literal(UNIT),
      );
      const back = script.times(taken, by);
      const exact = script.times(
        script.times(rules.initialStep, model.distance(now.demand, now.capacity)),
        rules.stepOffset,
      );
      return [
        goal("not above", le(back, exact)),
        goal("by less than one", lt(exact, sum(back, by))),
      ];
    },
  },
  {
    name: "step/what Secant cuts off a line is clipped",
    statement: "2·maxStep of a line give a step of at least maxStep",
    prove: (script) => {
      const { maxStep } = inputRules(script, "Secant");
      const { capacity } = inputRound(script);
      const { previousDemand } = inputBracket(script);
      const operations = script.arithmetic("PriceUpdate.secantDown");
      const taken = operations.div(
        "(step * (previousDemand + capacity)) / (2 * capacity)",
        operations.mul(
          "step * (previousDemand + capacity)",
          scaled(2n, maxStep),
          operations.add("previousDemand + capacity", previousDemand, capacity),
        ),
        operations.mul("2 * capacity", literal(2n), capacity),
      );
      return [goal("at least maxStep", le(maxStep, taken))];
    },
  },
];

// ------------------------------------------------------------------------------------ the bracket

const bracket: Theorem[] = [
  {
    name: "bracket/stays in order",
    statement: "lower < upper where both were seen, round after round",
    prove: (script) => {
      const { seen } = step(script, "Constant");
      return [goal("in order", isOrdered(seen))];
    },
  },
  {
    name: "bracket/sides come from what was seen",
    statement:
      "lower changes only to a price in excess demand, upper only to one without, and otherwise is kept or reset",
    prove: (script) => {
      const { seen, before, now, isExcess } = step(script, "Constant");
      const { price } = now;
      return [
        goal(
          "lower",
          any(
            eq(seen.lower, before.lower),
            all(isExcess, eq(seen.lower, price)),
            all(not(isExcess), eq(seen.lower, literal(UNSEEN))),
          ),
        ),
        goal(
          "upper",
          any(
            eq(seen.upper, before.upper),
            all(not(isExcess), eq(seen.upper, price)),
            all(isExcess, eq(seen.upper, literal(UNSEEN))),
          ),
        ),
        goal(
          "in excess, lower is seen and at least the price",
          implies(isExcess, all(isSeen(seen.lower), le(price, seen.lower))),
        ),
        goal(
          "otherwise, upper is seen and at most the price",
          implies(not(isExcess), all(isSeen(seen.upper), le(seen.upper, price))),
        ),
        goal(
          "in excess, upper is above the price",
          implies(all(isExcess, isSeen(seen.upper)), lt(price, seen.upper)),
        ),
        goal(
          "otherwise, lower is below the price",
          implies(all(not(isExcess), isSeen(seen.lower)), lt(seen.lower, price)),
        ),
      ];
    },
  },
  {
    name: "bracket/Secant keeps the price inside",
    statement:
      "inductive: with the price inside the bracket before a round, the next one is inside the bracket after it",
    prove: (script) => {
      const { before, seen, now, next } = step(script, "Secant");
      script.assume(isInside(before, now.price));
      return [goal("inside", isInside(seen, next))];
    },
  },
  {
    name: "bracket/Secant takes a half at most by two demands on one side",
    statement:
      "with the price inside a bracket wider than ε_d, and two rounds' demands both above capacity or both not: no further than the middle",
    prove: (script) => {
      const { before, seen, now, next, rules, isExcess } = step(script, "Secant");
      const { lower, upper } = seen;
      script.assume(all(isInside(before, now.price), isSeen(lower), isSeen(upper)));
      script.assume(lt(sum(lower, rules.dualTolerance), upper));
      const wasExcess = lt(now.capacity, before.previousDemand);
      const both = sum(lower, upper);
      return [
        goal("up", implies(all(isExcess, wasExcess), le(scaled(2n, next), both))),
        goal(
          "down",
          implies(all(not(isExcess), not(wasExcess)), le(both, sum(scaled(2n, next), literal(1n)))),
        ),
      ];
    },
  },
  {
    name: "bracket/Secant's stays near",
    statement:
      "inductive: two sides are at most maxStep apart, and the price is that near to one seen alone",
    prove: (script) => {
      const { before, seen, now, next, rules } = step(script, "Secant");
      script.assume(all(isInside(before, now.price), isNear(before, now.price, rules.maxStep)));
      return [goal("near", isNear(seen, next, rules.maxStep))];
    },
  },
  {
    name: "bracket/Secant finds the last price at a side",
    statement:
      "with the price inside the bracket before a round, it is the side after it that its demand set",
    prove: (script) => {
      const { before, seen, now, isExcess } = step(script, "Secant");
      script.assume(isInside(before, now.price));
      return [
        goal("lower in excess", implies(isExcess, eq(seen.lower, now.price))),
        goal("upper otherwise", implies(not(isExcess), eq(seen.upper, now.price))),
      ];
    },
  },
  {
    name: "bracket/Secant's first round",
    statement: "an epoch opens with nothing seen, so its first price is inside, and near",
    prove: (script) => {
      const opening = script.input("openingPrice", 0n, MAX_PRICE);
      const nothing = {
        lower: literal(UNSEEN),
        upper: literal(UNSEEN),
        previousDemand: literal(0n),
      };
      return [
        goal("inside", all(isInside(nothing, opening), isOrdered(nothing))),
        goal("near", isNear(nothing, opening, script.input("maxStep", 1n, MAX_80))),
      ];
    },
  },
  {
    name: "bracket/Secant's next price is strictly inside or at the upper side",
    statement:
      "where both were seen: lower < next < upper; or next = upper, in a bracket no wider than ε_d; or demand is capacity and the price stays",
    prove: (script) => {
      const { before, seen, now, next, rules } = step(script, "Secant");
      script.assume(isInside(before, now.price));
      const isTwoSided = all(isSeen(seen.lower), isSeen(seen.upper));
      const isNarrow = le(seen.upper, sum(seen.lower, rules.dualTolerance));
      const isCleared = eq(now.demand, now.capacity);
      return [
        goal("stays where it clears", implies(isCleared, eq(next, now.price))),
        goal("above lower", implies(isTwoSided, lt(seen.lower, next))),
        goal(
          "below upper, or held there",
          implies(
            all(isTwoSided, not(isCleared)),
            any(lt(next, seen.upper), all(eq(next, seen.upper), isNarrow)),
          ),
        ),
        goal(
          "held at upper",
          implies(all(isTwoSided, isNarrow, not(isCleared)), eq(next, seen.upper)),
        ),
      ];
    },
  },
];

// ---------------------------------------------------------------------------------- the stop test

const stop: Theorem[] = [
  {
    name: "stop/ends by maxRounds",
    statement: "with t + 1 ≥ maxRounds there is always a reason to end",
    prove: (script) => {
      const { model, rules, seen, now, next } = step(script, "Constant");
      const reason = model.stopReason(rules, seen, now, script.input("movement", 0n, MAX_80), next);
      return [
        goal(
          "ends",
          implies(
            le(rules.maxRounds, sum(now.round, literal(1n))),
            not(eq(reason, literal(REASON.None))),
          ),
        ),
        goal(
          "RoundLimit only then",
          implies(
            eq(reason, literal(REASON.RoundLimit)),
            le(rules.maxRounds, sum(now.round, literal(1n))),
          ),
        ),
      ];
    },
  },
  {
    name: "stop/Converged means cleared",
    statement:
      "|Ŝ − m| ≤ ε_p, or spare capacity at price zero; price and demands within ε_d and ε_x",
    prove: (script) => {
      const { model, rules, seen, now, next } = step(script, "Constant");
      const movement = script.input("movement", 0n, MAX_80);
      const isConverged = eq(
        model.stopReason(rules, seen, now, movement, next),
        literal(REASON.Converged),
      );
      return [
        goal(
          "cleared",
          implies(
            isConverged,
            any(
              isWithin(now.demand, now.capacity, rules.primalTolerance),
              all(eq(now.price, literal(0n)), le(now.demand, now.capacity)),
            ),
          ),
        ),
        goal("price at rest", implies(isConverged, isWithin(next, now.price, rules.dualTolerance))),
        goal("demands at rest", implies(isConverged, le(movement, rules.movementTolerance))),
      ];
    },
  },
  {
    name: "stop/Rationed means at the jump",
    statement:
      "demand keeps to capacity, and at most ε_d below this price there was too much of it",
    prove: (script) => {
      const { model, rules, seen, now, next } = step(script, "Constant");
      const movement = script.input("movement", 0n, MAX_80);
      const isRationed = eq(
        model.stopReason(rules, seen, now, movement, next),
        literal(REASON.Rationed),
      );
      return [
        goal("keeps to capacity", implies(isRationed, le(now.demand, now.capacity))),
        goal(
          "at the jump",
          implies(
            isRationed,
            all(
              isSeen(seen.lower),
              lt(seen.lower, now.price),
              le(now.price, sum(seen.lower, rules.dualTolerance)),
            ),
          ),
        ),
        goal("demands at rest", implies(isRationed, le(movement, rules.movementTolerance))),
      ];
    },
  },
];

// ------------------------------------------------------------------------------------ the charges

const charges: Theorem[] = [
  {
    name: "charge/rounds up",
    statement: "the exact charge τx + ½φx² + g is never more than what is charged",
    prove: (script) => [goal("covered", chargeAgainstExact(script).isCovered)],
  },
  {
    name: "charge/rounds up by less than one",
    statement: "what is charged is less than one base unit above the exact charge",
    prove: (script) => [goal("close", chargeAgainstExact(script).isClose)],
  },
  {
    name: "charge/monotone",
    statement: "more demand, or a higher τ, g or φ, never gives a lower charge",
    prove: (script) => {
      const model = modelOf(script);
      const fees = inputFees(script);
      const divisor = inputDivisor(script);
      const demand = script.input("demand", 0n, MAX_88);
      const more = script.input("moreDemand", 0n, MAX_88);
      const higher = {
        unitFee: script.input("higherUnitFee", 0n, MAX_80),
        executionFee: script.input("higherExecutionFee", 0n, MAX_80),
        progressiveFee: script.input("higherProgressiveFee", 0n, MAX_80),
      };
      script.assume(le(demand, more));
      for (const key of ["unitFee", "executionFee", "progressiveFee"] as const)
        script.assume(le(fees[key], higher[key]));
      return [
        goal(
          "in everything at once",
          le(model.chargeUp(fees, demand, divisor), model.chargeUp(higher, more, divisor)),
        ),
      ];
    },
  },
  {
    name: "charge/nothing for nothing",
    statement: "a demand of zero is charged nothing and pays nothing",
    prove: (script) => {
      const model = modelOf(script);
      const divisor = inputDivisor(script);
      return [
        goal("charge", eq(model.chargeUp(inputFees(script), literal(0n), divisor), literal(0n))),
        goal(
          "payment",
          eq(model.paymentUp(script.input("price", 0n, MAX_80), literal(0n), divisor), literal(0n)),
        ),
      ];
    },
  },
  {
    name: "payment/rounds up by less than one",
    statement: "μx ≤ payment·divisor < μx + divisor",
    prove: (script) => {
      const divisor = inputDivisor(script);
      const [cost, quantity] = [
        script.input("price", 0n, MAX_80),
        script.input("quantity", 0n, MAX_88),
      ];
      const payment = modelOf(script).paymentUp(cost, quantity, divisor);
      const [exact, back] = [script.times(cost, quantity), script.times(payment, divisor)];
      return [goal("covered", le(exact, back)), goal("close", lt(back, sum(exact, divisor)))];
    },
  },
  {
    name: "payment/monotone",
    statement: "a higher price or a larger quantity never costs less",
    prove: (script) => {
      const model = modelOf(script);
      const divisor = inputDivisor(script);
      const [cost, quantity] = [
        script.input("price", 0n, MAX_80),
        script.input("quantity", 0n, MAX_88),
      ];
      const [higher, more] = [
        script.input("higherPrice", 0n, MAX_80),
        script.input("moreQuantity", 0n, MAX_88),
      ];
      script.assume(all(le(cost, higher), le(quantity, more)));
      return [
        goal(
          "monotone",
          le(model.paymentUp(cost, quantity, divisor), model.paymentUp(higher, more, divisor)),
        ),
      ];
    },
  },
];

/** The charge of a demand above zero against the exact one; both sides times 2·10^18. */
function chargeAgainstExact(script: Script): { isCovered: string; isClose: string } {
  const model = modelOf(script);
  const fees = inputFees(script);
  const divisor = inputDivisor(script);
  const demand = script.input("demand", 1n, MAX_88);
  const charge = model.chargeUp(fees, demand, divisor);
  const charged = scaled(2n * UNIT, script.times(charge, divisor));

  const exact = sum(
    scaled(2n * UNIT, script.times(fees.unitFee, demand)),
    scaled(2n * UNIT * UNIT, fees.executionFee),
    script.times(script.times(fees.progressiveFee, demand), demand),
  );
  return {
    isCovered: le(exact, charged),
    isClose: lt(charged, sum(exact, scaled(2n * UNIT, divisor))),
  };
}

// --------------------------------------------------------------------------- the packed numbers

/** A price by its highest bit: 0 to 2^26 − 1, and then one range for each exponent. */
const PRICE_RANGES = [
  { least: 0n, most: 2n ** 26n - 1n },
  ...Array.from({ length: 54 }, (_, index) => ({
    least: 2n ** BigInt(26 + index),
    most: 2n ** BigInt(27 + index) - 1n,
  })),
];

const packed: Theorem[] = [
  {
    name: "locked-price/rounds down",
    statement: "unpack(packDown(p)) ≤ p, by less than p/2^25, for every p below 2^80",
    prove: (script) => {
      const model = modelOf(script);
      const cost = script.input("price", 0n, MAX_80);
      const back = model.unpackPrice(model.packPriceDown(cost));
      return PRICE_RANGES.flatMap(({ least, most }) => {
        const isHere = `(<= ${least} ${cost.text} ${most})`;
        return [
          goal(`from ${least}, never above`, implies(isHere, le(back, cost))),
          goal(
            `from ${least}, close`,
            implies(
              all(isHere, lt(literal(0n), cost)),
              lt(scaled(2n ** 25n, cost), sum(scaled(2n ** 25n, back), cost)),
            ),
          ),
        ];
      });
    },
  },
  {
    name: "locked-price/keeps order",
    statement: "a ≤ b gives packDown(a) ≤ packDown(b)",
    prove: (script) => {
      const model = modelOf(script);
      const [a, b] = [script.input("a", 0n, MAX_80), script.input("b", 0n, MAX_80)];
      const [packedA, packedB] = [model.packPriceDown(a), model.packPriceDown(b)];
      return PRICE_RANGES.map(({ least, most }) =>
        goal(
          `from ${least}`,
          implies(all(`(<= ${least} a ${most})`, le(a, b)), le(packedA, packedB)),
        ),
      );
    },
  },
  {
    name: "digits/exact",
    statement: "unpack(pack(v)) = v for every v below 2^106 that is not refused",
    prove: (script) => {
      const model = modelOf(script);
      const value = script.input("value", 0n, 2n ** 106n - 1n);
      return [goal("exact", eq(model.unpackDigits(model.packDigits(value)), value))];
    },
  },
];

// ----------------------------------------------------------------------------------- settlement

const settling: Theorem[] = [
  {
    name: "scale/at most one",
    statement: "0 ≤ scale ≤ 10^18, and 10^18 itself without excess demand",
    prove: (script) => {
      const [demand, capacity] = [
        script.input("demand", 0n, MAX_96),
        script.input("capacity", 1n, MAX_88),
      ];
      const scale = modelOf(script).scaleDown(demand, capacity);
      return [
        goal("in range", all(le(literal(0n), scale), le(scale, literal(UNIT)))),
        goal("one without excess", implies(le(demand, capacity), eq(scale, literal(UNIT)))),
      ];
    },
  },
  ...[true, false].map((isFresh) => ({
    name: `allocation/at most a fair share of ${isFresh ? "an answer to the last round" : "a stale demand"}`,
    statement: "a ≤ x, and a·Ŝ ≤ x·m in excess demand",
    prove: (script: Script) => {
      const { model, account, end, divisor, demand } = settlement(script, isFresh);
      const total = script.input("total", 0n, MAX_96);
      const capacity = script.input("capacity", 1n, MAX_88);
      const scale = model.scaleDown(total, capacity);
      const { allocation } = model.outcomeOf(account, { ...end, scale }, divisor, true);
      const isExcess = lt(capacity, total);
      // (x·s)·Ŝ = x·(s·Ŝ) and (10^18·a)·Ŝ = 10^18·(a·Ŝ): instances of lemma "product-associative".
      const share = script.times(demand, scale);
      const taken = scaled(UNIT, allocation);
      const fair = scaled(UNIT, capacity);
      const products = {
        shareOfTotal: script.times(share, total),
        scaleOfTotal: script.times(scale, total),
        takenOfTotal: script.times(taken, total),
        allocationOfTotal: script.times(allocation, total),
        demandOfFair: script.times(demand, fair),
        demandOfCapacity: script.times(demand, capacity),
      };
      script.assume(eq(products.shareOfTotal, script.times(demand, products.scaleOfTotal)));
      script.assume(eq(products.takenOfTotal, scaled(UNIT, products.allocationOfTotal)));
      script.assume(eq(products.demandOfFair, scaled(UNIT, products.demandOfCapacity)));
      // Theorem "scale/at most one", and with it lemma "product-monotone".
      script.assume(all(le(literal(0n), scale), le(scale, literal(UNIT))));
      script.assume(implies(le(scale, literal(UNIT)), le(share, scaled(UNIT, demand))));
      const steps = [
        all(le(literal(0n), allocation), le(allocation, demand)),
        implies(isExcess, le(products.scaleOfTotal, fair)),
        le(taken, share),
      ];
      return [
        ...cut(["at most the demand", "scale·Ŝ ≤ 10^18·m", "10^18·a ≤ x·scale"], steps),
        goal(
          "a·Ŝ ≤ x·m",
          implies(
            all(isExcess, ...steps),
            le(products.allocationOfTotal, products.demandOfCapacity),
          ),
        ),
      ];
    },
  })),
  {
    name: "allocation/sum keeps to capacity, induction",
    statement:
      "A·Ŝ ≤ X·m of some agents and a·Ŝ ≤ x·m of one more give (A + a)·Ŝ ≤ (X + x)·m; with X = Ŝ > 0, A ≤ m",
    prove: (script) => {
      const [someTaken, some] = [script.input("A", 0n, MAX_96), script.input("X", 0n, MAX_96)];
      const [oneTaken, one] = [script.input("a", 0n, MAX_88), script.input("x", 0n, MAX_88)];
      const total = script.input("total", 1n, MAX_96);
      const capacity = script.input("capacity", 1n, MAX_88);
      const both = script.times(sum(someTaken, oneTaken), total);
      const bound = script.times(sum(some, one), capacity);
      // Instances of lemmas "product-distributive" and "product-cancels".
      script.assume(eq(both, sum(script.times(someTaken, total), script.times(oneTaken, total))));
      script.assume(eq(bound, sum(script.times(some, capacity), script.times(one, capacity))));
      script.assume(
        implies(
          le(script.times(someTaken, total), script.times(capacity, total)),
          le(someTaken, capacity),
        ),
      );
      return [
        goal(
          "one more",
          implies(
            all(
              le(script.times(someTaken, total), script.times(some, capacity)),
              le(script.times(oneTaken, total), script.times(one, capacity)),
            ),
            le(both, bound),
          ),
        ),
        goal(
          "all together",
          implies(
            all(le(script.times(someTaken, total), script.times(some, capacity)), eq(some, total)),
            le(someTaken, capacity),
          ),
        ),
      ];
    },
  },
  ...[true, false].flatMap((isFresh) =>
    [true, false].map((isRefunding) => ({
      name: `lock/covers settlement of ${isFresh ? "an answer to the last round" : "a stale demand"}, ${isRefunding ? "Refunding" : "PerSubmission"}`,
      statement: "payment + charge at settlement ≤ what the demand had locked",
      prove: (script: Script) => {
        const { model, account, end, divisor } = settlement(script, isFresh);
        const { payment, charge } = model.outcomeOf(account, end, divisor, isRefunding);
        const lock = model.lockOf(account, end, divisor, isRefunding);
        return [goal("covered", le(sum(payment, charge), lock))];
      },
    })),
  ),
  {
    name: "lock/falls when a round closes",
    statement: "a demand that goes stale locks no more than when it was sent",
    prove: (script) => {
      const { model, account, end, divisor, answered } = settlement(script, false);
      const offer = { ...end, price: answered };
      return [
        goal(
          "falls",
          le(
            model.lockOf(account, offer, divisor, true),
            model.lockOf({ ...account, isFresh: "true" }, offer, divisor, true),
          ),
        ),
      ];
    },
  },
  {
    name: "lock/is collateral asked for",
    statement: "charge + payment of a submission = what it locks",
    prove: (script) => {
      const { model, account, end, divisor, demand } = settlement(script, true);
      return [
        goal(
          "equal",
          eq(
            model.lockOf(account, end, divisor, true),
            sum(model.chargeUp(end, demand, divisor), model.paymentUp(end.price, demand, divisor)),
          ),
        ),
      ];
    },
  },
  {
    name: "trim/never raises a lock or a demand",
    statement: "after trimming a stale demand both it and what it locks are no larger",
    prove: (script) => {
      const { model, account, end, divisor, demand, endPrice } = settlement(script, false);
      const { isCut, demand: left } = model.trimmed(demand, account.lockedPrice, endPrice);
      // Instance of lemma "product-cancels".
      const [kept, whole] = [script.times(left, endPrice), script.times(demand, endPrice)];
      script.assume(implies(all(lt(literal(0n), endPrice), le(kept, whole)), le(left, demand)));
      const after = { ...account, demand: left, lockedPrice: model.packPriceDown(endPrice) };
      return [
        goal("the demand", le(left, demand)),
        goal(
          "the lock",
          implies(
            all(isCut, le(left, demand)),
            le(model.lockOf(after, end, divisor, true), model.lockOf(account, end, divisor, true)),
          ),
        ),
      ];
    },
  },
  {
    name: "trim/applies only to a price above the lock",
    statement: "packDown(p) < packDown(q) gives unpack(packDown(p)) < q",
    prove: (script) => {
      const model = withOpaqueLock(script);
      const [a, b] = [script.input("a", 0n, MAX_80), script.input("b", 0n, MAX_80)];
      const [packedA, packedB] = [model.packPriceDown(a), model.packPriceDown(b)];
      return [goal("above", implies(lt(packedA, packedB), lt(model.unpackPrice(packedA), b)))];
    },
  },
  {
    name: "totals/movement stays at its maximum",
    statement:
      "0 ≤ movement ≤ 2^80 − 1, never falling within a round, and never within tolerance once there",
    prove: (script) => {
      const total = script.input("total", 0n, MAX_96);
      const from = script.input("from", 0n, MAX_88);
      const movement = script.input("movement", 0n, MAX_80);
      const tolerance = script.input("movementTolerance", 0n, MAX_80 - 1n);
      script.assume(le(from, total));
      const after = modelOf(script).moved(
        total,
        movement,
        from,
        script.input("to", 0n, MAX_88),
      ).movement;
      return [
        goal("in range", all(le(movement, after), le(after, literal(MAX_80)))),
        goal(
          "never within tolerance",
          implies(eq(movement, literal(MAX_80)), lt(tolerance, after)),
        ),
      ];
    },
  },
];

/** Steps on the way, each a goal of its own. */
const cut = (labels: readonly string[], steps: readonly string[]): Goal[] =>
  labels.map((label, index) => goal(label, steps[index]!));

export const THEOREMS: readonly Theorem[] = [
  ...lemmaTheorems,
  ...safety,
  ...documented,
  ...price,
  ...monotone,
  ...rounding,
  ...bracket,
  ...stop,
  ...charges,
  ...packed,
  ...settling,
];

/** Whether a theorem, or a falsehood about it, is left to `npm run prove` because it takes long. */
export function isSlow({ name }: { name: string }): boolean {
  return /^(locked-price\/|digits\/|no-overflow\/_outcomeOf)/.test(name);
}

/** A theorem as a script and its goals. */
export function write(theorem: Theorem): { script: Script; goals: Goal[] } {
  const script = createScript();
  return { script, goals: theorem.prove(script) };
}

/** Statements about the contract as it is that do not hold; each is known by its counterexample. */
export const FALSE_STATEMENTS: readonly Theorem[] = [
  {
    name: "Secant's next price is monotone in demand",
    statement: "its slope is taken from the demand: more of it can make the step smaller",
    prove: (script) => {
      const { model, rules, before, now, next } = step(script, "Secant");
      script.assume(isInside(before, now.price));
      const demand = script.input("moreDemand", 0n, MAX_96);
      // One pair of demands is enough: 19 and 21 of capacity 10, after 20 at price 0.
      const point = { ...now, ...before, ...rules, moreDemand: demand };
      const at = {
        round: 1n,
        price: 10n,
        demand: 19n,
        capacity: 10n,
        lower: 0n,
        upper: UNSEEN,
        previousDemand: 20n,
        initialStep: 0n,
        maxStep: 1000n,
        moreDemand: 21n,
      };
      for (const [name, value] of Object.entries(at) as [keyof typeof at, bigint][])
        script.assume(eq(point[name], literal(value)));
      script.assume(le(now.demand, demand));
      const more = { ...now, demand };
      const other = model.nextPrice(rules, before, model.observe(before, more), more);
      return [goal("monotone", le(next, other))];
    },
  },
  {
    name: "Secant moves at most maxStep from any bracket",
    statement: "it takes two sides to be at most maxStep apart, which the induction gives",
    prove: (script) => {
      const { before, next, now, rules } = step(script, "Secant");
      script.assume(isInside(before, now.price));
      return [goal("within maxStep", isWithin(next, now.price, rules.maxStep))];
    },
  },
  {
    name: "Secant's next price is inside its bracket from any price",
    statement: "it takes the price to be inside before the round, which the induction gives",
    prove: (script) => {
      const { seen, next } = step(script, "Secant");
      return [goal("inside", isInside(seen, next))];
    },
  },
];
