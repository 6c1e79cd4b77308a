import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import hre from "hardhat";
import type { JsonRpcProvider } from "ethers";

import { connect } from "../../agents/connect.ts";
import { sleep } from "../../agents/send.ts";
import { parseMarket } from "../../markets/market-file.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { deployMarket, type Deployment } from "../../scripts/run/deploy-market.ts";
import { ensureBuilt } from "../../scripts/run/embedded-chain.ts";
import { keysFor } from "../../scripts/run/wallets.ts";
import { root } from "../../scripts/test/hardhat.ts";
import { restoreCloseTo } from "../agents/plain-close-to.ts";
import { run } from "../sdk/empty-project.ts";
import { phrase, startTestnet } from "./testnet-node.ts";

const agents = drawAgents(2, 1);

describe("A deployment that is stopped while it sends a transaction", function () {
  this.timeout(120_000);

  const name = `cut-${process.pid}-${Date.now()}`;
  const folder = join(hre.config.paths.ignition, "deployments", `chain-11155420-${name}`);
  const file = join(folder, "journal.jsonl");
  let node: Awaited<ReturnType<typeof startTestnet>>;
  let provider: JsonRpcProvider;
  let operator: string;
  let deploy: () => Promise<Deployment>;
  beforeEach(async () => {
    await ensureBuilt();
    node = await startTestnet(11_155_420);
    provider = await connect(node.url);
    const keys = await keysFor(provider, agents.length, () => Promise.resolve(phrase));
    operator = keys.operator.address;
    const market = parseMarket(
      { name, capacity: 2, agents: { source: "paper", n: 2, seed: 1 } },
      { file: "test.json" },
    );
    deploy = () => deployMarket(node.url, provider, market, agents, keys);
  });
  afterEach(async () => {
    provider.destroy();
    await node.close();
    await rm(folder, { recursive: true, force: true });
  });
  const sent = (): Promise<number> => provider.getTransactionCount(operator);

  /** Cut the journal after the last, or the first, transaction that was to be sent. */
  const cut = async (which: "first" | "last"): Promise<void> => {
    const lines = (await readFile(file, "utf8")).split("\n");
    const intends = (line: string): boolean => line.includes("TRANSACTION_PREPARE_SEND");
    const at = which === "first" ? lines.findIndex(intends) : lines.findLastIndex(intends);
    await writeFile(file, lines.slice(0, at + 1).join("\n"));
  };

  it("finds on the chain what it has sent, and sends it no second time", async () => {
    const { contract, token, block } = await deploy();
    restoreCloseTo();
    const before = await sent();
    for (let later = 0; later < 9; later++) await provider.send("evm_mine", []);
    await cut("last");
    expect(await deploy()).to.deep.include({ contract, token, block });
    expect(await sent()).to.equal(before);
  });

  it("sends what was never sent, also where something else has taken its nonce", async () => {
    for (const isTaken of [false, true]) {
      const before = await sent();
      const empty = (await provider.send("evm_snapshot", [])) as string;
      const { token } = await deploy();
      restoreCloseTo();
      const all = (await sent()) - before;
      await cut("first");
      await provider.send("evm_revert", [empty]);
      if (isTaken) {
        const value = "0x1";
        await provider.send("hardhat_impersonateAccount", [operator]);
        await provider.send("eth_sendTransaction", [{ from: operator, to: token, value }]);
      }
      const again = await deploy();
      expect(again.token === token).to.equal(!isTaken);
      expect((await sent()) - before).to.equal(isTaken ? all + 1 : all);
      expect(await provider.getCode(again.contract)).not.to.equal("0x");
      await rm(folder, { recursive: true });
    }
  });
});

describe("A deployment that is killed", function () {
  this.timeout(120_000);

  const name = `killed-${process.pid}-${Date.now()}`;
  const folder = join(hre.config.paths.ignition, "deployments", `chain-84532-${name}`);
  let out: string;
  let node: Awaited<ReturnType<typeof startTestnet>>;
  before(async () => {
    await ensureBuilt();
    out = await mkdtemp(join(tmpdir(), "contract-clearing-"));
    // Slow enough to be killed between two blocks.
    node = await startTestnet(84_532, { interval: 250 });
  });
  after(async () => {
    await node.close();
    await rm(folder, { recursive: true, force: true });
    await rm(out, { recursive: true, force: true });
  });

  it("goes on when it is run again, and its market is found by its address", async () => {
    const env = {
      ...process.env,
      MNEMONIC: phrase,
      BASE_SEPOLIA_RPC_URL: node.url,
      NODE_OPTIONS: "",
    };
    const where = ["--network", "baseSepolia", "--out", out];
    const deploy = ["scripts/deploy.ts", ...where, "--n", "2", "--name", name, "--capacity", "2"];
    const provider = await connect(node.url);
    process.env["MNEMONIC"] = phrase;
    const { operator, agents } = await keysFor(provider, 2);
    delete process.env["MNEMONIC"];
    const sent = (): Promise<number> => provider.getTransactionCount(operator.address, "pending");

    const first = spawn(process.execPath, deploy, { cwd: root, env, stdio: "ignore" });
    const ended = new Promise((resolve) => first.once("exit", resolve));
    while ((await sent()) === 0) await sleep(20);
    first.kill("SIGKILL");
    await ended;
    expect(await sent()).to.be.below(6);

    const told = await run(process.execPath, deploy, root, env);
    const address = /^market +\S+: (0x\w{40})$/m.exec(told)![1]!;
    // Two contracts, and ether and a deposit for each of two agents: nothing was sent twice.
    expect(await sent()).to.equal(6);
    for (const agent of agents)
      expect(Number(await provider.getBalance(agent.address))).to.be.above(0);

    const market = ["--market-address", address];
    const bots = ["scripts/bots.ts", ...where, ...market, "--json"];
    const summary = JSON.parse(await run(process.execPath, bots, root, env)) as object;
    expect(summary).to.include({ chainId: 84_532, contract: address, reason: "Converged" });

    // Somebody else, who has never heard of it.
    const elsewhere = ["--network", "baseSepolia", "--out", join(out, "elsewhere"), "--json"];
    const status = ["scripts/status.ts", ...elsewhere, ...market];
    const seen = JSON.parse(await run(process.execPath, status, root, env)) as object;
    expect(seen).to.include({ contract: address, state: "settled: Converged" });
    const stranger = ["scripts/bots.ts", ...elsewhere, ...market];
    const refused = await run(process.execPath, stranger, root, env).catch(
      (error: unknown) => error,
    );
    expect((refused as Error).message)
      .to.include("what the agents of")
      .and.include(address);
    provider.destroy();
  });
});
