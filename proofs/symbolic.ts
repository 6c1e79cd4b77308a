import { sqrtDown } from "../mechanism/fixed-point.ts";
import type { Arithmetic, Operations } from "./arithmetic.ts";

// The operations of the model as SMT-LIB over unbounded integers. Beside its value every operation
// leaves what has to hold for the EVM's word to be that integer; proving these is the proof that
// nothing overflows.

/** A number: its SMT-LIB text, and the most it can be as far as ranges alone tell. */
export type Term = { text: string; most: bigint };

/** Something to prove, under everything else that was written. */
export type Goal = { label: string; text: string };

/** Replaces one operation of the model, named as `Library.function: line`, for the self-check. */
export type Mutation = {
  line: string;
  operator: keyof Operations<Term, string> | "dropped" | "always" | "plusOne";
};

export type Script = {
  arithmetic: Arithmetic<Term, string>;
  /** Declares an input in a range, bounds included. */
  input: (name: string, least: bigint, most: bigint) => Term;
  /** Declares an integer of any size. */
  integer: (name: string) => Term;
  assume: (text: string) => void;
  num: (value: bigint) => Term;
  /** A product that a theorem speaks of. */
  times: (a: Term, b: Term) => Term;
  /** That the results of all operations so far are words, differences not negative, divisors not zero. */
  obligations: Goal[];
  /** Bounds of all products and sums so far: the most that an intermediate result can be. */
  intermediates: { label: string; term: Term; path: string }[];
  inputs: string[];
  /** Every line of the model that took part. */
  lines: Set<string>;
  /** Declarations, definitions and facts. */
  text: () => string;
};

const literal = (value: bigint): string => (value < 0n ? `(- ${-value})` : value.toString());
const isLiteral = (text: string): boolean => /^\d+$/.test(text);

/**
 * @param mutation what to falsify, for the self-check
 * @param isLean without the instances of lemmas: they help to prove and hinder finding a counterexample
 */
