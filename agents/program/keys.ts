import { HDNodeWallet, Mnemonic, Wallet } from "ethers";

import { InputError } from "../../markets/input-error.ts";
import { readText } from "../../markets/read-text.ts";

type Places = { keystore?: string; passwordFile?: string };
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The fleet's mnemonic: from its keystore, or else from the environment.
 *
 * @returns it, and the password if there is one: what a log must never show
 * @throws InputError naming what is missing or wrong, and never its content
 */
export async function readMnemonic(
  { keystore, passwordFile }: Places,
  environment: Environment,
): Promise<{ phrase: string; password?: string }> {
  if (keystore === undefined) {
    const phrase = environment["MNEMONIC"];
    if (phrase === undefined || phrase === "") {
      throw new InputError(
        "MNEMONIC: not set, allowed a mnemonic; or name a keystore in keys.keystore",
      );
    }
    return { phrase: validated(phrase, "MNEMONIC") };
  }
  const password = readPassword(passwordFile, environment);
  const text = readText(keystore, keystore, "an encrypted JSON keystore");
  let wallet: Wallet | HDNodeWallet;
  try {
    wallet = await Wallet.fromEncryptedJson(text, password);
  } catch (error) {
    const isWrong = error instanceof Error && /password/i.test(error.message);
    throw new InputError(
      isWrong
        ? `keys.keystore: the password does not open ${keystore}`
        : `keys.keystore: ${keystore} is no encrypted JSON keystore`,
    );
  }
  const phrase = "mnemonic" in wallet ? wallet.mnemonic?.phrase : undefined;
  if (phrase === undefined) {
    throw new InputError(`keys.keystore: ${keystore} holds one key, allowed a mnemonic's`);
  }
  return { phrase, password };
}

/** @throws InputError if there is none */
export function readPassword(file: string | undefined, environment: Environment): string {
  if (file !== undefined) {
    const [line = ""] = readText(file, file, "a file with a password").split("\n");
    if (line !== "") return line;
    throw new InputError(
      `keys.passwordFile: ${file} begins with an empty line, allowed a password`,
    );
  }
  const password = environment["KEYSTORE_PASSWORD"];
  if (password !== undefined && password !== "") return password;
  throw new InputError(
    "KEYSTORE_PASSWORD: not set, allowed the keystore's password; or name a file in keys.passwordFile",
  );
}

/** The fleet's mnemonic as a keystore's JSON, for `readMnemonic` to read. Takes a second: that is what makes guessing dear. */
export function encryptMnemonic(phrase: string, password: string): Promise<string> {
  return HDNodeWallet.fromPhrase(validated(phrase, "MNEMONIC")).encrypt(password);
}

function validated(phrase: string, name: string): string {
  if (Mnemonic.isValidMnemonic(phrase)) return phrase;
  throw new InputError(`${name}: no valid mnemonic, allowed 12 to 24 words of the BIP-39 list`);
}
