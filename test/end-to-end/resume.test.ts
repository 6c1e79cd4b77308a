import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import hre from "hardhat";

import { connect } from "../../agents/connect.ts";
import { sleep } from "../../agents/send.ts";
import { ensureBuilt } from "../../scripts/run/embedded-chain.ts";
import { keysFor } from "../../scripts/run/wallets.ts";
import { root } from "../../scripts/test/hardhat.ts";
import { run } from "../sdk/empty-project.ts";
import { phrase, startTestnet } from "./testnet-node.ts";

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
