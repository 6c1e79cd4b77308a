import type { Falsehood } from "./falsehoods.ts";
import type { Solver } from "./solver.ts";
import { write, type Theorem } from "./theorems.ts";

/** What came out for one theorem, or for one falsehood that has to be refuted. */
export type Finding = {
  name: string;
  status: "proved" | "undecided" | "FALSE" | "VACUOUS" | "refuted" | "NOT REFUTED";
  milliseconds: number;
  /** How many goals there were, and those that are not proved. */
  goals: number;
  open: string[];
  counterexample?: Record<string, string>;
};

// Products are left uninterpreted first: what is proven of any function with the facts that the
// lemmas give is proven of multiplication, and is linear. Only what fails so is asked with products.
const ANY_PRODUCT = "(declare-fun mul (Int Int) Int)\n";
const PRODUCT = "(define-fun mul ((x Int) (y Int)) Int (* x y))\n";

const CONSISTENT_MS = 2_000;
const TOGETHER_MS = 60_000;
const EACH_MS = 10_000;
const REFUTE_MS = 60_000;

const refuting = (goal: string): string => `\n(assert (not ${goal}))`;

export async function prove(solver: Solver, theorem: Theorem): Promise<Finding> {
  const start = performance.now();
  const { script, goals } = write(theorem);
  const text = script.text();
  const finding = (status: Finding["status"], open: string[] = []): Finding => ({
    name: theorem.name,
    status,
    milliseconds: Math.round(performance.now() - start),
    goals: goals.length,
    open,
  });

  // Facts and ranges that contradict each other would prove anything.
  const consistent = await solver.check(ANY_PRODUCT + text, CONSISTENT_MS);
  if (consistent.verdict === "unsat" || goals.length === 0) return finding("VACUOUS");

  const together = `(and ${goals.map((goal) => goal.text).join(" ")} true)`;
  const first = await solver.check(ANY_PRODUCT + text + refuting(together), TOGETHER_MS);
  if (first.verdict === "unsat") return finding("proved");

  const open: string[] = [];
  for (const goal of goals) {
    const query = text + refuting(goal.text);
    if ((await solver.check(ANY_PRODUCT + query, EACH_MS)).verdict === "unsat") continue;
    const { verdict, values } = await solver.check(PRODUCT + query, EACH_MS, script.inputs);
    if (verdict === "sat") return { ...finding("FALSE", [goal.label]), counterexample: values };
    if (verdict === "unknown") open.push(goal.label);
  }
  return finding(open.length === 0 ? "proved" : "undecided", open);
}

export async function refute(solver: Solver, falsehood: Falsehood): Promise<Finding> {
  const start = performance.now();
  const { script, goals } = falsehood.write();
  const text = PRODUCT + script.text();
  const finding = (status: Finding["status"]): Finding => ({
    name: falsehood.name,
    status,
    milliseconds: Math.round(performance.now() - start),
    goals: goals.length,
    open: [],
  });
  const together = `(and ${goals.map((goal) => goal.text).join(" ")} true)`;
  const { verdict, values } = await solver.check(
    text + refuting(together),
    REFUTE_MS,
    script.inputs,
  );
  return verdict === "sat"
    ? { ...finding("refuted"), counterexample: values }
    : finding("NOT REFUTED");
}
