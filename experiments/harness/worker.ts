// A worker thread: runs the jobs it is sent, one at a time, and answers each.

import { parentPort } from "node:worker_threads";

import { runJob, type Job } from "./job.ts";
import type { Samples } from "./samples.ts";

/** What a worker answers; an error crosses threads as it is. */
export type Answer = { samples: Samples } | { error: unknown };

const port = parentPort;
port?.on("message", (job: Job) => {
  runJob(job).then(
    (samples) => port.postMessage({ samples } satisfies Answer),
    (error: unknown) => port.postMessage({ error } satisfies Answer),
  );
});
