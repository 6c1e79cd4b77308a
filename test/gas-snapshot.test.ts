// What every action costs, compared with the committed figures in gas-snapshot.json. A change of
// more than half a percent either way fails until the figures are written again:
//   UPDATE_GAS=1 npx hardhat test mocha test/gas-snapshot.test.ts

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect } from "chai";
import type { ContractTransactionResponse, Signer } from "ethers";
import { network } from "hardhat";
import { z } from "zod";

import { encodeBatch, signDemand } from "../agents/relay/signed-demand.ts";

const { ethers } = await network.create();

const UNIT = 10n ** 18n;
const SNAPSHOT = fileURLToPath(new URL("gas-snapshot.json", import.meta.url));
const TOLERANCE = 0.005;
/** A contract larger than this cannot be deployed (EIP-170). */
const MAX_CODE_SIZE = 24_576;

const POLICIES = { Refunding: 0, PerSubmission: 1 };
const RULES = { Constant: 0, InverseSqrt: 1, RobbinsMonro: 2, Secant: 3 };

/** Agents enough to fill the larger settlement, and none of them funded twice. */
const AGENTS = 100;

type Rule = keyof typeof RULES;

const figures = new Map<string, number>();

function record(name: string, gas: number): number {
  figures.set(name, gas);
  return gas;
}

async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait();
  if (receipt === null) throw new Error("The transaction was not mined.");
  return Number(receipt.gasUsed);
}

/** Demands with every digit set, as agents compute them: a round number would be cheaper to send. */
function demandOf(agent: number, round: number): bigint {
  return (UNIT * BigInt(30_000 - 1_700 * round + agent * 7) * 123_456_789n) / 900_000_000_000n;
}

/** The same accounts in every run: the bytes of an address count in what a call costs. */
async function createAgents(count: number): Promise<Signer[]> {
  const [funder] = await ethers.getSigners();
  const agents: Signer[] = [];
  for (let i = 0; i < count; i++) {
    const wallet = new ethers.Wallet(ethers.id(`agent ${i}`), ethers.provider);
    await (await funder!.sendTransaction({ to: wallet.address, value: UNIT })).wait();
    agents.push(wallet);
  }
  return agents;
}

async function deployMarket(policy: keyof typeof POLICIES) {
  const [owner, provider, treasury] = await ethers.getSigners();
  const token = await ethers.deployContract("TestToken", ["Token", "TKN", 18]);
  const market = await ethers.deployContract("ClearingContract", [
    await token.getAddress(),
    owner!.address,
    provider!.address,
    treasury!.address,
    POLICIES[policy],
    false,
    UNIT,
    {
      maxUnitFee: 10n * UNIT,
      maxExecutionFee: 10n * UNIT,
      maxProgressiveFee: 10n * UNIT,
      minRoundLength: 1,
      maxRoundLength: 86_400,
      maxRounds: 1_000,
    },
  ]);
  return { token, market };
}

type Deployed = Awaited<ReturnType<typeof deployMarket>>;

async function deposit({ token, market }: Deployed, agent: Signer): Promise<number> {
  await (await token.mint(await agent.getAddress(), 1_000n * UNIT)).wait();
  await (await token.connect(agent).approve(await market.getAddress(), 10_000n * UNIT)).wait();
  return gasOf(market.connect(agent).deposit(1_000n * UNIT));
}

function parameters(rule: Rule, { samples = 1, maxRounds = 4 } = {}) {
  return {
    capacity: 50n * UNIT,
    unitFee: UNIT / 2n,
    executionFee: UNIT,
    progressiveFee: UNIT / 4n,
    samples,
    rule: RULES[rule],
    initialStep: UNIT / 50n,
    stepOffset: 10,
    maxStep: 10n * UNIT,
    primalTolerance: UNIT / 20n,
    dualTolerance: UNIT / 1_000n,
    movementTolerance: UNIT / 2n,
    roundLength: 60,
    maxRounds,
  };
}

