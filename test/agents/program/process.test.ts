import { expect } from "chai";

import { Stopped } from "../../../agents/chain/pause.ts";
import { ChainError } from "../../../agents/errors.ts";
import type { Log } from "../../../agents/program/log.ts";
import { runProgram, secretsOf, stopOnSignal } from "../../../agents/program/process.ts";
import { InputError } from "../../../markets/input-error.ts";

/** What a program has written, and the code it has ended with: nothing counts that comes after that. */
type End = { out: string; err: string; code?: number };

/** Do something in place of a process, which may end. */
async function endOf(work: () => unknown): Promise<End> {
  const end: End = { out: "", err: "" };
  const { argv, stdout, stderr } = process;
  const exit = process.exit.bind(process);
  const [toOut, toErr] = [stdout, stderr].map((stream) => stream.write.bind(stream));
  const listeners = stdout.listeners("error");
  const write =
    (to: "out" | "err") =>
    (text: string): boolean => {
      if (end.code === undefined) end[to] += text;
      return true;
    };
  stdout.write = write("out");
  stderr.write = write("err");
  process.exit = (code) => {
    end.code ??= Number(code);
    throw new Error("the process has ended");
  };
  try {
    await work();
  } catch {
    // The end is what counts.
  } finally {
    Object.assign(process, { argv, exit });
    stdout.write = toOut!;
    stderr.write = toErr!;
    for (const listener of stdout.listeners("error")) {
      if (!listeners.includes(listener)) stdout.off("error", listener as () => void);
    }
  }
  return end;
}

describe("The process of a program", () => {
  const run = (given: string[], program: (argv: string[]) => Promise<void>): Promise<End> =>
    endOf(() => {
      process.argv = ["node", "program", ...given];
      return runProgram("how to use it", program);
    });

  it("runs with its flags, and ends with 0", async () => {
    const seen: string[][] = [];
    const program = (flags: string[]): Promise<void> => Promise.resolve(void seen.push(flags));
    expect(await run(["--a", "b"], program)).to.deep.equal({ out: "", err: "", code: 0 });
    expect(seen).to.deep.equal([["--a", "b"]]);
  });

  it("shows its help and does nothing else", async () => {
    const program = (): Promise<void> => Promise.reject(new Error("it was run"));
    const help = { out: "how to use it\n", err: "", code: 0 };
    expect(await run(["--a", "--help"], program)).to.deep.equal(help);
  });

  it("ends with what went wrong: a line where its operator can put it right, else the stack", async () => {
    const fault = new TypeError("ours");
    const bare = Object.assign(new Error("bare"), { stack: undefined });
    const cases: [Error, err: string, code: number][] = [
      [new InputError("deposit: given 1"), "error: deposit: given 1\n", 1],
      [new ChainError("rpc: gone"), "error: rpc: gone\n", 1],
      [fault, `${fault.stack}\n`, 1],
      [bare, "bare\n", 1],
      ["a text" as unknown as Error, "a text\n", 1],
      // Told to before it had begun.
      [new Stopped("told to stop"), "", 0],
    ];
    for (const [error, err, code] of cases) {
      const program = (): Promise<void> => Promise.reject(error);
      expect(await run([], program)).to.deep.equal({ out: "", err, code });
    }
  });

  it("goes on where nobody reads what it writes", async () => {
    const end = await run([], () => {
      // Without a listener this would be thrown.
      process.stdout.emit("error", new Error("EPIPE"));
      return Promise.resolve();
    });
    expect(end).to.deep.equal({ out: "", err: "", code: 0 });
  });

  it("stops at a signal, and ends at once at the next", async () => {
    const signals = ["SIGTERM", "SIGINT"] as const;
    const listenersOf = (): Map<string, (() => void)[]> =>
      new Map(signals.map((name) => [name, process.listeners(name) as (() => void)[]]));
    for (const [first, second] of [
      ["SIGTERM", "SIGINT"],
      ["SIGINT", "SIGINT"],
    ] as const) {
      const told: unknown[] = [];
      const info: Log["info"] = (...about) => void told.push(about);
      const before = listenersOf();
      const signal = stopOnSignal({ info } as Log);
      const own = new Map<string, () => void>();
      // The process of the tests listens, too: it is told nothing, and rid of ours.
      for (const [name, all] of listenersOf()) {
        for (const listener of all.filter((one) => !before.get(name)!.includes(one))) {
          own.set(name, listener);
          process.off(name, listener);
        }
      }
      expect([signal.aborted, told, own.size]).to.deep.equal([false, [], 2]);
      expect(await endOf(own.get(first)!)).to.deep.equal({ out: "", err: "" });
      expect(signal.aborted).to.equal(true);
      expect(await endOf(own.get(second)!)).to.deep.equal({ out: "", err: "", code: 1 });
      expect(told).to.deep.equal([["stopping", { signal: first }]]);
    }
  });
});

describe("What no log may show of nodes' URLs", () => {
  it("is the path, the query and the credentials", () => {
    const secrets = secretsOf(["https://ann:pass@node.example/v3/key?token=1", "ws://host:1/"]);
    expect(secrets).to.have.members(["/v3/key", "?token=1", "ann", "pass", "", "", "", ""]);
    // A path of one sign is none, and hiding it would hide every slash.
    expect(secretsOf(["http://host/a"])).to.include("/a");
    expect(secretsOf([])).to.deep.equal([]);
  });
});
