import { expect } from "chai";
import { ContractFactory, Signature, toBeHex, type HDNodeWallet, type InterfaceAbi } from "ethers";
import hre from "hardhat";

import { enrol } from "../../../agents/fleet.ts";
import { readAccount, readTotals } from "../../../agents/market.ts";
import { bodyOf } from "../../../agents/relay/request.ts";
import { signDemand, type SignedDemand } from "../../../agents/relay/signed-demand.ts";
import { send, sleep } from "../../../agents/send.ts";
import { UNIT } from "../../../mechanism/fixed-point.ts";
import { drawAgents } from "../../../mechanism/random.ts";
import {
  deploy,
  giveEther,
  marketWith,
  startFleetChain,
  type Deployed,
  type FleetChain,
} from "../fleet-chain.ts";
import { startRelay, type RunningRelay } from "./relay-chain.ts";

const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe("A relay", function () {
  this.timeout(60_000);

  let chain: FleetChain;
  let deployed: Deployed;
  let relay: RunningRelay;
  let wallets: HDNodeWallet[];
  before(async () => {
    chain = await startFleetChain(4);
  });
  after(() => chain.close());
  beforeEach(async () => {
    const fields = { maxRounds: 2, roundLength: 3600, capacity: 20 };
    deployed = await deploy(chain, marketWith(fields), drawAgents(3, 3));
    await enrol(deployed.options);
    wallets = chain.keys.agents;
    relay = await startRelay(chain.url, deployed.market.address, chain.stranger);
  });
  afterEach(() => relay.stop());

  const signed = (
    wallet: HDNodeWallet,
    demand: bigint,
    { epoch = 1n, round = 0n, address = deployed.market.address } = {},
  ): Promise<SignedDemand> =>
    signDemand(
      wallet,
      { chainId: 31_337n, address },
      { agent: wallet.address, epoch, round, demand },
    );

  async function post(body: string): Promise<[status: number, says: Record<string, string>]> {
    const response = await fetch(`${relay.url}/demands`, { method: "POST", body });
    return [response.status, (await response.json()) as Record<string, string>];
  }
  const known = async (wallet: HDNodeWallet): Promise<Record<string, string>> =>
    (await (await fetch(`${relay.url}/demands/${wallet.address}`)).json()) as Record<
      string,
      string
    >;
  async function until(is: () => Promise<boolean>): Promise<void> {
    while (!(await is())) await sleep(20);
  }

  it("takes a demand once, and tells that it waits", async () => {
    const body = bodyOf(await signed(wallets[0]!, UNIT));
    expect(await post(body)).to.deep.equal([202, { status: "waiting" }]);
    expect(await post(body)).to.deep.equal([202, { status: "waiting" }]);
    expect(await known(wallets[0]!)).to.deep.equal({
      epoch: "1",
      round: "0",
      demand: String(UNIT),
      status: "waiting",
    });
    const [status, { error }] = await post(bodyOf(await signed(wallets[0]!, 2n * UNIT)));
    expect([status, error]).to.deep.equal([
      409,
      `demand: ${wallets[0]!.address} has signed another for this round already`,
    ]);
  });

  it("sends at once when all members have answered or wait", async () => {
    const { market } = deployed;
    await send(market.contract, wallets[2]!, "submit", [1n, 0n, 0n]);
    await post(bodyOf(await signed(wallets[0]!, UNIT)));
    await post(bodyOf(await signed(wallets[1]!, 2n * UNIT)));
    await until(async () => (await known(wallets[1]!))["status"] === "counted");
    expect((await readTotals(market)).answered).to.equal(3n);
    expect((await readAccount(market, wallets[0]!.address)).demand).to.equal(UNIT);
    expect((await known(wallets[0]!))["hash"]).to.equal((await known(wallets[1]!))["hash"]);
  });

  it("sends what it has when half of the round is over", async () => {
    const { market } = deployed;
    await post(bodyOf(await signed(wallets[0]!, UNIT)));
    await chain.waitUntil((await readTotals(market)).deadline - 1800n);
    await until(async () => (await known(wallets[0]!))["status"] === "counted");
    expect((await readTotals(market)).answered).to.equal(1n);
  });

  it("tells why the market passed a demand over", async () => {
    const { market } = deployed;
    await post(bodyOf(await signed(wallets[0]!, UNIT)));
    const agent = wallets[0]!;
    await send(market.contract, agent, "submit", [1n, 0n, 5n]);
    await post(bodyOf(await signed(wallets[1]!, UNIT)));
    await chain.waitUntil((await readTotals(market)).deadline - 1800n);
    await until(async () => (await known(wallets[1]!))["status"] === "counted");
    expect(await known(agent)).to.include({
      status: "skipped",
      reason: `${agent.address} has answered epoch 1, round 0 already`,
    });
  });

  it("does not take what the market would not count", async () => {
    const [ann, bob] = wallets as [HDNodeWallet, HDNodeWallet];
    const stranger = wallets[3]!;
    const demand = await signed(ann, UNIT);
    const { r, s, yParity } = Signature.from(demand.signature);
    const mirrored = `${r}${toBeHex(CURVE_ORDER - BigInt(s), 32).slice(2)}${yParity === 0 ? "1c" : "1b"}`;
    const refusals: [SignedDemand, number, RegExp][] = [
      [{ ...demand, demand: 2n * UNIT }, 403, /has not signed this demand/],
      [{ ...demand, agent: bob.address }, 403, /has not signed this demand/],
      [{ ...demand, signature: "0x" }, 403, /has not signed this demand/],
      [{ ...demand, signature: mirrored }, 403, /has not signed this demand/],
      [await signed(ann, UNIT, { address: stranger.address }), 403, /has not signed/],
      [
        await signed(ann, UNIT, { round: 1n }),
        409,
        /given epoch 1, round 1; open is epoch 1, round 0/,
      ],
      [await signed(ann, 21n * UNIT), 400, /given 21 units, allowed at most the capacity of 20/],
      [await signed(stranger, UNIT), 403, /has not joined/],
    ];
    for (const [given, expected, words] of refusals) {
      const [status, { error }] = await post(bodyOf(given));
      expect(status, error).to.equal(expected);
      expect(error).to.match(words);
    }
    await send(deployed.market.contract, ann, "submit", [1n, 0n, 5n]);
    // With its next look at the chain.
    await until(async () => (await post(bodyOf(demand)))[0] === 409);
    const [, { error }] = await post(bodyOf(demand));
    expect(error).to.equal(`agent: ${ann.address} has answered epoch 1, round 0 already`);
  });

  /** An account that is a contract of test/contracts/support/Wallets.sol, and a member. */
  async function walletOf(name: string, args: unknown[]): Promise<string> {
    const { abi, bytecode } = await hre.artifacts.readArtifact(name);
    const { operator } = chain.keys;
    const factory = new ContractFactory(abi as InterfaceAbi, bytecode, operator);
    const address = (await (await factory.deploy(...args)).waitForDeployment()).target as string;
    await chain.provider.send("hardhat_impersonateAccount", [address]);
    await giveEther(chain.provider, address, "1");
    const data = deployed.market.contract.interface.encodeFunctionData("join");
    const call = { from: address, to: deployed.market.address, data };
    await chain.provider.send("eth_sendTransaction", [call]);
    return address;
  }

  it("takes what a contract says is signed, within the gas that the market gives it, and the market counts it", async () => {
    const owner = wallets[3]!;
    const owned = await walletOf("OwnedWallet", [owner.address]);
    const [thrifty, dear] = [
      await walletOf("BurningWallet", [95_000]),
      await walletOf("BurningWallet", [105_000]),
    ];
    const no = await walletOf("AnsweringWallet", ["0x"]);
    const id = { chainId: 31_337n, address: deployed.market.address };
    const of = (agent: string, signer = owner): Promise<SignedDemand> =>
      signDemand(signer, id, { agent, epoch: 1n, round: 0n, demand: 0n });

    const wrong = { ...(await of(owned)), round: 1n };
    for (const [given, status] of [
      [await of(owned, wallets[0]), 403],
      [{ ...(await of(owned)), signature: (await of(thrifty)).signature }, 403],
      [wrong, 409],
      [await of(dear), 403],
      [await of(no), 403],
      [await of(thrifty), 202],
      [await of(owned), 202],
    ] as [SignedDemand, number][]) {
      expect((await post(bodyOf(given)))[0], given.agent).to.equal(status);
    }
    await chain.waitUntil((await readTotals(deployed.market)).deadline - 1800n);
    const state = async (agent: string): Promise<unknown> =>
      ((await (await fetch(`${relay.url}/demands/${agent}`)).json()) as { status: string }).status;
    await until(async () => (await state(owned)) === "counted");
    expect(await state(thrifty)).to.equal("counted");
    expect((await readTotals(deployed.market)).answered).to.equal(2n);
  });

  it("tells of itself, and of nothing else", async () => {
    const health = await fetch(`${relay.url}/health`);
    expect([health.status, await health.json()]).to.deep.equal([
      200,
      { status: "ok", problems: [] },
    ]);
    const nobody = await fetch(`${relay.url}/demands/${wallets[0]!.address}`);
    expect(nobody.status).to.equal(404);
    expect((await fetch(`${relay.url}/demands`)).status).to.equal(404);
    const metrics = await (await fetch(`${relay.url}/metrics`)).text();
    expect(metrics).to.include("clearing_relay_demands_waiting 0");
  });

  it("refuses an address that asks too often", async () => {
    const strict = await startRelay(chain.url, deployed.market.address, chain.stranger, [
      ...["--rate", "3"],
    ]);
    try {
      // Within one second or the next: of eight, at least two are too many.
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => fetch(`${strict.url}/health`)),
      );
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 429).length).to.be.at.least(2);
      expect(statuses.filter((status) => status === 200).length).to.be.at.least(3);
    } finally {
      await strict.stop();
    }
  });

  it("says in one line what an operator has to put right", async () => {
    const nowhere = chain.stranger.address;
    for (const [market, rpc, words] of [
      [nowhere, chain.url, /no contract at/],
      [deployed.market.address, "http://127.0.0.1:9", /--rpc: no Ethereum node answers/],
    ] as const) {
      const error = await startRelay(rpc, market, chain.stranger).catch((cause: unknown) => cause);
      expect((error as Error).message).to.match(words);
    }
    const poor = chain.keys.agents[0]!.deriveChild(7);
    const error = await startRelay(chain.url, deployed.market.address, poor).catch(
      (cause: unknown) => cause,
    );
    expect((error as Error).message).to.match(/the relay \(0x\w+\) has no native token for gas/);
  });
});
