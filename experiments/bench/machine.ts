import { availableParallelism, cpus, release, totalmem, type } from "node:os";

import { findPython, type Python } from "./peer.ts";

/** What the figures were measured on. */
export type Machine = {
  cores: number;
  processor: string;
  /** Whole GiB. */
  memory: number;
  system: string;
  node: string;
} & Record<"python" | "numpy" | "scipy", string>;

export async function describeMachine(): Promise<{ machine: Machine; python: Python }> {
  const python = await findPython();
  const versions =
    "missing" in python
      ? { python: python.missing, numpy: "missing", scipy: "missing" }
      : { python: python.python, numpy: python.numpy, scipy: python.scipy };
  const machine = {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? "unknown",
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    ...versions,
  };
  return { machine, python };
}
