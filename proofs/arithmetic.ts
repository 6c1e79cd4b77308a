import { sqrtDown } from "../mechanism/fixed-point.ts";

// The model is written once, over operations that are given to it. With the ones below it computes
// on BigInt; with those of symbolic.ts it writes SMT-LIB.

/**
 * The operations a Solidity function is written in. `line` is the Solidity expression an operation
 * stands for, verbatim; `N` is a number, `B` a truth value.
 */
export type Operations<N, B> = {
  num: (value: bigint) => N;
  add: (line: string, a: N, b: N) => N;
  sub: (line: string, a: N, b: N) => N;
  mul: (line: string, a: N, b: N) => N;
  div: (line: string, a: N, b: N) => N;
  /** PRB Math's `sqrt`. */
  sqrt: (line: string, value: N) => N;
  /** `LockedPrice.msb`, for a value below 2^bits. */
  msb: (line: string, value: N, bits: number) => N;
  /** value · base^exponent for an exponent of at most `most`. */
  timesPower: (line: string, value: N, base: bigint, exponent: N, most: number) => N;
  /** ⌊value / 2^exponent⌋ for an exponent of at most `most`. */
  shiftRight: (line: string, value: N, exponent: N, most: number) => N;
  /** The low `bits` bits. */
  lowBits: (line: string, value: N, bits: number) => N;
  /** `(high << bits) | low`, which is a sum because `low` has to fit. */
  join: (line: string, high: N, bits: number, low: N) => N;
  /** The value itself, which has to be below 2^bits: it is stored in that many. */
  fits: (line: string, value: N, bits: number) => N;
  less: (line: string, a: N, b: N) => B;
  atMost: (line: string, a: N, b: N) => B;
  equal: (line: string, a: N, b: N) => B;
  same: (line: string, a: B, b: B) => B;
  not: (a: B) => B;
  /** `&&`: the second is looked at only where the first holds. */
  and: (a: B, b: () => B) => B;
  or: (a: B, b: () => B) => B;
  when: (condition: B, yes: () => N, no: () => N) => N;
  /** A revert: what comes after holds only for inputs that are not refused. */
  refuse: (line: string, condition: B) => void;
  /** What the comment in the source promises and nothing checks at run time. */
  promise: (line: string, condition: B) => void;
};

/** The operations for the function of that name, `Library.function`. */
export type Arithmetic<N, B> = (scope: string) => Operations<N, B>;

/** The contract's refusal of an input. */
export class Refused extends Error {}

const WORD = 1n << 256n;

/** BigInt, checked: an operation whose result is no EVM word throws. */
export function concreteArithmetic(scope: string): Operations<bigint, boolean> {
  const word = (line: string, value: bigint): bigint => {
    if (value < 0n || value >= WORD) throw new RangeError(`${scope}: ${line} is no word: ${value}`);
    return value;
  };
  const fits = (line: string, value: bigint, bits: number): bigint => {
    if (value >> BigInt(bits) !== 0n)
      throw new RangeError(`${scope}: ${line} has more than ${bits} bits: ${value}`);
    return value;
  };
  return {
    num: (value) => value,
    add: (line, a, b) => word(line, a + b),
    sub: (line, a, b) => word(line, a - b),
    mul: (line, a, b) => word(line, a * b),
    div: (_line, a, b) => a / b,
    sqrt: (_line, value) => sqrtDown(value),
    msb: (line, value, bits) => BigInt(fits(line, value, bits).toString(2).length - 1),
    timesPower: (line, value, base, exponent) => word(line, value * base ** exponent),
    shiftRight: (_line, value, exponent) => value >> exponent,
    lowBits: (_line, value, bits) => BigInt.asUintN(bits, value),
    join: (line, high, bits, low) => word(line, (high << BigInt(bits)) + fits(line, low, bits)),
    fits,
    less: (_line, a, b) => a < b,
    atMost: (_line, a, b) => a <= b,
    equal: (_line, a, b) => a === b,
    same: (_line, a, b) => a === b,
    not: (a) => !a,
    and: (a, b) => a && b(),
    or: (a, b) => a || b(),
    when: (condition, yes, no) => (condition ? yes() : no()),
    refuse: (line, condition) => {
      if (condition) throw new Refused(`${scope}: ${line}`);
    },
    promise: (line, condition) => {
      if (!condition) throw new RangeError(`${scope}: ${line} is broken`);
    },
  };
}
