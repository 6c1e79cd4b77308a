import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A Python program that answers each line it is given with one: JSON both ways. */
export type Peer = {
  ask: (question: object) => Promise<Record<string, number>>;
  close: () => Promise<void>;
};

/** Versions of what the peers need, or why they are missing. */
export type Python = { python: string; numpy: string; scipy: string } | { missing: string };

/** Start a peer of `peers/`. What it writes to stderr is shown. */
export function openPeer(script: string): Peer {
  const child = spawn("python3", [fileURLToPath(new URL(`peers/${script}`, import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (question) => {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${script} ended with code ${child.exitCode}`);
      return JSON.parse(value) as Record<string, number>;
    },
    close: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  if (child.exitCode === null) await once(child, "exit");
}

/** What Python there is. */
export async function findPython(): Promise<Python> {
  const ask = [
    "import json, sys, numpy, scipy",
    'print(json.dumps({"python": sys.version.split()[0], "numpy": numpy.__version__, "scipy": scipy.__version__}))',
  ].join("\n");
  const child = spawn("python3", ["-c", ask], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (out += data.toString()));
  child.stderr.on("data", (data: Buffer) => (err += data.toString()));
  const failure = await new Promise<string | null>((resolve) => {
    child.once("error", () => resolve("python3 is missing"));
    child.once("close", (code) =>
      resolve(code === 0 ? null : (err.trim().split("\n").at(-1) ?? null)),
    );
  });
  return failure === null
    ? (JSON.parse(out) as { python: string; numpy: string; scipy: string })
    : { missing: failure };
}
