import { MAX_PRICE, UNSEEN, type TwinRules } from "../mechanism/twin-arithmetic.ts";
import { UNIT } from "../mechanism/fixed-point.ts";
import type { Arithmetic } from "./arithmetic.ts";

// The integer arithmetic of contracts/libraries and of ClearingContract, line by line. Each
// operation carries the Solidity expression it stands for; test/proofs holds every one of them
// against the source.

export type Rule = TwinRules["rule"];

export type Rules<N> = {
  rule: Rule;
  primalTolerance: N;
  movementTolerance: N;
  dualTolerance: N;
  initialStep: N;
  maxStep: N;
  stepOffset: N;
  maxRounds: N;
};

export type Bracket<N> = { lower: N; upper: N; previousDemand: N };

/** Round t: μ^t, Ŝ and m. */
export type Round<N> = { round: N; price: N; demand: N; capacity: N };

export type Fees<N> = { unitFee: N; executionFee: N; progressiveFee: N };

/** What settlement needs to know of an account: x, the packed price it answered, and whether it answered last. */
export type Standing<N, B> = { demand: N; lockedPrice: N; isFresh: B };

/** How an epoch ended: μ* and min(1, m/Ŝ). */
export type End<N> = Fees<N> & { price: N; scale: N };

/** The contract's `Reason`, in its order. */
export const REASON = { None: 0n, Converged: 1n, Rationed: 2n, RoundLimit: 3n } as const;

const MAX_MOVEMENT = 2n ** 80n - 1n;
const PRICE_MANTISSA_BITS = 26;
const DIGITS_MANTISSA_BITS = 27;
/** ⌈log10(2^106 / (2^27 − 1))⌉: how often `Digits.pack` divides a value below 2^106. */
const DIGITS_TURNS = 24;

export type Model<N, B> = ReturnType<typeof createModel<N, B>>;

/** `LockedPrice`, where something else than its own lines stands for it. */
export type LockedPrice<N> = { packDown: (price: N) => N; unpack: (packed: N) => N };

/**
 * Every function of the model, over the arithmetic given.
 *
 * @param lockedPrice what to use for `LockedPrice` inside the contract's own functions
 */
