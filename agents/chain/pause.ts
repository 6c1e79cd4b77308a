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
