import { ChainError } from "../../agents/errors.ts";
import { InputError } from "../../markets/input-error.ts";

/**
 * Run a command. What its user can put right becomes one line on stderr; anything else is a fault of ours and keeps its
 * stack. Either way the exit code is 1.
 */
export async function runMain(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const isUsers = error instanceof InputError || error instanceof ChainError;
    console.error(isUsers ? `error: ${error.message}` : error);
    process.exitCode = 1;
  }
}
