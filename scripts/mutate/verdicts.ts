import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

import type { Verdict } from "./worker.ts";

/** The verdicts so far, kept on the disk from one run to the next as long as `question` stays the same. */
export type Verdicts = {
  known: ReadonlyMap<number, Verdict>;
  add: (id: number, verdict: Verdict) => void;
  /** The run is over: the next one starts from nothing. */
  forget: () => void;
};

/** @param question everything the verdicts depend on */
export function openVerdicts(file: string, question: unknown, fresh: boolean): Verdicts {
  const digest = createHash("sha256").update(JSON.stringify(question)).digest("hex");
  const known = new Map<number, Verdict>();
  const lines = !fresh && existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  if (lines[0] === digest) {
    // The last line is empty, or cut where the run was interrupted.
    for (const line of lines.slice(1, -1)) {
      const { id, verdict } = JSON.parse(line) as { id: number; verdict: Verdict };
      known.set(id, verdict);
    }
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${digest}\n`);
  }
  return {
    known,
    add: (id, verdict) => {
      known.set(id, verdict);
      appendFileSync(file, `${JSON.stringify({ id, verdict })}\n`);
    },
    forget: () => {
      rmSync(file, { force: true });
    },
  };
}
