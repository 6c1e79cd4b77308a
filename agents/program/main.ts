#!/usr/bin/env node
// Runs agents of a market as a program of its own: contract-clearing-agents --help

import { writeFile } from "node:fs/promises";

import { InputError } from "../../markets/input-error.ts";
import { deriveKeys } from "../keys.ts";
import { readConfig } from "./config.ts";
import { help, parseFlags, sliceOf, type Flags } from "./flags.ts";
import { encryptMnemonic, readMnemonic, readPassword } from "./keys.ts";
import { createLog } from "./log.ts";
import { runProgram, secretsOf, stopOnSignal } from "./process.ts";
import { run } from "./run.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

await runProgram(help, (argv) => main(parseFlags(argv)));

async function main(flags: Flags): Promise<void> {
  if (flags.encrypt !== undefined) return encrypt(flags.encrypt, flags.passwordFile);
  const config = readConfig(flags.config!, process.cwd());
  const slice = sliceOf(flags, config.agents.length);
  const { phrase, password = "" } = await readMnemonic(config.keys, process.env);
  const keys = deriveKeys(phrase, null, { operator: config.keeperAccount, ...slice });
  if (flags.addresses) {
    say("role,id,address,deposit");
    if (config.keeper) say(`keeper,,${keys.operator.address},`);
    for (const [index, { address }] of keys.agents.entries()) {
      const { id } = config.agents[slice.from + index]!;
      const deposit = config.exceptions.get(id)?.deposit ?? config.deposit;
      say(`agent,"${id.replaceAll('"', '""')}",${address},${deposit}`);
    }
    return;
  }
  const secrets = [phrase, password, ...secretsOf(config.rpc)];
  const log = createLog(config.log, (line) => process.stdout.write(line), secrets);
  await run({ config, keys, slice, once: flags.once, log, stopping: stopOnSignal(log) });
}

async function encrypt(file: string, passwordFile: string | undefined): Promise<void> {
  const password = readPassword(passwordFile, process.env);
  const { phrase } = await readMnemonic({}, process.env);
  try {
    await writeFile(file, await encryptMnemonic(phrase, password), { flag: "wx", mode: 0o600 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `--encrypt: given ${file}, allowed a file that is not there yet (${reason})`,
    );
  }
  say(`wrote ${file}`);
}
