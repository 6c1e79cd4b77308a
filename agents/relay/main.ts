// Collects signed demands and hands them in: npm run relay -- --help

import { isHexString, Wallet } from "ethers";

import { asksForHelp } from "../../markets/given-flags.ts";
import { InputError } from "../../markets/input-error.ts";
import { readText } from "../../markets/read-text.ts";
import { ChainError } from "../errors.ts";
import { readPassword } from "../program/keys.ts";
import { createLog } from "../program/log.ts";
import { help, parseRelayFlags, type RelayFlags } from "./flags.ts";
import { runRelay } from "./run.ts";

try {
  if (asksForHelp(process.argv.slice(2))) process.stdout.write(`${help}\n`);
  else await main(parseRelayFlags(process.argv.slice(2)));
  process.exit(0);
} catch (error) {
  const isKnown = error instanceof InputError || error instanceof ChainError;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(isKnown ? `error: ${error.message}\n` : `${text}\n`);
  process.exit(1);
}

async function main(flags: RelayFlags): Promise<void> {
  const wallet = await readKey(flags);
  // A provider's customers have their keys in the path, the query or before the host.
  const private_ = flags.rpc.flatMap((url) => {
    const { pathname, search, username, password } = new URL(url);
    return [pathname.length > 1 ? pathname : "", search, username, password];
  });
  const secrets = [wallet.privateKey, wallet.privateKey.slice(2), ...private_];
  const log = createLog("info", (line) => process.stdout.write(line), secrets);
  const stopping = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.on(name, () => {
      // Who asks twice does not want to wait.
      if (stopping.signal.aborted) process.exit(1);
      log.info("stopping", { signal: name });
      stopping.abort();
    });
  }
  await runRelay({ flags, wallet, log, stopping: stopping.signal });
}

/** The key that pays. @throws InputError naming what is missing or wrong, and never its content */
async function readKey({ keystore, passwordFile }: RelayFlags): Promise<Wallet> {
  if (keystore === undefined) {
    const key = process.env["RELAY_KEY"] ?? "";
    if (isHexString(key, 32)) return new Wallet(key);
    const given = key === "" ? "not set" : "no private key";
    throw new InputError(
      `RELAY_KEY: ${given}, allowed 0x and 64 hex digits; or name a keystore with --keystore`,
    );
  }
  const password = readPassword(passwordFile, process.env);
  const text = readText(keystore, keystore, "an encrypted JSON keystore");
  try {
    return new Wallet((await Wallet.fromEncryptedJson(text, password)).privateKey);
  } catch (error) {
    const isWrong = error instanceof Error && /password/i.test(error.message);
    throw new InputError(
      isWrong
        ? `--keystore: the password does not open ${keystore}`
        : `--keystore: ${keystore} is no encrypted JSON keystore`,
    );
  }
}
