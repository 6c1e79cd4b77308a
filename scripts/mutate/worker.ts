// Judges mutants in a process of its own: a mutant that never ends is ended with the process.

import { compileProgram, isSameCode, ownProgram, switchedProgram, withAlive } from "./program.ts";
import type { Program, Project } from "./program.ts";
import type { Settings } from "./compiler.ts";
import type { Mutant } from "./mutants.ts";
import { patternOf, runStage, suitesOf, type Stage, type TestName } from "./suites.ts";

/** What the tests said of a mutant. */
export type Verdict =
  | { status: "killed"; by: TestName[] }
  | { status: "survived" | "timeout" | "invalid" | "identical" };

export type Job =
  /** Run the tests on the program as it is; tell their names, and which are too costly for `stages`. */
  | { kind: "baseline"; stages: Stage[] }
  /**
   * Run the tests on each mutant, to the first that fails unless `all` are to run. Those of `control` must pass in the
   * same program while no mutant is alive.
   */
  | { kind: "judge"; mutants: Mutant[]; stages: Stage[]; control: Stage; all: boolean }
  /** Compare the code of each mutant with the original's. */
  | { kind: "compare"; mutants: Mutant[]; settings: Settings };

export type ToWorker = { project: Project; job: Job };

export type FromWorker =
  | { kind: "started"; id: number }
  | { kind: "judged"; id: number; verdict: Verdict }
  | { kind: "done"; tests: TestName[]; costly: TestName[] }
  | { kind: "fault"; message: string };

// Whoever asked is gone.
process.on("disconnect", () => process.exit());

const tell = (message: FromWorker): void => void process.send!(message);

process.on("message", ({ project, job }: ToWorker) => {
  perform(project, job).then(
    (found) => tell({ kind: "done", ...found }),
    (error: unknown) => {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      tell({ kind: "fault", message });
    },
  );
});

type Found = { tests: TestName[]; costly: TestName[] };

async function perform(project: Project, job: Job): Promise<Found> {
  switch (job.kind) {
    case "baseline":
      return await runBaseline(compileProgram(project), job.stages);
    case "judge":
      await judgeAll(project, job);
      break;
    case "compare":
      for (const mutant of job.mutants) {
        tell({ kind: "started", id: mutant.id });
        const isSame = isSameCode(project, mutant, job.settings);
        const verdict: Verdict = { status: isSame ? "identical" : "survived" };
        tell({ kind: "judged", id: mutant.id, verdict });
      }
  }
  return { tests: [], costly: [] };
}

/**
 * Which tests there are. Costly are those of the first stage that take too much time or gas to run on each mutant.
 *
 * @throws Error if a test fails for another reason than gas
 */
async function runBaseline(program: Program, stages: readonly Stage[]): Promise<Found> {
  const artifacts = withAlive(program, 0);
  const [tests, short, slow]: [TestName[], TestName[], TestName[]] = [[], [], []];
  for (const stage of stages) {
    const outcome = await runStage(artifacts, stage, suitesOf(program));
    tests.push(...outcome.passed, ...outcome.failed);
    short.push(...outcome.failed);
    if (stage === stages[0]) slow.push(...outcome.slow);
  }
  if (short.length > 0) {
    const patient = {
      ...stages[0]!,
      tests: patternOf(short),
      except: undefined,
      gasLimit: undefined,
    };
    const { failed } = await runStage(artifacts, patient, suitesOf(program));
    if (failed.length > 0) throw new Error(`tests fail without any mutant: ${failed.join(", ")}`);
  }
  return { tests, costly: [...new Set([...short, ...slow])] };
}

async function judgeAll(
  project: Project,
  { mutants, stages, control, all }: Extract<Job, { kind: "judge" }>,
): Promise<void> {
  const { program, others } = switchedProgram(project, mutants);
  const { failed } = await runStage(withAlive(program, 0), control, suitesOf(program));
  if (failed.length > 0) throw new Error(`switches alone break ${failed.join(", ")}`);
  const judge = async (mutant: Mutant, its: Program): Promise<void> => {
    tell({ kind: "started", id: mutant.id });
    const by = await killersOf(mutant, its, stages, all);
    const verdict: Verdict = by.length > 0 ? { status: "killed", by } : { status: "survived" };
    tell({ kind: "judged", id: mutant.id, verdict });
  };
  for (const mutant of mutants) if (!others.includes(mutant)) await judge(mutant, program);
  for (const mutant of others) {
    const its = ownProgram(project, mutant);
    if (its !== undefined) await judge(mutant, its);
    else tell({ kind: "judged", id: mutant.id, verdict: { status: "invalid" } });
  }
}

/** How many mutants of a function a suite has killed: those that did go first with the next. */
const kills = new Map<string, number>();

async function killersOf(
  mutant: Mutant,
  program: Program,
  stages: readonly Stage[],
  all: boolean,
): Promise<TestName[]> {
  const artifacts = withAlive(program, mutant.id);
  const killsOf = (suite: string): number => kills.get(`${mutant.scope} ${suite}`) ?? 0;
  const suites = suitesOf(artifacts).sort((a, b) => killsOf(b) - killsOf(a));
  const killers: TestName[] = [];
  for (const stage of stages) {
    for (const batch of all ? [suites] : suites.map((suite) => [suite])) {
      const { failed } = await runStage(artifacts, stage, batch);
      killers.push(...failed);
      if (all || failed.length === 0) continue;
      kills.set(`${mutant.scope} ${batch[0]!}`, killsOf(batch[0]!) + 1);
      return failed;
    }
  }
  return killers;
}
