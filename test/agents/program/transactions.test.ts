import { expect } from "chai";
import { Interface, Transaction } from "ethers";

import { MARKET_ABI } from "../../../agents/abi.ts";
import { readAccount, readOffer, readTotals, type Market } from "../../../agents/market.ts";
import { SETTLED } from "../../../mechanism/twin-state.ts";
import { giveEther, replayOf, type Deployed } from "../fleet-chain.ts";
import { AGENTS, GWEI, keeperOf, newMarket, overProxy, startRun } from "./running-fleet.ts";

const abi = new Interface(MARKET_ABI);

describe("Agents as a program: transactions on their way", function () {
  this.timeout(60_000);

  const over = overProxy();
  beforeEach(() => mineOnDemand(true));
  afterEach(() => mineOnDemand(true));

  const mineOnDemand = async (on: boolean): Promise<void> => {
    await over.chain.provider.send("evm_setAutomine", [on]);
    if (on) await mine();
  };
  const mine = (): Promise<unknown> => over.chain.provider.send("evm_mine", []);
  const setBaseFee = (wei: bigint): Promise<unknown> =>
    over.chain.provider.send("hardhat_setNextBlockBaseFeePerGas", [`0x${wei.toString(16)}`]);
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));
  const step = (name: string): Promise<number> =>
    over.fleet!.metric("clearing_transaction_steps_total", `step="${name}"`);
  const outcome = (name: string): Promise<number> =>
    over.fleet!.metric("clearing_transactions_total", `outcome="${name}"`);

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) await pause(20);
  }
  const allJoined = (market: Market): Promise<void> =>
    until(async () => (await readTotals(market)).members === BigInt(AGENTS));

  /** Each agent's nonce is what it has sent, its deposit went in once, and the market has settled. */
  async function checkOutcome(deployed: Deployed): Promise<void> {
    const { statements, market } = await replayOf(over.chain, deployed);
    expect(market.outcomes.get(1n)!.reason).to.equal("Converged");
    for (const { wallet, deposit } of deployed.members) {
      expect(statements.get(wallet.address)!.deposited).to.equal(deposit);
    }
  }

  it("replaces what is stuck below the base fee, at the same nonce, and only one of them is mined", async () => {
    const market = await newMarket(over.chain);
    const nonces = await Promise.all(
      market.members.map(({ wallet }) => over.chain.provider.getTransactionCount(wallet.address)),
    );
    await mineOnDemand(false);
    over.fleet = startRun(
      market,
      { rpc: [over.chain.url], gas: { bumpAfter: 0.3 } },
      { once: false },
    );
    await over.fleet.heard("transaction sent", AGENTS);
    // All of them offer less than the base fee that comes now.
    await setBaseFee(40n * GWEI);
    await mine();
    await over.fleet.heard("transaction replaced", AGENTS);
    for (let blocks = 0; blocks < 3 && (await step("mined")) < AGENTS; blocks++) {
      await pause(100);
      await mine();
    }
    await mineOnDemand(true);
    await allJoined(market.market);
    for (const [index, { wallet }] of market.members.entries()) {
      // An approval and a deposit each.
      expect(await over.chain.provider.getTransactionCount(wallet.address)).to.equal(
        nonces[index]! + 2,
      );
    }
    await market.open();
    await over.fleet.heard("epoch ended");
    await checkOutcome(market);
    expect(await step("overtaken")).to.equal(0);
  });

  it("offers no more than the cap, says so, and waits for a lower base fee", async () => {
    const market = await newMarket(over.chain);
    await setBaseFee(20n * GWEI);
    await mine();
    const offers: bigint[] = [];
    const url = await over.through(({ method, params }) => {
      if (method === "eth_sendRawTransaction") {
        offers.push(Transaction.from((params as [string])[0]).maxFeePerGas!);
      }
      return "pass";
    });
    over.fleet = startRun(
      market,
      { rpc: [url], gas: { bumpAfter: 0.2, maxFee: 5 } },
      { once: false },
    );
    await over.fleet.heard("transaction capped", AGENTS);
    expect((await readTotals(market.market)).members).to.equal(0n);
    await setBaseFee(GWEI);
    await mine();
    await allJoined(market.market);
    expect(offers.every((offer) => offer <= 5n * GWEI)).to.equal(true);
    await market.open();
    await over.fleet.heard("epoch ended");
    await checkOutcome(market);
  });

  it("finds what a former life has sent by its nonce, lets it be mined, and does not double it", async () => {
    const market = await newMarket(over.chain);
    await mineOnDemand(false);
    const { wallet } = market.members[0]!;
    const approval = market.market.token.interface.encodeFunctionData("approve", [
      market.market.address,
      market.members[0]!.deposit,
    ]);
    const to = market.market.token.target as string;
    await wallet
      .connect(over.chain.provider)
      .sendTransaction({ to, data: approval, gasLimit: 100_000n });
    const gas = { bumpAfter: 20 };
    over.fleet = startRun(market, { rpc: [over.chain.url], gas }, { once: false, to: 1 });
    await over.fleet.heard("transaction former");
    await mineOnDemand(true);
    await over.fleet.heard("somebody was first");
    await until(async () => (await readAccount(market.market, wallet.address)).epoch !== 0n);
    expect(await step("sent")).to.equal(1); // the deposit alone
  });

  it("replaces what a former life has sent if it is never mined", async () => {
    const market = await newMarket(over.chain);
    await mineOnDemand(false);
    const { wallet } = market.members[0]!;
    const own = wallet.connect(over.chain.provider);
    // Dearer than what anybody would offer now, and of no use.
    await own.sendTransaction({
      to: wallet.address,
      gasLimit: 21_000n,
      maxFeePerGas: 10n * GWEI,
      maxPriorityFeePerGas: 2n * GWEI,
    });
    const nonce = await over.chain.provider.getTransactionCount(wallet.address);
    over.fleet = startRun(
      market,
      { rpc: [over.chain.url], gas: { bumpAfter: 0.2 } },
      { once: false, to: 1 },
    );
    await over.fleet.heard("transaction former");
    const { nonce: used } = await over.fleet.heard("transaction sent");
    expect(used).to.equal(nonce);
    // Again and again dearer, until it takes the other's place.
    type Pending = { from: string; input: string }[];
    await until(async () =>
      ((await over.chain.provider.send("eth_pendingTransactions", [])) as Pending).some(
        ({ from, input }) => from === wallet.address.toLowerCase() && input !== "0x",
      ),
    );
    await mineOnDemand(true);
    await until(async () => (await readAccount(market.market, wallet.address)).epoch !== 0n);
    expect(await over.chain.provider.getTransactionCount(wallet.address)).to.equal(nonce + 2);
  });

  it("looks again when somebody else has used its nonce", async () => {
    const market = await newMarket(over.chain);
    const used = new Set<string>();
    const url = await over.through(({ method, params }) => {
      if (method !== "eth_sendRawTransaction") return "pass";
      const { from, nonce } = Transaction.from((params as [string])[0]);
      const member = market.members.find(({ wallet }) => wallet.address === from);
      if (member === undefined || used.has(from!)) return "pass";
      used.add(from!);
      const own = member.wallet.connect(over.chain.provider);
      void own.sendTransaction({ to: from, nonce, gasLimit: 21_000n });
      return { delay: 300 };
    });
    over.fleet = startRun(market, { rpc: [url] }, { once: false });
    await allJoined(market.market);
    expect(await step("overtaken")).to.equal(AGENTS);
    await market.open();
    await over.fleet.heard("epoch ended");
    await checkOutcome(market);
    expect(await outcome("failed")).to.equal(0);
  });

  it("tells a round that was closed meanwhile from a failure", async () => {
    const market = await newMarket(over.chain);
    let isClosed = false;
    const url = await over.through(({ method, params }) => {
      if (isClosed || method !== "eth_sendRawTransaction") return "pass";
      const { data } = Transaction.from((params as [string])[0]);
      if (abi.parseTransaction({ data })?.name !== "submit") return "pass";
      isClosed = true;
      void (async () => {
        await over.chain.provider.send("evm_increaseTime", [3600]);
        const { contract } = market.market;
        await contract
          .connect(over.chain.keys.operator)
          .getFunction("closeRound")
          .send({ gasLimit: 300_000n });
      })();
      return { delay: 400 };
    });
    over.fleet = startRun(market, { rpc: [url] }, { once: false });
    await allJoined(market.market);
    await market.open();
    await over.fleet.heard("epoch ended");
    expect(await step("reverted")).to.be.at.least(1);
    expect(await outcome("late")).to.be.at.least(1);
    expect(await outcome("failed")).to.equal(0);
    expect(await outcome("refused")).to.equal(0);
  });

  it("sends again what a reorganisation took back, submissions and settlement", async () => {
    const market = await newMarket(over.chain, { roundLength: 100_000 });
    // The last agent is nobody's: the round stays open.
    const slices = startRun(market, { rpc: [over.chain.url] }, { once: false, to: 2 });
    over.fleet = slices;
    const joined = async (): Promise<boolean> => (await readTotals(market.market)).members === 2n;
    await until(joined);
    const third = market.members[2]!.wallet;
    await market.market.contract
      .connect(third.connect(over.chain.provider))
      .getFunction("join")
      .send();
    await market.open();
    const before = (await over.chain.provider.send("evm_snapshot", [])) as string;
    const answered = async (): Promise<boolean> =>
      (await readTotals(market.market)).answered === 2n;
    await until(answered);
    await pause(200); // the fleet has seen it, too
    await over.chain.provider.send("evm_revert", [before]);
    expect(await answered()).to.equal(false);
    await over.chain.provider.send("evm_increaseTime", [5]);
    await mine();
    await until(answered);
    expect(await slices.metric("clearing_reorgs_total")).to.be.at.least(1);

    let open: string | undefined;
    const settled = async (): Promise<boolean> => {
      const accounts = await Promise.all(
        market.members.slice(0, 2).map(({ wallet }) => readAccount(market.market, wallet.address)),
      );
      return accounts.every(({ demand, answered: at }) => demand === 0n || at === SETTLED);
    };
    // From here on the third answers whatever stands, until the epoch is over.
    while ((await readOffer(market.market)).open) {
      const { epoch, round } = await readOffer(market.market);
      open = (await over.chain.provider.send("evm_snapshot", [])) as string;
      await market.market.contract
        .connect(third.connect(over.chain.provider))
        .getFunction("submit")
        .send(epoch, round, 0n, { gasLimit: 300_000n })
        .catch(() => undefined);
      await until(async () => {
        const now = await readOffer(market.market);
        return !now.open || now.round !== round;
      });
    }
    await until(settled);
    await pause(200);
    await over.chain.provider.send("evm_revert", [open]);
    expect((await readOffer(market.market)).open).to.equal(true);
    await over.chain.provider.send("evm_increaseTime", [5]);
    await mine();
    const { epoch, round } = await readOffer(market.market);
    await market.market.contract
      .connect(third.connect(over.chain.provider))
      .getFunction("submit")
      .send(epoch, round, 0n, { gasLimit: 300_000n });
    await until(async () => !(await readOffer(market.market)).open);
    await until(settled);
    expect(await slices.metric("clearing_reorgs_total")).to.be.at.least(2);
  });

  it("goes by the chain's clock, however wrong the machine's", async () => {
    const market = await newMarket(over.chain, { roundLength: 3600 });
    const { now } = Date;
    let closes = 0;
    const url = await over.through(({ method, params }) => {
      if (method === "eth_estimateGas") {
        const { data } = (params as [{ data: string }])[0];
        if (abi.parseTransaction({ data })?.name === "closeRound") closes++;
      }
      return "pass";
    });
    over.fleet = startRun(market, { rpc: [url] }, { once: false, to: 2 });
    await until(async () => (await readTotals(market.market)).members === 2n);
    const third = market.members[2]!.wallet.connect(over.chain.provider);
    await market.market.contract.connect(third).getFunction("join").send();
    await market.open();
    await until(async () => (await readTotals(market.market)).answered === 2n);
    try {
      Date.now = () => now() + 10 * 86_400_000;
      await pause(300);
      expect(closes, "the machine says that the deadline is past").to.equal(0);
      Date.now = () => now() - 10 * 86_400_000;
      // No block is mined: the chain tells its time all the same.
      await over.chain.provider.send("evm_increaseTime", [3600]);
      await until(async () => (await readOffer(market.market)).round > 0n);
      expect(closes).to.be.at.least(1);
    } finally {
      Date.now = now;
    }
  });

  it("stops before it spends more than its budget, says so in its log and in /health", async () => {
    const market = await newMarket(over.chain);
    const addresses = [keeperOf().address, ...market.members.map(({ wallet }) => wallet.address)];
    const held = async (): Promise<bigint> => {
      const balances = await Promise.all(
        addresses.map((one) => over.chain.provider.getBalance(one)),
      );
      return balances.reduce((sum, balance) => sum + balance, 0n);
    };
    await setBaseFee(GWEI);
    await mine();
    const before = await held();
    over.fleet = startRun(
      market,
      { rpc: [over.chain.url], budget: { total: 0.0005 } },
      { once: false },
    );
    const { error } = await over.fleet.heard("the budget is spent");
    expect(error).to.match(/^budget.total: 0\.\d+ of 0.0005 spent or set aside/);
    await pause(300);
    const sent = await step("sent");
    expect(sent).to.be.at.least(1);
    const { status, body } = await over.fleet.health();
    expect(status).to.equal(503);
    expect(body["problems"]).to.match(/the budget is spent/);
    await mine();
    await pause(200);
    expect(await step("sent"), "nothing is sent any more").to.equal(sent);
    expect(before - (await held()) <= 5n * 10n ** 14n).to.equal(true);
    expect(await over.fleet.metric("clearing_budget_spent")).to.equal(1);
    await over.fleet.stop();

    const once = startRun(market, { rpc: [over.chain.url], budget: { total: 1e-9 } });
    const complaint = await once.done.catch((reason: unknown) => (reason as Error).message);
    expect(complaint).to.match(/^budget.total: /);
  });

  it("goes on without an agent that can no longer pay for gas, and says which", async () => {
    const market = await newMarket(over.chain);
    over.fleet = startRun(market, { rpc: [over.chain.url] }, { once: false });
    await allJoined(market.market);
    const { wallet } = market.members[0]!;
    await giveEther(over.chain.provider, wallet.address, "0.000000001");
    await market.open();
    const { who, error } = await over.fleet.heard("failed");
    expect(who).to.equal(wallet.address);
    expect(error).to.include("not enough ether for gas");
    await until(async () => (await readTotals(market.market)).answered === BigInt(AGENTS - 1));
  });
});
