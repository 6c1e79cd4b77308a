// Proves every theorem and refutes every falsehood, one line each. Exit code 1 if a theorem is
// false or vacuous, or a falsehood stands.
//
//   --only <text>   those whose name contains the text
//   --fast          without the theorems that take longest
//   --json          one JSON object a line instead

import { parseArgs } from "node:util";

import { FALSEHOODS } from "./falsehoods.ts";
import { prove, refute, type Finding } from "./prover.ts";
import { startSolver } from "./solver.ts";
import { isSlow, THEOREMS } from "./theorems.ts";

const { values: flags } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    fast: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const isWanted = ({ name }: { name: string }): boolean =>
  name.includes(flags.only) && !(flags.fast && isSlow({ name }));

const start = performance.now();
const solver = await startSolver();
const theorems: Finding[] = [];
const falsehoods: Finding[] = [];

if (!flags.json) console.log(`${solver.version}: theorems`);
for (const theorem of THEOREMS.filter(isWanted)) {
  const finding = await prove(solver, theorem);
  theorems.push(finding);
  show(finding, theorem.statement);
}
if (!flags.json) console.log("\nself-check: each of these is false and has to be refuted");
for (const falsehood of FALSEHOODS.filter(isWanted)) {
  const finding = await refute(solver, falsehood);
  falsehoods.push(finding);
  show(finding, "");
}
await solver.stop();

const count = (findings: Finding[], status: Finding["status"]): number =>
  findings.filter((finding) => finding.status === status).length;
const bad =
  count(theorems, "FALSE") + count(theorems, "VACUOUS") + count(falsehoods, "NOT REFUTED");
if (!flags.json) {
  const goals = theorems.reduce((sum, finding) => sum + finding.goals, 0);
  console.log(
    `\n${count(theorems, "proved")} of ${theorems.length} theorems proved (${goals} goals), ` +
      `${count(theorems, "undecided")} undecided, ${count(theorems, "FALSE")} false; ` +
      `${count(falsehoods, "refuted")} of ${falsehoods.length} falsehoods refuted; ` +
      `${Math.round((performance.now() - start) / 1000)} s`,
  );
}
process.exit(bad === 0 ? 0 : 1);

function show(finding: Finding, statement: string): void {
  if (flags.json) {
    console.log(JSON.stringify(finding));
    return;
  }
  const { status, name, milliseconds, open, counterexample } = finding;
  const why = [
    ...(statement === "" ? [] : [statement]),
    ...open.map((goal) => `open: ${goal}`),
    ...(counterexample === undefined ? [] : [showValues(counterexample)]),
  ];
  console.log(`${status.padEnd(9)} ${name}: ${why.join("; ")} (${milliseconds} ms)`);
}

function showValues(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ");
}
