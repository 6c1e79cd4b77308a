import { rm } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";
import hre from "hardhat";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { JsonRpcProvider } from "ethers";

import userConfig from "../../hardhat.config.ts";
import { parseMarket, type Market } from "../../markets/market-file.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { numberFromFixed } from "../../mechanism/fixed-point.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { openChain } from "../../scripts/run/chain.ts";
import { deployMarket } from "../../scripts/run/deploy-market.ts";
import { ensureBuilt } from "../../scripts/run/embedded-chain.ts";
import { runFleet } from "../../scripts/run/run-fleet.ts";
import { keysFor } from "../../scripts/run/wallets.ts";
import { root } from "../../scripts/test/hardhat.ts";
import { restoreCloseTo } from "../agents/plain-close-to.ts";
import { startExplorer } from "./explorer.ts";
import { phrase, startTestnet } from "./testnet-node.ts";

const networks = [
  { network: "sepolia", chainId: 11_155_111, variable: "SEPOLIA_RPC_URL" },
  { network: "baseSepolia", chainId: 84_532, variable: "BASE_SEPOLIA_RPC_URL" },
  { network: "opSepolia", chainId: 11_155_420, variable: "OP_SEPOLIA_RPC_URL" },
  { network: "arbitrumSepolia", chainId: 421_614, variable: "ARBITRUM_SEPOLIA_RPC_URL" },
] as const;

/** What puts a transaction on L1, as the OP Stack's oracle tells it: here a hundredth of an ether, whatever it is. */
const L1_FEE = 10n ** 16n;
const ORACLE = "0x420000000000000000000000000000000000000F";
// PUSH32 fee, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
const ANSWERS_L1_FEE = `0x7f${L1_FEE.toString(16).padStart(64, "0")}5f5260205ff3`;
const agents = drawAgents(3, 4);
const nobody = (): void => undefined;
const view = { joining: nobody, answers: nobody, round: nobody };

