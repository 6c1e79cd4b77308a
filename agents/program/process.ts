import { asksForHelp } from "../../markets/given-flags.ts";
import { InputError } from "../../markets/input-error.ts";
import { Stopped } from "../chain/pause.ts";
import { ChainError } from "../errors.ts";
import type { Log } from "./log.ts";

/**
 * Run a program to its end, and end the process. What its operator can put right becomes one line on stderr; anything else
 * is a fault of ours and keeps its stack. Either way the exit code is 1.
 */
export async function runProgram(
  help: string,
  program: (argv: string[]) => Promise<void>,
): Promise<never> {
  const argv = process.argv.slice(2);
  // A log that cannot be written, to a full disk or to a reader that has gone, stops nobody.
  process.stdout.on("error", () => undefined);
  try {
    if (asksForHelp(argv)) process.stdout.write(`${help}\n`);
    else await program(argv);
    process.exit(0);
  } catch (error) {
    // Told to before it had begun.
    if (error instanceof Stopped) process.exit(0);
    const isKnown = error instanceof InputError || error instanceof ChainError;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(isKnown ? `error: ${error.message}\n` : `${text}\n`);
    process.exit(1);
  }
}

/** What of nodes' URLs no log may show: a provider's customers have their keys in the path, the query or before the host. */
export function secretsOf(urls: readonly string[]): string[] {
  return urls.flatMap((url) => {
    const { pathname, search, username, password } = new URL(url);
    return [pathname.length > 1 ? pathname : "", search, username, password];
  });
}

/** Aborted by SIGTERM or SIGINT; the second ends the process at once. */
export function stopOnSignal(log: Log): AbortSignal {
  const stopping = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.on(name, () => {
      // Who asks twice does not want to wait.
      if (stopping.signal.aborted) process.exit(1);
      log.info("stopping", { signal: name });
      stopping.abort();
    });
  }
  return stopping.signal;
}
