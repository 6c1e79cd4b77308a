import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";
import { HDNodeWallet, parseEther } from "ethers";
import solc from "solc";

import { call, openMarket } from "../../agents/market.ts";
import { readLogs } from "../../agents/events.ts";
import { replay } from "../../agents/replay.ts";
import { send, sleep } from "../../agents/send.ts";
import { parseMarket } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { bestResponse } from "../../mechanism/best-response.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { numberFromFixed } from "../../mechanism/fixed-point.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { openChain, type Chain } from "../../scripts/run/chain.ts";
import { deployMarket } from "../../scripts/run/deploy-market.ts";
import { ensureBuilt } from "../../scripts/run/embedded-chain.ts";
import { parametersOf } from "../../scripts/run/parameters.ts";
import { keysFor } from "../../scripts/run/wallets.ts";
import { root } from "../../scripts/test/hardhat.ts";
import { connectMarket, type MarketClient } from "../../sdk/index.ts";
import { restoreCloseTo } from "../agents/plain-close-to.ts";
import { installPackage, run, type EmptyProject } from "./empty-project.ts";

// What the compiler's types leave open.
type Compile = (
  input: string,
  callbacks: { import: (path: string) => { contents: string } },
) => string;
type Compiled = {
  errors?: { severity: string; formattedMessage: string }[];
  contracts: Record<string, Record<string, { evm: { bytecode: { object: string } } }>>;
};

// As the README's bot describes itself.
const readmesAgent: Agent = {
  id: "me",
  valuation: { family: "log", alpha: 12 },
  cost: { family: "linear", beta: 1 },
};

/** Answer every round of an epoch as the README's bot does; it closes them. */
async function take(client: MarketClient, agent: Agent): Promise<void> {
  for await (const { epoch, round, samples, fees, price, capacity } of client.rounds({
    pollEvery: 0.1,
  })) {
    await client.submit({ epoch, round, samples }, bestResponse(agent, fees, price, { capacity }));
  }
}

describe("The package in an empty project", function () {
  this.timeout(120_000);

  let project: EmptyProject | undefined;
  let chain: Chain | undefined;
  before(async () => {
    project = await installPackage();
  });
  after(async () => {
    await chain?.close();
    await project?.remove();
  });

  it("brings what it needs at run time and nothing to develop with", async () => {
    const listed = await run("npm", ["ls", "--all", "--parseable"], project!.folder);
    const names = listed
      .trim()
      .split("\n")
      .map((path) => path.split(/node_modules[\\/]/).at(-1));
    expect(names).to.include.members(["contract-clearing", "ethers", "@openzeppelin/contracts"]);
    expect(names.filter((name) => /^(hardhat|node-.*|typescript|mocha)$/.test(name!))).to.be.empty;
  });

  it("brings the agents' program, which runs without anything to develop with", async () => {
    const help = await run(
      "npx",
      ["--no", "--", "contract-clearing-agents", "--help"],
      project!.folder,
    );
    expect(help).to.include("--config");
  });

  it("compiles a contract that imports the market", async () => {
    const source = `// SPDX-License-Identifier: MIT
      pragma solidity ^0.8.37;
      import {ClearingContract} from "contract-clearing/contracts/ClearingContract.sol";
      contract Reader {
        function members(ClearingContract market) external view returns (uint256) { return market.totals().members; }
      }`;
    const input = {
      language: "Solidity",
      sources: { "Reader.sol": { content: source } },
      settings: { outputSelection: { "Reader.sol": { Reader: ["evm.bytecode.object"] } } },
    };
    const output = JSON.parse(
      (solc.compile as Compile)(JSON.stringify(input), {
        import: (path) => ({
          contents: readFileSync(join(project!.folder, "node_modules", path), "utf8"),
        }),
      }),
    ) as Compiled;
    const errors = output.errors?.filter(({ severity }) => severity === "error") ?? [];
    expect(errors.map(({ formattedMessage }) => formattedMessage)).to.be.empty;
    expect(output.contracts["Reader.sol"]!["Reader"]!.evm.bytecode.object).to.match(/^60/);
  });

  async function writeBot(): Promise<void> {
    const script = /```js\n(import[^]*?)```/.exec(
      await readFile(join(root, "README.md"), "utf8"),
    )![1]!;
    await writeFile(join(project!.folder, "bot.js"), script);
  }

  it("runs the README's bot, whose user is told of a mistake in one line", async () => {
    await writeBot();
    const bot = run(process.execPath, ["bot.js"], project!.folder, {});
    const { message } = await bot.then(
      () => expect.fail("there was no complaint"),
      (error: unknown) => error as Error,
    );
    expect(message).to.match(/: exit code 1\naddress: given nothing, allowed .+\n$/);
  });

  it("runs the README's bot, which takes part in a market until it is settled", async () => {
    await writeBot();
    const agents = [...drawAgents(5, 7), readmesAgent];
    const market = parseMarket(
      { capacity: 12, unitFee: 0.5, deposit: 100, agents: { source: "paper", n: 6, seed: 7 } },
      { file: "test.json" },
    );
    await ensureBuilt();
    chain = await openChain({});
    const { provider, url } = chain;
    const keys = await keysFor(provider, agents.length);
    const deployment = await deployMarket(url, provider, market, agents, keys);
    restoreCloseTo();
    const { contract, token } = await openMarket(deployment.contract, keys.operator);
    const others = await Promise.all(
      keys.agents.slice(0, 5).map(async (signer) => {
        const client = await connectMarket({ address: deployment.contract, signer });
        await client.deposit(100);
        return client;
      }),
    );
    const [stranger, key] = [HDNodeWallet.createRandom(), keys.agents[0]!];
    await (await key.sendTransaction({ to: stranger, value: parseEther("0.01") })).wait();
    const taker = await connectMarket({
      address: deployment.contract,
      signer: stranger.connect(provider),
    });
    await taker.faucet(2.5);
    expect(await taker.holds()).to.equal(2.5);
    const { address, privateKey } = keys.agents[5]!;
    const bot = run(process.execPath, ["bot.js"], project!.folder, {
      RPC: url,
      MARKET: deployment.contract,
      KEY: privateKey,
    });
    const joined = async (): Promise<void> => {
      while ((await call(token, "balanceOf", address)) !== 0n) await sleep(100);
    };
    // If the bot fails, it is heard at once.
    await Promise.race([joined(), bot]);
    const parameters = parametersOf(market, agents);
    await send(contract, keys.operator, "openEpoch", [parameters]);
    const [printed] = await Promise.all([
      bot,
      ...others.map((client, at) => take(client, agents[at]!)),
    ]);

    const told = replay(
      await readLogs(provider, deployment.contract, 0, await provider.getBlockNumber()),
    );
    const equilibrium = solveEquilibrium(agents, market.capacity, market);
    const last = told.rounds.at(-1)!;
    expect(told.reason).to.equal("Converged");
    expect(numberFromFixed(last.price)).to.be.closeTo(equilibrium.price, 2e-3);
    expect(equilibrium.price).to.be.greaterThan(0);
    // One line a round: the demand it printed is the one the chain has.
    for (const [index, round] of told.rounds.entries()) {
      const demand = numberFromFixed(round.demands.get(address) ?? 0n);
      expect(printed).to.include(
        `round ${index}: ${demand} units at ${numberFromFixed(round.price)}`,
      );
    }
    const { allocation } = told.statements.get(address)!;
    expect(numberFromFixed(allocation)).to.be.closeTo(equilibrium.allocations[5]!, 1e-2);
    expect(printed).to.include(`allocation: ${numberFromFixed(allocation)}`);
  });
});
