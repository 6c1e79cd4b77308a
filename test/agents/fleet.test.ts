import { expect } from "chai";
import { Wallet, type HDNodeWallet } from "ethers";

import type { Bot } from "../../agents/bot.ts";
import { ChainError } from "../../agents/errors.ts";
import { enrol, runEpoch, type FleetOptions } from "../../agents/fleet.ts";
import { call, openMarket, readAccount, readOffer, readTotals } from "../../agents/market.ts";
import { send, sleep } from "../../agents/send.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { fixedFromNumber, numberFromFixed, UNIT } from "../../mechanism/fixed-point.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { SETTLED } from "../../mechanism/twin-state.ts";
import { parametersOf } from "../../scripts/run/parameters.ts";
import {
  allocationsOf,
  deploy,
  giveEther,
  marketWith,
  replayOf,
  startFleetChain,
  type Deployed,
  type FleetChain,
} from "./fleet-chain.ts";

const AGENTS = 8;
const CAPACITY = 8;

class Killed extends Error {}

describe("A fleet of bots", function () {
  this.timeout(60_000);

  let chain: FleetChain;
  before(async () => {
    chain = await startFleetChain(AGENTS);
  });
  after(() => chain.close());

  const agents = drawAgents(AGENTS, 1);
  const run = async (options: FleetOptions): Promise<void> => {
    await enrol(options);
    await runEpoch(options);
  };

  /** Σ allocations ≤ capacity; what each put in is what it holds and paid; nothing is left open. */
  async function checkBooks(deployed: Deployed, capacity = CAPACITY): Promise<void> {
    const { market, statements } = await replayOf(chain, deployed);
    const allocations = await allocationsOf(deployed);
    const allocated = allocations.reduce((sum, allocation) => sum + allocation, 0n);
    expect(allocated <= fixedFromNumber(capacity)).to.equal(true);
    for (const { wallet, deposit } of deployed.members) {
      const { balance, demand, answered } = await readAccount(deployed.market, wallet.address);
      if (demand !== 0n) expect(answered).to.equal(SETTLED);
      const { deposited, withdrawn, payment, charge } = statements.get(wallet.address)!;
      expect(deposited).to.equal(deposit);
      expect(balance + withdrawn + payment + charge).to.equal(deposit);
    }
    const held = await call(deployed.market.token, "balanceOf", deployed.market.address);
    const balances = [...market.accounts.values()].reduce((sum, { balance }) => sum + balance, 0n);
    expect(held).to.equal(balances + market.funds.revenue + market.funds.fees);
  }

  it("clears the market at the equilibrium's price and settles every account", async () => {
    const market = marketWith({ capacity: CAPACITY });
    const deployed = await deploy(chain, market, agents);
    await run(deployed.options);
    const { market: end, reason } = await replayOf(chain, deployed);
    expect(reason).to.equal("Converged");
    const { price } = solveEquilibrium(agents, CAPACITY, market);
    expect(numberFromFixed(end.outcomes.get(1n)!.price)).to.be.closeTo(price, 2e-3);
    await checkBooks(deployed);
  });

  it("has nothing more to do once the epoch is settled", async () => {
    const deployed = await deploy(chain, marketWith({ capacity: CAPACITY }), agents);
    await run(deployed.options);
    let sent = 0;
    await run({ ...deployed.options, onReceipt: () => sent++ });
    expect(sent).to.equal(0);
  });

  describe("killed at any point and started again", () => {
    const cases: { strategy: Bot["strategy"]; samples: number }[] = [
      { strategy: { name: "truthful", gamma: 0.5 }, samples: 1 },
      { strategy: { name: "noisy", gamma: 0, noise: 0.05, seed: 7 }, samples: 4 },
    ];
    for (const { strategy, samples } of cases) {
      it(`ends with exactly the allocations of one that was not: ${strategy.name} bots`, async () => {
        const market = marketWith({
          capacity: CAPACITY,
          samples,
          executionFee: 0.2,
          primalTolerance: 1e-6,
          rule: strategy.name === "noisy" ? "RobbinsMonro" : "Constant",
          maxRounds: 6,
        });
        const undisturbed = await deploy(chain, market, agents, strategy);
        await run(undisturbed.options);
        const expected = await allocationsOf(undisturbed);
        const { rounds } = await replayOf(chain, undisturbed);
        expect(expected.filter((allocation) => allocation > 0n)).to.have.length.of.at.least(2);
        expect(rounds).to.have.length.of.at.least(3);

        const deployed = await deploy(chain, market, agents, strategy);
        // While joining, at the start, inside and at the end of a round, and while settling.
        let kills = 0;
        let insideRounds = 0;
        for (const sends of [5, 14, 3, 9, 1, 10, 6, 4, 1]) {
          if (await runUntilKilled(deployed, sends)) kills++;
          const { answered, members } = await readTotals(deployed.market);
          if (answered > 0n && answered < members) insideRounds++;
        }
        await run(deployed.options);
        expect(kills).to.be.at.least(5);
        expect(insideRounds).to.be.at.least(2);
        expect(await allocationsOf(deployed)).to.deep.equal(expected);
        const again = await replayOf(chain, deployed);
        const told = again.rounds.map(({ price, demand, demands }) => ({
          price,
          demand,
          demands: deployed.members.map(({ wallet }) => demands.get(wallet.address)),
        }));
        const before = rounds.map(({ price, demand, demands }) => ({
          price,
          demand,
          demands: undisturbed.members.map(({ wallet }) => demands.get(wallet.address)),
        }));
        expect(told).to.deep.equal(before);
        await checkBooks(deployed);
      });
    }
  });

  describe("when others act meanwhile", () => {
    const lazy = { name: "lazy", gamma: 0, deadband: Infinity } as const;
    const silentLast = agents.map((_, index): Bot["strategy"] =>
      index === AGENTS - 1 ? lazy : { name: "truthful", gamma: 0 },
    );

    it("goes on from a round that a stranger closed while it waited for the deadline", async () => {
      const deployed = await deploy(chain, marketWith({ capacity: CAPACITY }), agents, silentLast);
      let closed = 0;
      const waitUntil = async (time: bigint): Promise<void> => {
        await chain.waitUntil(time);
        if (closed++ < 2) await send(deployed.market.contract, chain.stranger, "closeRound", []);
      };
      await run({ ...deployed.options, waitUntil });
      expect(closed).to.be.at.least(2);
      const { rounds } = await replayOf(chain, deployed);
      expect(rounds.map(({ round }) => Number(round))).to.deep.equal(rounds.map((_, at) => at));
      await checkBooks(deployed);
    });

    it("settles when a stranger ended the epoch while it waited, stale demands and all", async () => {
      const market = marketWith({
        capacity: 5,
        initialPrice: 0.1,
        rule: "Constant",
        initialStep: 0.02,
        maxRounds: 3,
      });
      const deployed = await deploy(chain, market, agents, silentLast);
      await enrol(deployed.options);
      await submitByHand(deployed, AGENTS - 1, 4);
      let waits = 0;
      const waitUntil = async (time: bigint): Promise<void> => {
        await chain.waitUntil(time);
        // The last round of three.
        if (++waits === 2) await send(deployed.market.contract, chain.stranger, "closeRound", []);
      };
      await runEpoch({ ...deployed.options, waitUntil });
      expect(waits).to.equal(2);
      const { reason, rounds } = await replayOf(chain, deployed);
      expect(reason).to.equal("RoundLimit");
      expect(rounds).to.have.lengthOf(3);
      await checkBooks(deployed, 5);
    });

    it("ends as it would alone when another keeper is always first to close the round", async () => {
      const market = marketWith({ capacity: CAPACITY, maxRounds: 3 });
      const alone = await deploy(chain, market, agents);
      await run(alone.options);
      const deployed = await deploy(chain, market, agents);
      const { contract } = deployed.market;
      const second = chain.keys.operator.connect(chain.provider);
      const closes = contract.interface.encodeFunctionData("closeRound");
      let overtaken = 0;
      second.signTransaction = async (request) => {
        if (request.data === closes) {
          await send(contract, chain.stranger, "closeRound", []);
          overtaken++;
        }
        return chain.keys.operator.signTransaction(request);
      };
      await run({ ...deployed.options, keeper: second });
      const { rounds } = await replayOf(chain, deployed);
      expect(overtaken).to.equal(rounds.length);
      expect(rounds).to.have.lengthOf(3);
      expect(await allocationsOf(deployed)).to.deep.equal(await allocationsOf(alone));
      await checkBooks(deployed);
    });

    it("settles without a member that has died, which pays no more than it agreed to", async () => {
      const market = marketWith({ capacity: 10, initialPrice: 0.2, rule: "Secant" });
      const deployed = await deploy(chain, market, agents, silentLast);
      await enrol(deployed.options);
      // Its last word: most of the capacity, at the first price. Then it is never heard again.
      const agreed = 9;
      await submitByHand(deployed, AGENTS - 1, agreed);
      await runEpoch(deployed.options);
      const replayed = await replayOf(chain, deployed);
      expect([...replayed.transactions.values()]).to.include("trim");
      const { price } = replayed.market.outcomes.get(1n)!;
      expect(price > fixedFromNumber(0.2)).to.equal(true);
      const { wallet } = deployed.members.at(-1)!;
      const { payment, charge, allocation } = replayed.statements.get(wallet.address)!;
      expect(payment > 0n).to.equal(true);
      // 18 decimals; both roundings are at most one base unit.
      expect(payment <= fixedFromNumber(agreed * 0.2) + 1n).to.equal(true);
      expect(charge <= fixedFromNumber(agreed * 0.5) + 1n).to.equal(true);
      expect(allocation <= (fixedFromNumber(agreed * 0.2) * UNIT) / price).to.equal(true);
      // Its phantom demand is gone, so the others get what it could not pay for.
      const total = (await allocationsOf(deployed)).reduce((sum, one) => sum + one, 0n);
      expect(numberFromFixed(total)).to.be.closeTo(10, 0.05);
      await checkBooks(deployed, 10);
    });

    it("goes into the next epoch with accounts that nobody has settled", async () => {
      // A deposit that just covers what is bought: the unsettled balance is not all there to spend.
      const market = marketWith({
        capacity: CAPACITY,
        deposit: 3,
        initialPrice: 0.5,
        maxRounds: 4,
      });
      const deployed = await deploy(chain, market, agents);
      await enrol(deployed.options);
      const killer: FleetOptions = {
        ...deployed.options,
        onRound: async () => {
          if (!(await readOffer(deployed.market)).open) throw new Killed();
        },
      };
      await runEpoch(killer).then(
        () => expect.fail("it was to die before settling"),
        (error: unknown) => expect(error).to.be.instanceOf(Killed),
      );
      const { contract } = deployed.market;
      await send(contract, chain.keys.operator, "openEpoch", [parametersOf(market, agents)]);
      await runEpoch(deployed.options);
      await checkBooks(deployed);
      const { market: end } = await replayOf(chain, deployed);
      expect([...end.outcomes.keys()]).to.deep.equal([1n, 2n]);
    });
  });

  describe("that cannot work says so in one line", () => {
    /** The error, which must be for an operator to read. */
    async function complaintOf(action: Promise<unknown>): Promise<string> {
      try {
        await action;
      } catch (error) {
        expect(error).to.be.instanceOf(ChainError);
        const { message } = error as Error;
        expect(message).not.to.include("\n");
        expect(message.length).to.be.within(10, 250);
        return message;
      }
      return expect.fail("there was no complaint");
    }

    it("when there is no contract at the address", async () => {
      const { address } = Wallet.createRandom();
      const { operator } = chain.keys;
      expect(await complaintOf(openMarket(address, operator))).to.include(address);
    });
    it("when the contract at the address is no market", async () => {
      const deployed = await deploy(chain, marketWith({}), agents.slice(0, 1));
      const address = deployed.market.token.target as string;
      const { operator } = chain.keys;
      expect(await complaintOf(openMarket(address, operator))).to.include(address);
    });
    it("when an agent has no tokens", async () => {
      const deployed = await deploy(chain, marketWith({}), agents.slice(0, 2));
      const member = { ...deployed.members[1]!, deposit: 10n ** 30n };
      const options = { ...deployed.options, members: [deployed.members[0]!, member] };
      const complaint = await complaintOf(enrol(options));
      expect(complaint).to.include("agent-1").and.include(member.wallet.address);
    });
    it("when an agent has no ether to join with", async () => {
      const deployed = await deploy(chain, marketWith({}), agents.slice(0, 2));
      await giveEther(chain.provider, deployed.members[1]!.wallet.address, "0");
      try {
        expect(await complaintOf(enrol(deployed.options))).to.include("ether");
      } finally {
        await giveEther(chain.provider, deployed.members[1]!.wallet.address, "100");
      }
    });
    it("when an agent has no ether to answer with", async () => {
      const deployed = await deploy(chain, marketWith({}), agents.slice(0, 2));
      await enrol(deployed.options);
      await giveEther(chain.provider, deployed.members[1]!.wallet.address, "0");
      try {
        expect(await complaintOf(runEpoch(deployed.options))).to.include("ether");
      } finally {
        await giveEther(chain.provider, deployed.members[1]!.wallet.address, "100");
      }
    });
    it("when the market refuses a transaction", async () => {
      const deployed = await deploy(chain, marketWith({}), agents.slice(0, 1));
      const { contract } = deployed.market;
      const refusal = send(contract, chain.stranger, "submit", [1n, 0n, 1n], 200_000n);
      expect(await complaintOf(refusal)).to.include(chain.stranger.address);
    });
  });

  /**
   * Run a fleet that dies after having sent so many transactions: it sends none after them.
   *
   * @returns false if it had finished before
   */
  async function runUntilKilled(deployed: Deployed, sends: number): Promise<boolean> {
    let sent = 0;
    const mortal = <Key extends Wallet | HDNodeWallet>(wallet: Key): Key => {
      const copy = wallet.connect(chain.provider) as Key;
      copy.signTransaction = async (request) => {
        if (++sent > sends) throw new Killed();
        return wallet.signTransaction(request);
      };
      return copy;
    };
    try {
      const members = deployed.members.map((one) => ({ ...one, wallet: mortal(one.wallet) }));
      await run({ ...deployed.options, members, keeper: mortal(chain.keys.operator) });
      return false;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      // What had been sent already arrives before the next fleet starts.
      await sleep(50);
      return true;
    }
  }

  /** A demand (units) that a member sends without its bot. */
  async function submitByHand(deployed: Deployed, index: number, demand: number): Promise<void> {
    const { epoch, round } = await readOffer(deployed.market);
    const { wallet } = deployed.members[index]!;
    const args = [epoch, round, fixedFromNumber(demand)];
    await send(deployed.market.contract, wallet, "submit", args);
  }
});