function open({ market }: Deployed, chosen: ReturnType<typeof parameters>): Promise<number> {
  return gasOf(market.openEpoch(chosen));
}

/** All agents answer the round; what each of them paid. */
async function answer({ market }: Deployed, agents: Signer[], samples = 1): Promise<number[]> {
  const { epoch, round } = await market.posted();
  const costs: number[] = [];
  for (const [i, agent] of agents.entries()) {
    const demand = demandOf(i, Number(round));
    const sent =
      samples === 1
        ? market.connect(agent).submit(epoch, round, demand)
        : market.connect(agent).submitSamples(
            epoch,
            round,
            Array.from({ length: samples }, (_, k) => demand + BigInt(k)),
          );
    costs.push(await gasOf(sent));
  }
  return costs;
}

function close({ market }: Deployed): Promise<number> {
  return gasOf(market.closeRound());
}

describe("What it costs", () => {
  let agents: Signer[];
  const few = () => agents.slice(0, 20);

  before(async () => {
    agents = await createAgents(AGENTS);
  });

  for (const policy of ["Refunding", "PerSubmission"] as const) {
    it(`submits under ${policy}`, async () => {
      const deployed = await deployMarket(policy);
      for (const agent of few()) await deposit(deployed, agent);
      for (const samples of [4, 1]) {
        await open(deployed, parameters("Constant", { samples, maxRounds: 3 }));
        const first = await answer(deployed, few(), samples);
        if (samples === 1) record(`submit, ${policy}, settling the epoch before`, first.at(-1)!);
        await close(deployed);
        await answer(deployed, few(), samples);
        await close(deployed);
        const steady = await answer(deployed, few(), samples);
        record(`submit, ${policy}, M=${samples}`, Math.max(...steady));
        await close(deployed);
      }
      if (policy === "Refunding") {
        expect(figures.get("submit, Refunding, M=1")).to.be.at.most(40_000);
      }
    });
  }

  it("submits what agents have signed, in batches", async () => {
    const deployed = await deployMarket("Refunding");
    const { market } = deployed;
    for (const agent of agents) await deposit(deployed, agent);
    await open(deployed, parameters("Constant", { maxRounds: 8 }));
    await answer(deployed, agents);
    await close(deployed);
    const { chainId } = await ethers.provider.getNetwork();
    const id = { chainId, address: market.target as string };
    for (const size of [1, 100]) {
      const { epoch, round } = await market.posted();
      const signing = agents.slice(0, size).map(async (signer, i) => {
        const agent = await signer.getAddress();
        return signDemand(signer, id, { agent, epoch, round, demand: demandOf(i, Number(round)) });
      });
      const batch = encodeBatch(await Promise.all(signing));
      const gas = await gasOf(market.submitSigned(epoch, round, batch, { gasLimit: 5_000_000 }));
      record(`submitSigned, one of ${size}`, Math.ceil(gas / size));
      expect((await market.totals()).answered).to.equal(BigInt(size));
      await ethers.provider.send("evm_increaseTime", [60]);
      await close(deployed);
    }
  });

  it("closes a round, by every rule", async () => {
    for (const rule of ["Constant", "InverseSqrt", "RobbinsMonro", "Secant"] as const) {
      const deployed = await deployMarket("Refunding");
      for (const agent of few()) await deposit(deployed, agent);
      await open(deployed, parameters(rule));
      await answer(deployed, few());
      await close(deployed);
      await answer(deployed, few());
      const gas = record(`closeRound, ${rule}`, await close(deployed));
      expect(gas, rule).to.be.at.most(45_000);
      await answer(deployed, few());
      await close(deployed);
      await answer(deployed, few());
      const last = await close(deployed);
      expect((await deployed.market.posted()).samples).to.equal(0n);
      if (rule === "Constant") record("closeRound, last of an epoch", last);
    }
  });

  it("settles accounts in batches", async () => {
    const deployed = await deployMarket("Refunding");
    for (const agent of agents) await deposit(deployed, agent);
    for (const size of [20, 100]) {
      const batch = agents.slice(0, size);
      // The first epoch leaves the funds' slot written: from then on a batch costs the same.
      for (let epoch = 0; epoch < 2; epoch++) {
        await open(deployed, parameters("Constant", { maxRounds: 1 }));
        await answer(deployed, batch);
        await ethers.provider.send("evm_increaseTime", [60]);
        await close(deployed);
        const addresses = await Promise.all(batch.map((agent) => agent.getAddress()));
        const gas = await gasOf(deployed.market.settleAccounts(addresses));
        record(`settleAccounts, one of ${size}`, Math.ceil(gas / size));
      }
    }
    expect(figures.get("settleAccounts, one of 20")).to.be.at.most(20_000);
  });

  it("deposits and withdraws", async () => {
    const deployed = await deployMarket("Refunding");
    const [first, second] = agents;
    await deposit(deployed, first!);
    record("deposit, first", await deposit(deployed, second!));
    record("deposit, later", await deposit(deployed, second!));
    const { market } = deployed;
    const to = await second!.getAddress();
    record("withdraw, to an empty wallet", await gasOf(market.connect(second).withdraw(UNIT, to)));
    await open(deployed, parameters("Constant"));
    await answer(deployed, [first!, second!]);
    record("withdraw, under a demand", await gasOf(market.connect(second).withdraw(UNIT, to)));
  });

  it("trims a demand", async () => {
    const deployed = await deployMarket("Refunding");
    for (const agent of few()) await deposit(deployed, agent);
    await open(deployed, parameters("Constant"));
    await answer(deployed, few());
    await close(deployed);
    // Somebody answers first, so that movement is no longer zero.
    await answer(deployed, few().slice(1, 2));
    const stale = await agents[0]!.getAddress();
    record("trim, one", await gasOf(deployed.market.trim([stale])));
    expect((await deployed.market.account(stale)).demand).to.be.below(demandOf(0, 0));
  });

  it("opens an epoch", async () => {
    const deployed = await deployMarket("Refunding");
    record("openEpoch, first", await open(deployed, parameters("Constant", { maxRounds: 1 })));
    await ethers.provider.send("evm_increaseTime", [60]);
    await close(deployed);
    record("openEpoch, later", await open(deployed, parameters("Constant", { maxRounds: 1 })));
  });

  it("deploys", async () => {
    const { market } = await deployMarket("Refunding");
    const receipt = await market.deploymentTransaction()!.wait();
    record("deployment", Number(receipt!.gasUsed));
    const size = ethers.dataLength(await ethers.provider.getCode(await market.getAddress()));
    record("runtime size, bytes", size);
    expect(size).to.be.at.most(MAX_CODE_SIZE);
  });

  it("is what gas-snapshot.json says", () => {
    const measured = Object.fromEntries([...figures].sort(([a], [b]) => (a < b ? -1 : 1)));
    if (process.env["UPDATE_GAS"] === "1") {
      writeFileSync(SNAPSHOT, `${JSON.stringify(measured, null, 2)}\n`);
      return;
    }
    const snapshot = z
      .record(z.string(), z.number())
      .parse(JSON.parse(readFileSync(SNAPSHOT, "utf8")));
    const names = new Set([...Object.keys(snapshot), ...Object.keys(measured)]);
    const changes = [...names].flatMap((name) => {
      const [before, now] = [snapshot[name], measured[name]];
      if (before === undefined) return [`${name}: ${now} (not in the snapshot)`];
      if (now === undefined) return [`${name}: no longer measured`];
      const change = (now - before) / before;
      if (Math.abs(change) <= TOLERANCE) return [];
      return [
        `${name}: ${before} → ${now} (${change > 0 ? "+" : ""}${(100 * change).toFixed(1)} %)`,
      ];
    });
    expect(
      changes,
      `Costs have changed:\n  ${changes.join("\n  ")}\nIf that is meant, write them again and commit the file:\n  UPDATE_GAS=1 npx hardhat test mocha test/gas-snapshot.test.ts\n`,
    ).to.be.empty;
  });
});
