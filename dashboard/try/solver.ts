import type { Frontier } from "./frontier.ts";
import type { Outcome } from "./outcome.ts";
import type { Setting } from "./setting.ts";

/** What the page asks of the worker. */
export type Question = { id: number; setting: Setting };

/** What the worker tells: first the outcome, then the frontier, unless a newer question comes before it is done. */
export type Answer = { id: number } & ({ outcome: Outcome } | { frontier: Frontier });

export type Listener = {
  outcome: (outcome: Outcome) => void;
  frontier: (frontier: Frontier) => void;
  /** The worker is not to be had, or has failed. */
  failed: (reason: string) => void;
};

/** Solves settings off the thread that draws, always the newest; what was asked in between is left out. */
export type Solver = { ask: (setting: Setting) => void; close: () => void };

/** @param worker one that runs `worker.ts` */
export function createSolver(worker: Worker, listener: Listener): Solver {
  let asked = 0;
  let isBusy = false;
  let waiting: Setting | null = null;
  const ask = (setting: Setting): void => {
    if (isBusy) {
      waiting = setting;
      return;
    }
    isBusy = true;
    waiting = null;
    asked += 1;
    worker.postMessage({ id: asked, setting } satisfies Question);
  };
  worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
    if ("outcome" in data) {
      isBusy = false;
      listener.outcome(data.outcome);
      if (waiting !== null) ask(waiting);
    } else if (data.id === asked) listener.frontier(data.frontier);
  });
  worker.addEventListener("error", ({ message }) => listener.failed(message));
  return { ask, close: () => worker.terminate() };
}
