import { frontierInSteps } from "./frontier.ts";
import { outcomeOf } from "./outcome.ts";
import type { Answer, Question } from "./solver.ts";

// The outcome at once, the frontier in pieces: a newer question ends the work on an older one.
let newest = 0;

/** Milliseconds a newer question waits at most, but for one equilibrium. */
const PIECE = 20;

addEventListener("message", ({ data }: MessageEvent<Question>) => {
  newest = data.id;
  tell({ id: data.id, outcome: outcomeOf(data.setting) });
  void followFrontier(data);
});

async function followFrontier({ id, setting }: Question): Promise<void> {
  const steps = frontierInSteps(setting);
  for (;;) {
    await nextTask();
    if (newest !== id) return;
    for (const end = performance.now() + PIECE; performance.now() < end;) {
      const { done, value } = steps.next();
      if (done !== true) continue;
      tell({ id, frontier: value });
      return;
    }
  }
}

/** Lets messages in; a microtask would not. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function tell(answer: Answer): void {
  postMessage(answer);
}
