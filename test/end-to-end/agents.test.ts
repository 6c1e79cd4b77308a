import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { startFleetChain, type FleetChain } from "../agents/fleet-chain.ts";
import { AGENTS, MNEMONIC, newMarket } from "../agents/program/running-fleet.ts";
import { startFleet } from "./fleet-process.ts";

const KEY = "a-key-of-a-customer";

describe("The agents' program, as its operator runs it", function () {
  this.timeout(60_000);

  let chain: FleetChain;
  let folder: string;
  let file: string;
  let market: Awaited<ReturnType<typeof newMarket>>;
  before(async () => {
    chain = await startFleetChain(AGENTS);
    folder = await mkdtemp(join(tmpdir(), "agents-"));
    file = join(folder, "fleet.json");
    market = await newMarket(chain);
    await writeFile(
      file,
      JSON.stringify({
        rpc: [`${chain.url}/${KEY}`],
        chainId: 31337,
        market: market.market.address,
        agents: { source: "paper", n: AGENTS, seed: 1 },
        deposit: 100,
        keeperAccount: 7,
        polling: 0.05,
        monitor: { port: 0 },
        log: "debug",
      }),
    );
  });
  after(async () => {
    await chain.close();
    await rm(folder, { recursive: true });
  });

  it("runs until SIGTERM, says where it stood, ends with 0, and shows no secret", async () => {
    const life = startFleet(["--config", file], { MNEMONIC });
    await life.heard("started");
    await life.heard("done");
    life.child.kill("SIGTERM");
    expect(await life.ended, life.output()).to.equal(0);
    const last = life.records().at(-1);
    expect(last).to.include({ event: "stopped", epoch: "0", isOpen: false });
    expect(last).to.have.property("onTheirWay").that.is.an("array");
    const { agents, operator } = chain.keys;
    const secrets = [
      MNEMONIC,
      "junk",
      KEY,
      ...[operator, ...agents].map(({ privateKey }) => privateKey.slice(2)),
    ];
    for (const secret of secrets) expect(life.output()).not.to.include(secret);
    expect(
      life
        .output()
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("{")),
    ).to.deep.equal([]);
  });

  it("ends with 1 and one line on a mistake", async () => {
    const life = startFleet(["--config", file, "--from", "5"], { MNEMONIC });
    expect(await life.ended).to.equal(1);
    expect(life.output()).to.equal(
      "error: --from: given 5, allowed 0 to 2: the fleet has 3 agents\n",
    );
  });

  it("prints the addresses to fund", async () => {
    const life = startFleet(["--config", file, "--to", "2", "--addresses"], { MNEMONIC });
    expect(await life.ended).to.equal(0);
    const [head, keeper, ...agents] = life.output().trim().split("\n");
    expect(head).to.equal("role,id,address,deposit");
    expect(keeper).to.match(/^keeper,,0x14dC79964da2C08b23698B3D3cc7Ca32193d9955,$/);
    expect(agents).to.deep.equal(
      chain.keys.agents
        .slice(0, 2)
        .map(({ address }, index) => `agent,"agent-${index}",${address},100`),
    );
  });
});
