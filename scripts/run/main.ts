import { ChainError } from "../../agents/errors.ts";
import { asksForHelp } from "../../markets/given-flags.ts";
import { InputError } from "../../markets/input-error.ts";

const LOST = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EPIPE", "ETIMEDOUT", "TIMEOUT"]);

/**
 * Run a command. What its user can put right becomes one line on stderr; anything else is a fault of ours and keeps its
 * stack. Either way the exit code is 1.
 */
export async function runMain(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const sentence = sentenceOf(error);
    console.error(sentence === undefined ? error : `error: ${sentence}`);
    process.exitCode = 1;
  }
}

/** Run a command with the arguments it was given, or print its help where that is asked for. */
export function runCommand(
  help: () => string,
  command: (argv: string[]) => Promise<void>,
): Promise<void> {
  return runMain(async () => {
    const argv = process.argv.slice(2);
    if (asksForHelp(argv)) console.log(help());
    else await command(argv);
  });
}

function sentenceOf(error: unknown): string | undefined {
  if (error instanceof InputError || error instanceof ChainError) return error.message;
  if (!(error instanceof Error) || !("code" in error) || !LOST.has(String(error.code))) return;
  return `the node no longer answers (${error.message}); start it again and repeat the command: bots go on from what the chain says`;
}