export function createScript(mutation?: Mutation, isLean = false): Script {
  const written: string[] = [];
  const inputs: string[] = [];
  const obligations: Goal[] = [];
  const intermediates: Script["intermediates"] = [];
  const lines = new Set<string>();
  const known = new Map<string, Term>();
  const products: { product: string; a: string; b: string }[] = [];
  const quotients: { quotient: string; over: string; by: string }[] = [];
  const path: string[] = [];
  let count = 0;

  const num = (value: bigint): Term => ({ text: literal(value), most: value });

  /** The same expression is the same term. */
  function named(sort: "Int" | "Bool", text: string): string {
    const found = known.get(`${sort} ${text}`);
    if (found !== undefined) return found.text;
    const name = `${sort === "Int" ? "t" : "b"}${++count}`;
    written.push(`(define-fun ${name} () ${sort} ${text})`);
    known.set(`${sort} ${text}`, { text: name, most: 0n });
    return name;
  }
  const term = (text: string, most: bigint): Term => ({ text: named("Int", text), most });
  const truth = (text: string): string => named("Bool", text);

  const pathText = (): string => (path.length === 0 ? "true" : `(and ${path.join(" ")} true)`);
  function under<T>(condition: string, body: () => T): T {
    path.push(condition);
    const result = body();
    path.pop();
    return result;
  }

  function product(a: Term, b: Term): Term {
    if (isLiteral(a.text) || isLiteral(b.text))
      return term(`(* ${a.text} ${b.text})`, a.most * b.most);
    const [first, second] = a.text < b.text ? [a, b] : [b, a];
    const text = `(mul ${first.text} ${second.text})`;
    const found = known.get(`Int ${text}`);
    const result = term(text, a.most * b.most);
    if (found !== undefined || isLean) return result;
    // Instances of lemmas "product-zero", "product-bounds" and "product-monotone".
    written.push(`(assert (=> (or (= ${a.text} 0) (= ${b.text} 0)) (= ${result.text} 0)))`);
    written.push(
      `(assert (=> (and (<= 0 ${a.text} ${literal(a.most)}) (<= 0 ${b.text} ${literal(b.most)})) (<= 0 ${result.text} ${literal(a.most * b.most)})))`,
    );
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      written.push(
        `(assert (=> (and (<= 0 ${x.text}) (<= 0 ${y.text} ${literal(y.most)})) (<= ${result.text} (* ${x.text} ${literal(y.most)}))))`,
      );
    }
    for (const other of products) {
      for (const [x, y] of [
        [other.a, other.b],
        [other.b, other.a],
      ] as const) {
        written.push(
          `(assert (=> (and (<= 0 ${x} ${first.text}) (<= 0 ${y} ${second.text})) (<= ${other.product} ${result.text})))`,
          `(assert (=> (and (<= 0 ${first.text} ${x}) (<= 0 ${second.text} ${y})) (<= ${result.text} ${other.product})))`,
        );
        if (other.a === other.b) break;
      }
    }
    products.push({ product: result.text, a: first.text, b: second.text });
    return result;
  }

  function quotient(a: Term, b: Term): Term {
    if (isLiteral(b.text) && b.most > 0n) return term(`(div ${a.text} ${b.text})`, a.most / b.most);
    const key = `quotient ${a.text} ${b.text}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const name = `q${++count}`;
    const result = { text: name, most: a.most };
    known.set(key, result);
    written.push(`(declare-const ${name} Int)`);
    const back = product(result, b).text;
    written.push(
      `(assert (=> (> ${b.text} 0) (and (<= ${back} ${a.text}) (< ${a.text} (+ ${back} ${b.text})))))`,
      // Instance of lemma "quotient-bounds".
      `(assert (=> (and (> ${b.text} 0) (>= ${a.text} 0)) (<= 0 ${name} ${a.text})))`,
    );
    for (const other of isLean ? [] : quotients) {
      // Instances of lemma "quotient-monotone".
      for (const [x, y] of [
        [other, { quotient: name, over: a.text, by: b.text }],
        [{ quotient: name, over: a.text, by: b.text }, other],
      ] as const) {
        written.push(
          `(assert (=> (and (<= 0 ${x.over} ${y.over}) (< 0 ${y.by}) (<= ${y.by} ${x.by})) (<= ${x.quotient} ${y.quotient})))`,
        );
      }
    }
    quotients.push({ quotient: name, over: a.text, by: b.text });
    return result;
  }

  function operationsOf(scope: string): Operations<Term, string> {
    const owe = (line: string, what: string, text: string): void => {
      obligations.push({ label: `${scope}: ${line} ${what}`, text: `(=> ${pathText()} ${text})` });
    };
    const word = (line: string, result: Term): Term => {
      owe(line, "is a word", `(< ${result.text} ${2n ** 256n})`);
      intermediates.push({ label: `${scope}: ${line}`, term: result, path: pathText() });
      return result;
    };
    const chain = (exponent: Term, most: number, at: (exponent: number) => string): string => {
      let text = at(most);
      for (let e = most - 1; e >= 0; e--) text = `(ite (= ${exponent.text} ${e}) ${at(e)} ${text})`;
      return text;
    };
    const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);

    const operations: Operations<Term, string> = {
      num,
      add: (line, a, b) => word(line, term(`(+ ${a.text} ${b.text})`, a.most + b.most)),
      sub: (line, a, b) => {
        owe(line, "is not negative", `(<= ${b.text} ${a.text})`);
        return term(`(- ${a.text} ${b.text})`, a.most);
      },
      mul: (line, a, b) => word(line, product(a, b)),
      div: (line, a, b) => {
        owe(line, "divides by more than 0", `(< 0 ${b.text})`);
        return quotient(a, b);
      },
      sqrt: (line, value) => {
        const key = `sqrt ${value.text}`;
        const found = known.get(key);
        if (found !== undefined) return found;
        const name = `s${++count}`;
        const result = { text: name, most: sqrtDown(value.most) + 1n };
        known.set(key, result);
        owe(line, "takes the root of a word", `(<= 0 ${value.text})`);
        written.push(`(declare-const ${name} Int)`);
        const above = term(`(+ ${name} 1)`, result.most + 1n);
        const [square, next] = [product(result, result).text, product(above, above).text];
        written.push(
          `(assert (=> (<= 0 ${value.text}) (and (<= 0 ${name}) (<= ${square} ${value.text}) (< ${value.text} ${next}))))`,
          // Instance of lemma "root-positive".
          `(assert (=> (and (<= 0 ${name}) (<= 1 ${value.text}) (< ${value.text} ${next})) (<= 1 ${name})))`,
        );
        return result;
      },
      msb: (line, value, bits) => {
        owe(
          line,
          `is of 1 to 2^${bits} − 1`,
          `(and (<= 1 ${value.text}) (< ${value.text} ${2n ** BigInt(bits)}))`,
        );
        let text = `${bits - 1}`;
        for (let bit = bits - 2; bit >= 0; bit--) {
          text = `(ite (< ${value.text} ${2n ** BigInt(bit + 1)}) ${bit} ${text})`;
        }
        return term(text, BigInt(bits - 1));
      },
      timesPower: (line, value, base, exponent, most) => {
        owe(line, `has an exponent of at most ${most}`, `(<= 0 ${exponent.text} ${most})`);
        const text = chain(exponent, most, (e) => `(* ${base ** BigInt(e)} ${value.text})`);
        return word(line, term(text, value.most * base ** BigInt(most)));
      },
      shiftRight: (line, value, exponent, most) => {
        owe(line, `has an exponent of at most ${most}`, `(<= 0 ${exponent.text} ${most})`);
        return term(
          chain(exponent, most, (e) => `(div ${value.text} ${2n ** BigInt(e)})`),
          value.most,
        );
      },
      lowBits: (_line, value, bits) =>
        term(`(mod ${value.text} ${2n ** BigInt(bits)})`, 2n ** BigInt(bits) - 1n),
      join: (line, high, bits, low) => {
        owe(
          line,
          "keeps its fields apart",
          `(and (<= 0 ${low.text}) (< ${low.text} ${2n ** BigInt(bits)}))`,
        );
        return word(
          line,
          term(
            `(+ (* ${2n ** BigInt(bits)} ${high.text}) ${low.text})`,
            high.most * 2n ** BigInt(bits) + low.most,
          ),
        );
      },
      fits: (line, value, bits) => {
        owe(
          line,
          `fits ${bits} bits`,
          `(and (<= 0 ${value.text}) (< ${value.text} ${2n ** BigInt(bits)}))`,
        );
        return value;
      },
      less: (_line, a, b) => truth(`(< ${a.text} ${b.text})`),
      atMost: (_line, a, b) => truth(`(<= ${a.text} ${b.text})`),
      equal: (_line, a, b) => truth(`(= ${a.text} ${b.text})`),
      same: (_line, a, b) => truth(`(= ${a} ${b})`),
      not: (a) => truth(`(not ${a})`),
      and: (a, b) => truth(`(and ${a} ${under(a, b)})`),
      or: (a, b) => truth(`(or ${a} ${under(truth(`(not ${a})`), b)})`),
      when: (condition, yes, no) => {
        const whole = under(condition, yes);
        const other = under(truth(`(not ${condition})`), no);
        if (whole.text === other.text) return whole;
        return term(
          `(ite ${condition} ${whole.text} ${other.text})`,
          greater(whole.most, other.most),
        );
      },
      refuse: (_line, condition) => {
        written.push(`(assert (=> ${pathText()} (not ${condition})))`);
      },
      promise: (line, condition) => owe(line, "holds", condition),
    };
    return noting(scope, operations);
  }

  /** Notes each line, and puts the mutation where it belongs. */
  function noting(scope: string, operations: Operations<Term, string>): Operations<Term, string> {
    const result = { ...operations } as Record<string, unknown>;
    for (const [name, operation] of Object.entries(operations) as [
      string,
      (...args: unknown[]) => unknown,
    ][]) {
      if (["num", "not", "and", "or", "when"].includes(name)) continue;
      result[name] = (line: string, ...rest: unknown[]): unknown => {
        const label = `${scope}: ${line}`;
        lines.add(label);
        if (mutation?.line !== label) return operation(line, ...rest);
        if (mutation.operator === "dropped")
          return typeof rest[0] === "string" || ["less", "atMost", "equal"].includes(name)
            ? "false"
            : rest[0];
        if (mutation.operator === "always") return "true";
        if (mutation.operator === "plusOne")
          return operations.add(line, operation(line, ...rest) as Term, num(1n));
        return (operations[mutation.operator] as (...args: unknown[]) => unknown)(line, ...rest);
      };
    }
    return result as Operations<Term, string>;
  }

  return {
    arithmetic: operationsOf,
    input: (name, least, most) => {
      written.push(
        `(declare-const ${name} Int)`,
        `(assert (<= ${literal(least)} ${name} ${literal(most)}))`,
      );
      inputs.push(name);
      return { text: name, most };
    },
    integer: (name) => {
      written.push(`(declare-const ${name} Int)`);
      inputs.push(name);
      return { text: name, most: 0n };
    },
    assume: (text) => {
      written.push(`(assert ${text})`);
    },
    num,
    times: product,
    obligations,
    intermediates,
    inputs,
    lines,
    text: () => written.join("\n"),
  };
}
