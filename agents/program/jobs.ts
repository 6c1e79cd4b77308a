import type { TransactionKind } from "../send.ts";

/**
 * Work that goes on while the loop looks again; at most one piece for each name. However many there are: most of them wait
 * for a block, and the transport asks a node only so much at a time.
 */
export type Jobs = {
  /** Nothing happens if the name is at work. */
  start: (name: string, kind: TransactionKind, work: () => Promise<void>) => void;
  size: () => number;
  /** When all that has begun is at its end. */
  idle: () => Promise<void>;
};

/** @param fail told of work that failed */
export function createJobs(
  fail: (name: string, kind: TransactionKind, error: unknown) => void,
): Jobs {
  const running = new Map<string, Promise<void>>();
  return {
    start: (name, kind, work) => {
      if (running.has(name)) return;
      const job = work()
        .catch((error: unknown) => fail(name, kind, error))
        .finally(() => running.delete(name));
      running.set(name, job);
    },
    size: () => running.size,
    idle: async () => {
      await Promise.all(running.values());
    },
  };
}
