#!/usr/bin/env node
// Runs agents of a market as a program of its own: contract-clearing-agents --help

import { writeFile } from "node:fs/promises";

import { asksForHelp } from "../../markets/given-flags.ts";
import { InputError } from "../../markets/input-error.ts";
import { ChainError } from "../errors.ts";
import { deriveKeys } from "../keys.ts";
import { readConfig } from "./config.ts";
import { help, parseFlags, sliceOf, type Flags } from "./flags.ts";
import { encryptMnemonic, readMnemonic, readPassword } from "./keys.ts";
import { createLog } from "./log.ts";
import { run } from "./run.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  if (asksForHelp(process.argv.slice(2))) say(help);
  else await main(parseFlags(process.argv.slice(2)));
  process.exit(0);
} catch (error) {
  const isKnown = error instanceof InputError || error instanceof ChainError;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(isKnown ? `error: ${error.message}\n` : `${text}\n`);
  process.exit(1);
}

async function main(flags: Flags): Promise<void> {
  if (flags.encrypt !== undefined) return encrypt(flags.encrypt, flags.passwordFile);
  const config = readConfig(flags.config!, process.cwd());
  const slice = sliceOf(flags, config.agents.length);
  const { phrase, password = "" } = await readMnemonic(config.keys, process.env);
  const keys = deriveKeys(phrase, null, { operator: config.keeperAccount, ...slice });
  if (flags.addresses) {
    say("role,id,address");
    if (config.keeper) say(`keeper,,${keys.operator.address}`);
    for (const [index, { address }] of keys.agents.entries()) {
      say(`agent,"${config.agents[slice.from + index]!.id.replaceAll('"', '""')}",${address}`);
    }
    return;
  }
  // A provider's customers have their keys in the path, the query or before the host.
  const urls = config.rpc.map((url) => new URL(url));
  const private_ = urls.flatMap(({ pathname, search, username, password }) => [
    pathname.length > 1 ? pathname : "",
    search,
    username,
    password,
  ]);
  const secrets = [phrase, password, ...private_];
  const log = createLog(config.log, (line) => process.stdout.write(line), secrets);
  const stopping = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.on(name, () => {
      // Who asks twice does not want to wait.
      if (stopping.signal.aborted) process.exit(1);
      log.info("stopping", { signal: name });
      stopping.abort();
    });
  }
  await run({ config, keys, slice, once: flags.once, log, stopping: stopping.signal });
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
