import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect } from "chai";
import { encryptKeystoreJsonSync, Wallet } from "ethers";

const program = fileURLToPath(new URL("../../../agents/relay/main.ts", import.meta.url));
const KEY = `0x${"5a".repeat(32)}`;
const least = [
  ...["--rpc", "http://127.0.0.1:9/path-with-a-customer-key"],
  ...["--market", "0x5FbDB2315678afecb367f032d93F642f64180aa3"],
];

function relay(args: readonly string[], environment: Record<string, string> = {}) {
  const env = { PATH: process.env["PATH"], ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { env });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

describe("npm run relay", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "relay-"));
    const account = { address: new Wallet(KEY).address, privateKey: KEY };
    const keystore = encryptKeystoreJsonSync(account, "open", { scrypt: { N: 2, r: 1, p: 1 } });
    writeFileSync(join(folder, "key.json"), keystore);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("explains itself", () => {
    const { status, stdout } = relay(["--help"]);
    expect(status).to.equal(0);
    expect(stdout).to.include("POST /demands").and.to.include("RELAY_KEY");
  });

  it("wants its key from the environment, and does not show it", () => {
    const without = "error: RELAY_KEY: not set, allowed 0x and 64 hex digits; or name a keystore";
    expect(relay(least)).to.include({ status: 1, stderr: `${without} with --keystore\n` });
    const wrong = relay(least, { RELAY_KEY: "0x5ec12e7" });
    expect(wrong.stderr).to.match(/^error: RELAY_KEY: no private key, allowed/);
    expect(wrong.stderr).to.not.include("5ec12e7");
  });

  it("or from a keystore with its password", () => {
    const args = [...least, "--keystore", join(folder, "key.json")];
    expect(relay(args).stderr).to.match(/^error: KEYSTORE_PASSWORD: not set/);
    const shut = relay(args, { KEYSTORE_PASSWORD: "closed" });
    expect(shut.stderr).to.match(/^error: --keystore: the password does not open .*key\.json\n$/);
    // Past the key: what is wrong now is the node.
    const open = relay(args, { KEYSTORE_PASSWORD: "open" });
    expect(open.stderr).to.match(/^error: --rpc: no Ethereum node answers at .*127\.0\.0\.1:9/);
    expect(open.stderr + open.stdout)
      .to.not.include("customer-key")
      .and.not.include(KEY.slice(2));
  });
});