export function createModel<N, B>(arithmetic: Arithmetic<N, B>, lockedPrice?: LockedPrice<N>) {
  // ------------------------------------------------------------------------------- PriceUpdate

  const inDistance = arithmetic("PriceUpdate.distance");
  function distance(a: N, b: N): N {
    const m = inDistance;
    return m.when(
      m.less("a > b", b, a),
      () => m.sub("a - b", a, b),
      () => m.sub("b - a", b, a),
    );
  }

  const inObserve = arithmetic("PriceUpdate.observe");
  function observe(before: Bracket<N>, { price, demand, capacity }: Round<N>): Bracket<N> {
    const m = inObserve;
    const unseen = m.num(UNSEEN);
    const isExcess = m.less("demand > capacity", capacity, demand);
    const upper = m.when(
      isExcess,
      () =>
        m.when(
          m.atMost("price >= upper", before.upper, price),
          () => unseen,
          () => before.upper,
        ),
      () =>
        m.when(
          m.less("price < upper", price, before.upper),
          () => price,
          () => before.upper,
        ),
    );
    const lower = m.when(
      isExcess,
      () =>
        m.when(
          m.or(m.equal("lower == UNSEEN", before.lower, unseen), () =>
            m.less("price > lower", before.lower, price),
          ),
          () => price,
          () => before.lower,
        ),
      () =>
        m.when(
          m.atMost("price <= lower", price, before.lower),
          () => unseen,
          () => before.lower,
        ),
    );
    m.fits("BracketFields.pack(lower, upper, demand)", lower, 80);
    m.fits("BracketFields.pack(lower, upper, demand)", upper, 80);
    m.fits("BracketFields.pack(lower, upper, demand)", demand, 96);
    return { lower, upper, previousDemand: demand };
  }

  const inSecant = arithmetic("PriceUpdate.secantDown");
  /** 0 where the line is level. */
  function secantDown(maxStep: N, before: Bracket<N>, now: Round<N>): { step: N; isLevel: B } {
    const m = inSecant;
    const { price, demand, capacity } = now;
    const { previousDemand } = before;
    const previousPrice = m.when(
      m.less("previousDemand > capacity", capacity, previousDemand),
      () => before.lower,
      () => before.upper,
    );
    const priceRose = m.less("price > previousPrice", previousPrice, price);
    const demandFell = m.less("demand < previousDemand", demand, previousDemand);
    const isLevel = m.or(m.not(m.same("priceRose != demandFell", priceRose, demandFell)), () =>
      m.or(m.equal("price == previousPrice", price, previousPrice), () =>
        m.equal("demand == previousDemand", demand, previousDemand),
      ),
    );
    const step = m.when(
      isLevel,
      () => m.num(0n),
      () => {
        const line = m.div(
          "(distance(price, previousPrice) * distance(demand, capacity)) / distance(demand, previousDemand)",
          m.mul(
            "distance(price, previousPrice) * distance(demand, capacity)",
            distance(price, previousPrice),
            distance(demand, capacity),
          ),
          distance(demand, previousDemand),
        );
        const two = m.num(2n);
        const most = m.mul("2 * maxStep", two, maxStep);
        const cut = m.when(
          m.less("step > 2 * maxStep", most, line),
          () => most,
          () => line,
        );
        return m.div(
          "(step * (previousDemand + capacity)) / (2 * capacity)",
          m.mul(
            "step * (previousDemand + capacity)",
            cut,
            m.add("previousDemand + capacity", previousDemand, capacity),
          ),
          m.mul("2 * capacity", two, capacity),
        );
      },
    );
    return { step, isLevel };
  }

  const inStep = arithmetic("PriceUpdate.stepDown");
  function stepDown(
    rules: Rules<N>,
    before: Bracket<N>,
    now: Round<N>,
  ): { step: N; isLevel: B | undefined } {
    const m = inStep;
    const { round, demand, capacity } = now;
    const unit = m.num(UNIT);
    const fixedStep = (): N => {
      const step = m.mul(
        "rules.initialStep() * distance(demand, capacity)",
        rules.initialStep,
        distance(demand, capacity),
      );
      if (rules.rule === "InverseSqrt") {
        const turn = m.add("round + 1", round, m.num(1n));
        const square = m.mul(
          "(round + 1) * UNIT * UNIT",
          m.mul("(round + 1) * UNIT", turn, unit),
          unit,
        );
        return m.div("step / sqrt(", step, m.sqrt("sqrt((round + 1) * UNIT * UNIT)", square));
      }
      if (rules.rule === "RobbinsMonro") {
        const offset = rules.stepOffset;
        return m.div(
          "(step * offset) / ((round + offset) * UNIT)",
          m.mul("step * offset", step, offset),
          m.mul("(round + offset) * UNIT", m.add("round + offset", round, offset), unit),
        );
      }
      return m.div("step / UNIT", step, unit);
    };
    // Of no other rule is it asked.
    if (rules.rule !== "Secant") return { step: fixedStep(), isLevel: undefined };

    const isFirst = m.equal("round != 0", round, m.num(0n));
    const line = secantDown(rules.maxStep, before, now);
    return {
      step: m.when(
        m.or(isFirst, () => line.isLevel),
        fixedStep,
        () => line.step,
      ),
      isLevel: m.and(m.not(isFirst), () => line.isLevel),
    };
  }

  const inBracket = arithmetic("PriceUpdate.insideBracket");
  function insideBracket(
    dualTolerance: N,
    wasExcess: B,
    { lower, upper }: Bracket<N>,
    isExcess: B,
    next: N,
    isLevel: B,
  ): N {
    const m = inBracket;
    const unseen = m.num(UNSEEN);
    return m.when(
      m.or(m.equal("lower == UNSEEN", lower, unseen), () =>
        m.equal("upper == UNSEEN", upper, unseen),
      ),
      () => next,
      () =>
        m.when(
          m.atMost(
            "upper - lower <= dualTolerance",
            m.sub("upper - lower", upper, lower),
            dualTolerance,
          ),
          () => upper,
          () => {
            const middle = m.div(
              "(lower + upper) / 2",
              m.add("lower + upper", lower, upper),
              m.num(2n),
            );
            const isOutside = m.or(m.atMost("next <= lower", next, lower), () =>
              m.atMost("next >= upper", upper, next),
            );
            const isFar = m.and(m.same("isExcess == wasExcess", isExcess, wasExcess), () =>
              m.same(
                "isExcess == (next > middle)",
                isExcess,
                m.less("next > middle", middle, next),
              ),
            );
            return m.when(
              m.or(isLevel, () => m.or(isOutside, () => isFar)),
              () => middle,
              () => next,
            );
          },
        ),
    );
  }

  const inNext = arithmetic("PriceUpdate.nextPrice");
  function nextPrice(rules: Rules<N>, before: Bracket<N>, seen: Bracket<N>, now: Round<N>): N {
    const m = inNext;
    const { price, demand, capacity } = now;
    const { maxStep } = rules;
    const { step: wanted, isLevel } = stepDown(rules, before, now);
    const step = m.when(
      m.less("step > maxStep", maxStep, wanted),
      () => maxStep,
      () => wanted,
    );
    const isExcess = m.less("demand > capacity", capacity, demand);
    const next = m.when(
      isExcess,
      () => {
        const raised = m.add("price + step", price, step);
        const most = m.num(MAX_PRICE);
        return m.when(
          m.less("next > MAX_PRICE", most, raised),
          () => most,
          () => raised,
        );
      },
      () =>
        m.when(
          m.less("step < price", step, price),
          () => m.sub("price - step", price, step),
          () => m.num(0n),
        ),
    );
    if (rules.rule !== "Secant") return next;
    const wasExcess = m.less("before.previousDemand() > capacity", capacity, before.previousDemand);
    return m.when(
      m.equal("demand == capacity", demand, capacity),
      () => next,
      () => insideBracket(rules.dualTolerance, wasExcess, seen, isExcess, next, isLevel!),
    );
  }

  const inStop = arithmetic("PriceUpdate.stopReason");
  /** The reason by its number in the contract's `Reason`. */
  function stopReason(rules: Rules<N>, seen: Bracket<N>, now: Round<N>, movement: N, next: N): N {
    const m = inStop;
    const { round, price, demand, capacity } = now;
    const { dualTolerance } = rules;
    const atEnd = (): N =>
      m.when(
        m.atMost(
          "round + 1 >= rules.maxRounds()",
          rules.maxRounds,
          m.add("round + 1", round, m.num(1n)),
        ),
        () => m.num(REASON.RoundLimit),
        () => m.num(REASON.None),
      );
    return m.when(
      m.atMost("movement <= rules.movementTolerance()", movement, rules.movementTolerance),
      () => {
        const isKept = m.atMost("demand <= capacity", demand, capacity);
        const slack = m.and(m.equal("price == 0", price, m.num(0n)), () => isKept);
        const isConverged = m.and(
          m.or(slack, () =>
            m.atMost(
              "distance(demand, capacity) <= rules.primalTolerance()",
              distance(demand, capacity),
              rules.primalTolerance,
            ),
          ),
          () =>
            m.atMost(
              "distance(next, price) <= dualTolerance",
              distance(next, price),
              dualTolerance,
            ),
        );
        const isRationed = (): B =>
          m.and(isKept, () =>
            m.and(m.not(m.equal("lower != UNSEEN", seen.lower, m.num(UNSEEN))), () =>
              m.atMost(
                "price - lower <= dualTolerance",
                m.sub("price - lower", price, seen.lower),
                dualTolerance,
              ),
            ),
          );
        return m.when(
          isConverged,
          () => m.num(REASON.Converged),
          () => m.when(isRationed(), () => m.num(REASON.Rationed), atEnd),
        );
      },
      atEnd,
    );
  }

  // ----------------------------------------------------------------------------------- Charges

  const inDivUp = arithmetic("Charges.divUp");
  function divUp(numerator: N, denominator: N): N {
    const m = inDivUp;
    return m.div(
      "(numerator + denominator - 1) / denominator",
      m.sub(
        "numerator + denominator - 1",
        m.add("numerator + denominator", numerator, denominator),
        m.num(1n),
      ),
      denominator,
    );
  }

  const inCharge = arithmetic("Charges.chargeUp");
  function chargeUp(fees: Fees<N>, demand: N, divisor: N): N {
    const m = inCharge;
    return m.when(
      m.equal("demand == 0", demand, m.num(0n)),
      () => m.num(0n),
      () => {
        const unit = m.num(UNIT);
        const progressive = divUp(
          m.mul(
            "progressiveFee * demand * demand",
            m.mul("progressiveFee * demand", fees.progressiveFee, demand),
            demand,
          ),
          m.mul("2 * UNIT", m.num(2n), unit),
        );
        const flat = m.add(
          "unitFee * demand + executionFee * UNIT",
          m.mul("unitFee * demand", fees.unitFee, demand),
          m.mul("executionFee * UNIT", fees.executionFee, unit),
        );
        return divUp(m.add("executionFee * UNIT + progressive", flat, progressive), divisor);
      },
    );
  }

  const inPayment = arithmetic("Charges.paymentUp");
  function paymentUp(price: N, quantity: N, divisor: N): N {
    return divUp(inPayment.mul("price * quantity", price, quantity), divisor);
  }

  // -------------------------------------------------------------------------------- LockedPrice

  const inPackPrice = arithmetic("LockedPrice.packDown");
  function packPriceDown(price: N): N {
    if (lockedPrice !== undefined) return lockedPrice.packDown(price);
    const m = inPackPrice;
    return m.when(
      m.atMost("price <= MANTISSA_MASK", price, m.num(2n ** BigInt(PRICE_MANTISSA_BITS) - 1n)),
      () => price,
      () => {
        const exponent = m.sub(
          "msb(price) - (MANTISSA_BITS - 1)",
          m.msb("msb(price)", price, 80),
          m.num(BigInt(PRICE_MANTISSA_BITS - 1)),
        );
        const mantissa = m.shiftRight("price >> exponent", price, exponent, 54);
        return m.fits(
          "(exponent << MANTISSA_BITS) | (price >> exponent)",
          m.join(
            "(exponent << MANTISSA_BITS) | (price >> exponent)",
            exponent,
            PRICE_MANTISSA_BITS,
            mantissa,
          ),
          32,
        );
      },
    );
  }

  const inUnpackPrice = arithmetic("LockedPrice.unpack");
  function unpackPrice(packed: N): N {
    if (lockedPrice !== undefined) return lockedPrice.unpack(packed);
    const m = inUnpackPrice;
    return m.timesPower(
      "(packed & MANTISSA_MASK) << (packed >> MANTISSA_BITS)",
      m.lowBits("packed & MANTISSA_MASK", packed, PRICE_MANTISSA_BITS),
      2n,
      m.div("packed >> MANTISSA_BITS", packed, m.num(2n ** BigInt(PRICE_MANTISSA_BITS))),
      63,
    );
  }

  // ------------------------------------------------------------------------------------- Digits

  const inPackDigits = arithmetic("Digits.pack");
  function packDigits(value: N): N {
    const m = inPackDigits;
    const turn = (mantissa: N, exponent: number): N => {
      const isTooLong = m.less(
        "mantissa > MAX_MANTISSA",
        m.num(2n ** BigInt(DIGITS_MANTISSA_BITS) - 1n),
        mantissa,
      );
      const packed = (): N =>
        m.join(
          "(exponent << MANTISSA_BITS) | mantissa",
          m.num(BigInt(exponent)),
          DIGITS_MANTISSA_BITS,
          mantissa,
        );
      if (exponent === DIGITS_TURNS) {
        m.promise("mantissa > MAX_MANTISSA", m.not(isTooLong));
        return packed();
      }
      return m.when(
        isTooLong,
        () => {
          const shorter = m.div("mantissa /= 10", mantissa, m.num(10n));
          m.refuse(
            "mantissa % 10 != 0",
            m.not(
              m.equal("mantissa % 10 != 0", m.mul("mantissa % 10", shorter, m.num(10n)), mantissa),
            ),
          );
          return turn(shorter, exponent + 1);
        },
        packed,
      );
    };
    return m.fits("(exponent << MANTISSA_BITS) | mantissa", turn(value, 0), 32);
  }

  const inUnpackDigits = arithmetic("Digits.unpack");
  function unpackDigits(packed: N): N {
    const m = inUnpackDigits;
    return m.timesPower(
      "(packed & MAX_MANTISSA) * 10 ** (packed >> MANTISSA_BITS)",
      m.lowBits("packed & MAX_MANTISSA", packed, DIGITS_MANTISSA_BITS),
      10n,
      m.div("packed >> MANTISSA_BITS", packed, m.num(2n ** BigInt(DIGITS_MANTISSA_BITS))),
      31,
    );
  }

  // --------------------------------------------------------------------------- ClearingContract

  const inClose = arithmetic("ClearingContract.closeRound");
  /** min(1, m/Ŝ) at the end of an epoch. */
  function scaleDown(demand: N, capacity: N): N {
    const m = inClose;
    const unit = m.num(UNIT);
    const scale = m.when(
      m.less("demand > capacity", capacity, demand),
      () => m.div("(capacity * UNIT) / demand", m.mul("capacity * UNIT", capacity, unit), demand),
      () => unit,
    );
    return m.fits("OutcomeFields.pack(offer, scale, reason)", scale, 60);
  }

  const inAnswer = arithmetic("ClearingContract._answer");
  const inMoved = arithmetic("ClearingContract._moved");
  /** The running total and the running movement after a standing demand has changed. */
  function moved(total: N, movement: N, from: N, to: N): { demand: N; movement: N } {
    const m = inMoved;
    const demand = m.sub("sums.demand() + to - from", m.add("sums.demand() + to", total, to), from);
    inAnswer.refuse(
      "total > type(uint96).max",
      inAnswer.less("total > type(uint96).max", m.num(2n ** 96n - 1n), demand),
    );
    const sum = m.add(
      "sums.movement() + PriceUpdate.distance(from, to)",
      movement,
      distance(from, to),
    );
    const most = m.num(MAX_MOVEMENT);
    const held = m.when(
      m.less("movement > MAX_MOVEMENT", most, sum),
      () => most,
      () => sum,
    );
    const packed = "sums.with(demand, movement, answers)";
    return { demand: m.fits(packed, demand, 96), movement: m.fits(packed, held, 80) };
  }

  const inTrim = arithmetic("ClearingContract.trim");
  /** Whether a stale demand is cut, and to what: only where it locked less than the price. */
  function trimmed(standing: N, packed: N, price: N): { isCut: B; demand: N } {
    const m = inTrim;
    const isCut = m.not(m.atMost("agent.lockedPrice() >= price", packPriceDown(price), packed));
    const demand = m.when(
      isCut,
      () =>
        m.div(
          "(standing * LockedPrice.unpack(agent.lockedPrice())) / offer.price()",
          m.mul(
            "standing * LockedPrice.unpack(agent.lockedPrice())",
            standing,
            unpackPrice(packed),
          ),
          price,
        ),
      () => standing,
    );
    return {
      isCut,
      demand: m.fits(
        "AccountFields.pack(agent.balance(), demand, price, agent.epoch(), agent.answered())",
        demand,
        88,
      ),
    };
  }

  const inOutcome = arithmetic("ClearingContract._outcomeOf");
  /** What an account gets, and pays, when its epoch is booked. */
  function outcomeOf(
    account: Standing<N, B>,
    end: End<N>,
    divisor: N,
    isRefunding: boolean,
  ): { allocation: N; payment: N; charge: N } {
    const m = inOutcome;
    const share = m.div(
      "(agent.demand() * end.scale()) / UNIT",
      m.mul("agent.demand() * end.scale()", account.demand, end.scale),
      m.num(UNIT),
    );
    const allocation = m.when(
      account.isFresh,
      () => share,
      () => {
        const locked = unpackPrice(account.lockedPrice);
        return m.when(
          m.less("locked < end.price()", locked, end.price),
          () => {
            const affordable = m.div(
              "(agent.demand() * locked) / end.price()",
              m.mul("agent.demand() * locked", account.demand, locked),
              end.price,
            );
            return m.when(
              m.less("affordable < allocation", affordable, share),
              () => affordable,
              () => share,
            );
          },
          () => share,
        );
      },
    );
    const payment = paymentUp(end.price, allocation, divisor);
    const charge = isRefunding ? chargeUp(end, allocation, divisor) : m.num(0n);
    return { allocation, payment, charge };
  }

  const inLocked = arithmetic("ClearingContract._locked");
  /** The most that a standing demand can still cost, at the posted price. */
  function lockOf(
    account: Standing<N, B>,
    offer: Fees<N> & { price: N },
    divisor: N,
    isRefunding: boolean,
  ): N {
    const m = inLocked;
    const charge = chargeUp(offer, account.demand, divisor);
    const payment = m.when(
      account.isFresh,
      () => paymentUp(offer.price, account.demand, divisor),
      () => paymentUp(unpackPrice(account.lockedPrice), account.demand, divisor),
    );
    return isRefunding ? m.add("charge + payment", charge, payment) : payment;
  }

  return {
    distance,
    observe,
    stepDown,
    nextPrice,
    stopReason,
    divUp,
    chargeUp,
    paymentUp,
    packPriceDown,
    unpackPrice,
    packDigits,
    unpackDigits,
    scaleDown,
    moved,
    trimmed,
    outcomeOf,
    lockOf,
  };
}
