import { setTimeout as later } from "node:timers/promises";

/** The process is told to stop. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/**
 * @param milliseconds how long
 * @throws Stopped as soon as the signal says so
 */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await later(milliseconds, undefined, { signal });
  } catch {
    throw new Stopped("told to stop");
  }
}

/** What the work gives. @throws Stopped as soon as the signal says so, whatever the work does */
export async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  work.catch(() => undefined); // it may still fail when nobody waits for it any more
  if (signal.aborted) throw new Stopped("told to stop");
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new Stopped("told to stop"));
    signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener("abort", stop!);
  }
}
