import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../agents/program/main.ts", import.meta.url));

/** The agents' program in a process of its own. */
export type FleetProcess = {
  child: ChildProcess;
  /** Everything it has printed, stdout and stderr together. */
  output: () => string;
  /** Its log, a record a line. */
  records: () => Record<string, unknown>[];
  /** Resolves with the exit code; null if a signal ended it. */
  ended: Promise<number | null>;
  /** Resolves when it logs this event, rejects if it ends before. */
  heard: (event: string) => Promise<Record<string, unknown>>;
};

/** @param environment besides PATH */
export function startFleet(
  args: readonly string[],
  environment: Record<string, string>,
): FleetProcess {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = (): void => void child.kill("SIGKILL");
  // Whatever ends the tests ends it.
  process.once("exit", kill);
  let printed = "";
  child.stdout.on("data", (data: Buffer) => (printed += data.toString()));
  child.stderr.on("data", (data: Buffer) => (printed += data.toString()));
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      process.off("exit", kill);
      resolve(code);
    });
  });
  const records = (): Record<string, unknown>[] =>
    printed
      .split("\n")
      .filter((line) => line.startsWith("{") && line.endsWith("}"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    child,
    output: () => printed,
    records,
    ended,
    heard: (event) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const record = records().find((one) => one["event"] === event);
          if (record !== undefined) resolve(record);
        };
        child.stdout.on("data", look);
        look();
        void ended.then(() => reject(new Error(`it ended before "${event}":\n${printed}`)));
      }),
  };
}
