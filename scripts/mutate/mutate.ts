import { InputError } from "../../markets/input-error.ts";
import { runMain } from "../run/main.ts";
import { readSources, type Sources } from "./compiler.ts";
import { HELP, parseFlags, type Flags } from "./flags.ts";
import { chooseMutants } from "./choose.ts";
import { findMutants, type Mutant } from "./mutants.ts";
import { runJobs } from "./pool.ts";
import { startProgress } from "./progress.ts";
import type { Project } from "./program.ts";
import { reasonFor, type Judged } from "./report.ts";
import { conclude } from "./show.ts";
import { chosenStage, deploymentSettings, fullStages, quickStages } from "./stages.ts";
import type { Stage } from "./suites.ts";
import { openVerdicts } from "./verdicts.ts";
import type { Job, Verdict } from "./worker.ts";

const OUT = "out/mutation";
const WORKERS = 2;
// As many as keep a program small: every test deploys all that are in it.
const MUTANTS_IN_A_PROGRAM = 100;

await runMain(async () => {
  const flags = parseFlags(process.argv.slice(2));
  if (flags.help) console.log(HELP);
  else await mutate(flags);
});

async function mutate(flags: Flags): Promise<void> {
  const began = performance.now();
  const project = { contracts: readSources("contracts"), tests: readSources("test/contracts") };
  const all = findMutants(withCode(project.contracts));
  const chosen = chooseMutants(all, flags);

  const { tests, costly, stages, patience } = await runBaseline(project, flags);
  console.log(`${chosen.length} of ${all.length} mutants, ${tests.length} tests`);
  const question = { project, chosen, stages, everyTest: flags.everyTest };
  const verdicts = openVerdicts(`${OUT}/contracts.progress.jsonl`, question, flags.fresh);

  const run = async (
    mutants: readonly Mutant[],
    size: number,
    jobOf: (mutants: Mutant[]) => Job,
    slowness = 1,
  ): Promise<void> => {
    const progress = startProgress(mutants.length);
    const onVerdict = (id: number, verdict: Verdict): void => {
      verdicts.add(id, verdict);
      progress(verdict);
    };
    const jobs = chunks(mutants, size).map(jobOf);
    await runJobs(project, jobs, { workers: WORKERS, patience: patience * slowness, onVerdict });
  };
  const judge = { kind: "judge" as const, stages, control: stages[0]!, all: flags.everyTest };
  const left = chosen.filter(({ id }) => !verdicts.known.has(id));
  await run(left, MUTANTS_IN_A_PROGRAM, (mutants) => ({ ...judge, mutants }));

  const unexplained = (): Mutant[] =>
    chosen.filter(
      (mutant) =>
        verdicts.known.get(mutant.id)?.status === "survived" && reasonFor(mutant) === undefined,
    );
  const half = (mutants: readonly Mutant[]): number => Math.ceil(mutants.length / WORKERS);
  if (flags.tests === undefined) {
    const odd = unexplained();
    console.log(`${odd.length} survive and are not listed: is their code the original's?`);
    const settings = deploymentSettings();
    await run(odd, half(odd), (mutants) => ({ kind: "compare", mutants, settings }));

    const others = unexplained();
    console.log(`${others.length} of them are others: do tests kill them that look longer?`);
    const full = fullStages(costly);
    await run(others, half(others), (mutants) => ({ ...judge, stages: full, mutants }), 20);
  }

  const judged = chosen.map((mutant): Judged => {
    const verdict = verdicts.known.get(mutant.id)!;
    const why = verdict.status === "survived" ? reasonFor(mutant) : undefined;
    return { ...mutant, verdict, ...(why === undefined ? {} : { why }) };
  });
  const isEnough = conclude(judged, all, tests, flags, OUT);
  verdicts.forget();
  console.log(`${Math.round((performance.now() - began) / 1000)} s`);
  process.exitCode = isEnough ? 0 : 1;
}

/** Interfaces have nothing to mutate. */
function withCode(contracts: Sources): Sources {
  return Object.fromEntries(
    Object.entries(contracts).filter(([file]) => !file.startsWith("contracts/interfaces/")),
  );
}

/** The tests without any mutant: which there are, which are too costly to run each time, how long they take. */
async function runBaseline(
  project: Project,
  { tests: pattern }: Flags,
): Promise<{ tests: string[]; costly: string[]; stages: Stage[]; patience: number }> {
  const stagesFor = (costly: readonly string[]): Stage[] =>
    pattern === undefined ? quickStages(costly) : [chosenStage(pattern)];
  const began = performance.now();
  const [found] = await runJobs(project, [{ kind: "baseline", stages: stagesFor([]) }], {
    workers: 1,
    patience: Infinity,
    onVerdict: () => undefined,
  });
  const { tests, costly } = found!;
  if (tests.length === 0) {
    throw new InputError(`--tests: given ${pattern ?? ""}, allowed what matches a test's name`);
  }
  if (costly.length > 0 && pattern === undefined)
    console.log(`left for last, they are long: ${costly.join(", ")}`);
  // A mutant may be slow: this is for those that never end.
  const patience = 10 * (performance.now() - began);
  return { tests, costly, stages: stagesFor(costly), patience };
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  const count = size === 0 ? 0 : Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, i) => all.slice(i * size, (i + 1) * size));
}
