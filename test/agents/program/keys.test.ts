import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { encryptKeystoreJsonSync, Wallet } from "ethers";

import { deriveKeys } from "../../../agents/keys.ts";
import { encryptMnemonic, readMnemonic } from "../../../agents/program/keys.ts";
import { createLog } from "../../../agents/program/log.ts";
import { InputError } from "../../../markets/input-error.ts";

const phrase = "test test test test test test test test test test test junk";
const password = "correct horse";
// Far weaker than what the program writes: a test need not take the second that a guess should.
const weak = (mnemonic?: { phrase: string; path: string }): string => {
  const { address, privateKey } = Wallet.fromPhrase(phrase);
  const account = { address, privateKey };
  const entropy = "0xdf9bf37e6fcdf9bf37e6fcdf9bf37e3c";
  const withMnemonic = {
    ...account,
    mnemonic: { entropy, path: "m/44'/60'/0'/0/0", locale: "en" },
  };
  return encryptKeystoreJsonSync(mnemonic === undefined ? account : withMnemonic, password, {
    scrypt: { N: 2, r: 1, p: 1 },
  });
};

describe("A fleet's keys", () => {
  let folder: string;
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "keys-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function complaintOf(action: Promise<unknown>): Promise<string> {
    try {
      await action;
    } catch (error) {
      expect(error).to.be.instanceOf(InputError);
      return (error as Error).message;
    }
    return expect.fail("there was no complaint");
  }

  it("come from the environment, or from a keystore and the password there or in a file", async () => {
    const keystore = file("k.json", weak({ phrase, path: "" }));
    expect(await readMnemonic({}, { MNEMONIC: phrase })).to.deep.equal({ phrase });
    const both = { phrase, password };
    expect(await readMnemonic({ keystore }, { KEYSTORE_PASSWORD: password })).to.deep.equal(both);
    const passwordFile = file("p", `${password}\nnot this\n`);
    expect(await readMnemonic({ keystore, passwordFile }, {})).to.deep.equal(both);
  });

  it("are written into a keystore that opens with the password", async () => {
    const text = await encryptMnemonic(phrase, password);
    expect(text).not.to.include("junk");
    const keystore = file("k.json", text);
    const { phrase: read } = await readMnemonic({ keystore }, { KEYSTORE_PASSWORD: password });
    expect(read).to.equal(phrase);
  }).timeout(20_000);

  it("are refused in one line that tells nothing of them", async () => {
    const keystore = file("k.json", weak({ phrase, path: "" }));
    const single = file("one.json", weak());
    const empty = file("empty", "\n");
    const cases: [Promise<unknown>, string][] = [
      [
        readMnemonic({}, {}),
        "MNEMONIC: not set, allowed a mnemonic; or name a keystore in keys.keystore",
      ],
      [
        readMnemonic({}, { MNEMONIC: "test test" }),
        "MNEMONIC: no valid mnemonic, allowed 12 to 24 words of the BIP-39 list",
      ],
      [
        readMnemonic({ keystore }, {}),
        "KEYSTORE_PASSWORD: not set, allowed the keystore's password; or name a file in keys.passwordFile",
      ],
      [
        readMnemonic({ keystore }, { KEYSTORE_PASSWORD: "wrong" }),
        `keys.keystore: the password does not open ${keystore}`,
      ],
      [
        readMnemonic({ keystore: single }, { KEYSTORE_PASSWORD: password }),
        `keys.keystore: ${single} holds one key, allowed a mnemonic's`,
      ],
      [
        readMnemonic({ keystore: empty }, { KEYSTORE_PASSWORD: password }),
        `keys.keystore: ${empty} is no encrypted JSON keystore`,
      ],
      [
        readMnemonic({ keystore, passwordFile: empty }, {}),
        `keys.passwordFile: ${empty} begins with an empty line, allowed a password`,
      ],
      [
        readMnemonic({ keystore: join(folder, "no") }, { KEYSTORE_PASSWORD: "x" }),
        `${join(folder, "no")}: given a path with no file, allowed an encrypted JSON keystore`,
      ],
    ];
    for (const [action, message] of cases) expect(await complaintOf(action)).to.equal(message);
  });

  it("of a slice are those of the whole fleet at its places", () => {
    const whole = deriveKeys(phrase, null, { to: 5 });
    const slice = deriveKeys(phrase, null, { operator: 3, from: 2, to: 4 });
    expect(slice.agents.map(({ address }) => address)).to.deep.equal(
      whole.agents.slice(2, 4).map(({ address }) => address),
    );
    expect(whole.operator.path).to.equal("m/44'/60'/0'/0/0");
    expect(slice.operator.path).to.equal("m/44'/60'/0'/0/3");
    expect(slice.agents[0]!.path).to.equal("m/44'/60'/0'/1/2");
  });
});

describe("The log", () => {
  const logged = (secrets: string[] = [], least: "debug" | "warn" = "debug") => {
    const lines: string[] = [];
    return { lines, log: createLog(least, (line) => lines.push(line), secrets) };
  };

  it("is a JSON object a line, bigints and errors in it", () => {
    const { lines, log } = logged();
    log.info("round", { epoch: 5n, error: new Error("two\nlines") });
    expect(lines).to.have.lengthOf(1);
    expect(lines[0]).to.match(/^\{[^\n]*\}\n$/);
    const { time, ...rest } = JSON.parse(lines[0]!) as Record<string, unknown>;
    expect(rest).to.deep.equal({ level: "info", event: "round", epoch: "5", error: "two\nlines" });
    expect(time).to.match(/^\d{4}-\d\d-\d\dT/);
  });

  it("leaves out what is less than its level", () => {
    const { lines, log } = logged([], "warn");
    for (const level of ["debug", "info", "warn", "error"] as const) log[level](level);
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).to.deep.equal([
      "warn",
      "error",
    ]);
  });

  it("never shows a secret, wherever it turns up, nor the end of a longer one", () => {
    const { lines, log } = logged(['pass"word', "/v3/key", "/v3/key-and-more", ""]);
    log.error('pass"word', { url: "https://x/v3/key-and-more", inner: { deep: ['a pass"word'] } });
    expect(lines[0]).not.to.match(/word|key|more/);
    expect(lines[0]).to.include('"url":"https://x[secret]"');
  });
});