describe("A market on a testnet", function () {
  this.timeout(120_000);

  // Ignition's journals are told apart by the market's name: one of this run's own.
  const name = `test-${process.pid}-${Date.now()}`;
  const market: Market = parseMarket(
    { name, capacity: 2, unitFee: 0.5, agents: { source: "paper", n: 3, seed: 4 } },
    { file: "test.json" },
  );
  const journal = (chainId: number): string => `chain-${chainId}-${name}`;

  before(async () => {
    await ensureBuilt();
    process.env["MNEMONIC"] = phrase;
  });
  after(async () => {
    delete process.env["MNEMONIC"];
    for (const { variable, chainId } of networks) {
      Reflect.deleteProperty(process.env, variable);
      const folder = join(hre.config.paths.ignition, "deployments", journal(chainId));
      await rm(folder, { recursive: true, force: true });
    }
  });

  // Hardhat reads a network's address once: every node of a network is to be found at the same.
  const ports = new Map<string, number>();
  const start = async (network: string, chainId: number): ReturnType<typeof startTestnet> => {
    const known = ports.get(network);
    const node = await startTestnet(chainId, known === undefined ? {} : { port: known });
    ports.set(network, node.port);
    process.env[networks.find((one) => one.network === network)!.variable] = node.url;
    return node;
  };

  it("is refused where the node is on another chain than the network, in one line", async () => {
    const node = await start("sepolia", 84_532);
    try {
      const refused = await openChain({ network: "sepolia" }).catch((error: unknown) => error);
      expect((refused as Error).message).to.equal(
        "--network: the node of sepolia is on chain 84532; sepolia is chain 11155111",
      );
    } finally {
      await node.close();
    }
  });

  it("is refused where the network's address is not known, with what to do", async () => {
    const refused = await openChain({ network: "opSepolia" }).catch((error: unknown) => error);
    expect((refused as Error).message).to.match(/^OP_SEPOLIA_RPC_URL: not set; .*keystore set/);
  });

  for (const { network, chainId } of networks) {
    it(`is deployed, funded once however often, and cleared on ${network}`, async () => {
      const node = await start(network, chainId);
      const chain = await openChain({ network });
      try {
        const { provider, url } = chain;
        if (network === "opSepolia")
          await provider.send("hardhat_setCode", [ORACLE, ANSWERS_L1_FEE]);
        const keys = await keysFor(provider, agents.length, chain.mnemonic);
        const deploy = () => deployMarket(url, provider, market, agents, keys);
        const deployment = await deploy();
        restoreCloseTo();
        if (network === "opSepolia") {
          const held = await provider.getBalance(keys.agents[0]!.address);
          expect(held >= 20n * L1_FEE, "each message's L1 fee is in the gas money").to.equal(true);
        }
        const { deploy: toDeploy, fund: toFund } = deployment.gas;
        expect(toDeploy + toFund).to.equal(await gasOf(provider));
        const sent = await provider.getTransactionCount(keys.operator.address);
        expect(await deploy()).to.deep.include({
          contract: deployment.contract,
          block: deployment.block,
          gas: { deploy: deployment.gas.deploy, fund: 0 },
        });
        expect(await provider.getTransactionCount(keys.operator.address)).to.equal(sent);

        const run = { provider, market, agents, seed: 4, keys, deployment, view };
        const { replayed } = await runFleet(run);
        const equilibrium = solveEquilibrium(agents, market.capacity, market);
        expect(equilibrium.price).to.be.greaterThan(0);
        const price = numberFromFixed(replayed.rounds.at(-1)!.price);
        expect(price).to.be.closeTo(equilibrium.price, 2e-3);
      } finally {
        await chain.close();
        await node.close();
      }
    });
  }

  it("is verified by an explorer that compiles what it is sent", async () => {
    const node = await start("sepolia", 11_155_111);
    const folder = join(hre.config.paths.ignition, "deployments", journal(11_155_111));
    // Of the chain of another test, which is gone.
    await rm(folder, { recursive: true, force: true });
    const chain = await openChain({ network: "sepolia" });
    const explorer = await startExplorer((address) => creationCodeOf(chain.provider, address));
    try {
      const keys = await keysFor(chain.provider, 3, chain.mnemonic);
      await deployMarket(chain.url, chain.provider, market, agents, keys);
      const etherscan = { url: explorer.url, apiUrl: explorer.url };
      const runtime = await createHardhatRuntimeEnvironment(
        {
          ...userConfig,
          chainDescriptors: { 11_155_111: { name: "Sepolia", blockExplorers: { etherscan } } },
          verify: {
            etherscan: { apiKey: "any" },
            blockscout: { enabled: false },
            sourcify: { enabled: false },
          },
        },
        { network: "sepolia" },
        root,
      );
      const task = runtime.tasks.getTask(["ignition", "verify"]);
      await task.run({ deploymentId: journal(11_155_111), force: false });
      expect(explorer.verified.toSorted()).to.deep.equal([
        "project/contracts/ClearingContract.sol:ClearingContract",
        "project/contracts/TestToken.sol:TestToken",
      ]);
    } finally {
      await explorer.close();
      await chain.close();
      await node.close();
    }
  });
});

/** The gas of every transaction so far. */
async function gasOf(provider: JsonRpcProvider): Promise<number> {
  let gas = 0n;
  for (let number = await provider.getBlockNumber(); number > 0; number--)
    gas += (await provider.getBlock(number))!.gasUsed;
  return Number(gas);
}

/** What the transaction that created a contract carried. */
async function creationCodeOf(provider: JsonRpcProvider, address: string): Promise<string> {
  const last = await provider.getBlockNumber();
  for (let number = 0; number <= last; number++) {
    const block = (await provider.getBlock(number, true))!;
    for (const { hash, data } of block.prefetchedTransactions) {
      const receipt = await provider.getTransactionReceipt(hash);
      if (receipt?.contractAddress?.toLowerCase() === address.toLowerCase()) return data;
    }
  }
  throw new Error(`nothing created ${address}`);
}
