import { Worker } from "node:worker_threads";

import { runJob, type Job } from "./job.ts";
import type { Samples } from "./samples.ts";
import type { Answer } from "./worker.ts";

/** Where jobs run. `run` may be called `size` times at once. */
export type Pool = {
  size: number;
  run: (job: Job) => Promise<Samples>;
  close: () => Promise<void>;
};

/** Worker threads; started when they are first needed. */
export function createPool(size: number): Pool {
  const idle: Worker[] = [];
  const all: Worker[] = [];
  const start = (): Worker => {
    const worker = new Worker(new URL("worker.ts", import.meta.url));
    all.push(worker);
    return worker;
  };
  return {
    size,
    run: async (job) => {
      const worker = idle.pop() ?? start();
      const answer = await ask(worker, job);
      idle.push(worker);
      if ("error" in answer) throw answer.error;
      return answer.samples;
    },
    close: async () => {
      await Promise.all(all.map((worker) => worker.terminate()));
    },
  };
}

/** This thread: for what cannot leave it, as an embedded chain. */
export function inThisThread(): Pool {
  return { size: 1, run: runJob, close: () => Promise.resolve() };
}

function ask(worker: Worker, job: Job): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
    };
    const onMessage = (answer: Answer): void => {
      settle();
      resolve(answer);
    };
    const onError = (error: Error): void => {
      settle();
      reject(error);
    };
    const onExit = (code: number): void => {
      settle();
      reject(new Error(`a worker ended with code ${code} before it answered`));
    };
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    worker.postMessage(job);
  });
}
