import type { Frontier } from "./frontier.ts";
import type { Outcome } from "./outcome.ts";
import type { Setting } from "./setting.ts";

/** What the page asks of the worker. */
export type Question = { id: number; setting: Setting };

/** What the worker tells: first the outcome, then the frontier, unless a newer question comes before it is done. */
export type Answer = { id: number } & ({ outcome: Outcome } | { frontier: Frontier });

/** Told the setting with what comes of it: by then the page may stand at another. */
export type Listener = {
  outcome: (outcome: Outcome, setting: Setting) => void;
  frontier: (frontier: Frontier, setting: Setting) => void;
  /** The worker is not to be had, or has failed. */
  failed: (reason: string) => void;
};

/** Solves settings off the thread that draws, always the newest; what was asked in between is left out. */
export type Solver = { ask: (setting: Setting) => void; close: () => void };

/** @param worker one that runs `worker.ts` */
export function createSolver(worker: Worker, listener: Listener): Solver {
  let asked: Question | null = null;
  let isBusy = false;
  let waiting: Setting | null = null;
  const ask = (setting: Setting): void => {
    waiting = isBusy ? setting : null;
    if (isBusy) return;
    isBusy = true;
    asked = { id: (asked?.id ?? 0) + 1, setting };
    worker.postMessage(asked);
  };
  worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
    if (data.id !== asked?.id) return;
    if ("frontier" in data) {
      listener.frontier(data.frontier, asked.setting);
      return;
    }
    isBusy = false;
    listener.outcome(data.outcome, asked.setting);
    if (waiting !== null) ask(waiting);
  });
  worker.addEventListener("error", ({ message }) => listener.failed(message));
  return { ask, close: () => worker.terminate() };
}
