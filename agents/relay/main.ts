// Collects signed demands and hands them in: npm run relay -- --help

import { isHexString, Wallet } from "ethers";

import { InputError } from "../../markets/input-error.ts";
import { readText } from "../../markets/read-text.ts";
import { readPassword } from "../program/keys.ts";
import { createLog } from "../program/log.ts";
import { runProgram, secretsOf, stopOnSignal } from "../program/process.ts";
import { help, parseRelayFlags, type RelayFlags } from "./flags.ts";
import { runRelay } from "./run.ts";

await runProgram(help, (argv) => main(parseRelayFlags(argv)));

async function main(flags: RelayFlags): Promise<void> {
  const wallet = await readKey(flags);
  const secrets = [wallet.privateKey, wallet.privateKey.slice(2), ...secretsOf(flags.rpc)];
  const log = createLog("info", (line) => process.stdout.write(line), secrets);
  await runRelay({ flags, wallet, log, stopping: stopOnSignal(log) });
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
