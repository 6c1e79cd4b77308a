import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

import type { Project } from "./program.ts";
import type { TestName } from "./suites.ts";
import type { FromWorker, Job, ToWorker, Verdict } from "./worker.ts";

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));

export type OnVerdict = (id: number, verdict: Verdict) => void;

type Found = { tests: TestName[]; costly: TestName[] };

/**
 * Do jobs, each in a process of its own, `workers` at a time. A mutant that takes longer than `patience` (ms) is judged
 * by that, and its process ended.
 *
 * @throws Error with what stopped a worker
 */
export async function runJobs(
  project: Project,
  jobs: readonly Job[],
  { workers, patience, onVerdict }: { workers: number; patience: number; onVerdict: OnVerdict },
): Promise<Found[]> {
  const queue = [...jobs];
  const found: Found[] = [];
  const started = new Set<ChildProcess>();
  const work = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      let left: Job | undefined = job;
      while (left !== undefined) {
        const worker = fork(WORKER, { execArgv: ["--max-old-space-size=2048"] });
        started.add(worker);
        const end = await follow(worker, { project, job: left }, patience, onVerdict);
        worker.kill("SIGKILL");
        started.delete(worker);
        left = end.left;
        if (end.found !== undefined) found.push(end.found);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: workers }, work));
  } finally {
    queue.length = 0;
    for (const worker of started) worker.kill("SIGKILL");
  }
  return found;
}

/** What a worker found, or what is left of its job after a mutant that took too long. */
async function follow(
  worker: ChildProcess,
  order: ToWorker,
  patience: number,
  onVerdict: OnVerdict,
): Promise<{ found?: Found; left?: Job }> {
  const judged = new Set<number>();
  let timer: NodeJS.Timeout | undefined;
  const judge = (id: number, verdict: Verdict): void => {
    clearTimeout(timer);
    judged.add(id);
    onVerdict(id, verdict);
  };
  return await new Promise((resolve, reject) => {
    worker.on("message", (message: FromWorker) => {
      switch (message.kind) {
        case "started":
          timer = setTimeout(() => {
            judge(message.id, { status: "timeout" });
            resolve({ left: without(order.job, judged) });
          }, patience);
          break;
        case "judged":
          judge(message.id, message.verdict);
          break;
        case "done":
          resolve({ found: message });
          break;
        case "fault":
          reject(new Error(message.message));
      }
    });
    worker.on("error", reject);
    worker.on("exit", (code, signal) => {
      reject(new Error(`a worker ended early (${signal ?? `exit code ${String(code)}`})`));
    });
    worker.send(order);
  });
}

function without(job: Job, judged: ReadonlySet<number>): Job {
  if (job.kind === "baseline") return job;
  return { ...job, mutants: job.mutants.filter(({ id }) => !judged.has(id)) };
}
