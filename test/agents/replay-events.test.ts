import { expect } from "chai";
import { id, Interface, type Log } from "ethers";

import { MARKET_ABI } from "../../agents/abi.ts";
import { ChainError } from "../../agents/errors.ts";
import { readLogs, readMembers } from "../../agents/events.ts";
import { demandsOf, marketEventOf } from "../../agents/market-event.ts";
import { advance, replay, type Replay, type ReplayedEpoch } from "../../agents/replay.ts";
import { parseFixed } from "../../mechanism/fixed-point.ts";
import { STEP_RULES } from "../../mechanism/twin-arithmetic.ts";
import type { TwinDeployment, TwinParameters } from "../../mechanism/twin-state.ts";
import { TwinChain } from "./twin-chain.ts";
import { deployment, parameters, tokens } from "./twin-fleet.ts";

const fixed = parseFixed;
const abi = new Interface(MARKET_ABI);
const [a, b, c] = [1, 2, 3].map((digit) => `0x${`${digit}`.repeat(40)}`) as [
  string,
  string,
  string,
];

function open(chain: TwinChain, overrides: Partial<TwinParameters> = {}): void {
  const { rule, ...rest } = { ...parameters, ...overrides };
  chain.order("owner", "openEpoch", { ...rest, rule: STEP_RULES.indexOf(rule) });
}

/** Close a round some time after its deadline. */
function close(chain: TwinChain): void {
  chain.now = chain.market.totals.deadline + 7n;
  chain.order(c, "closeRound");
}

/** Two epochs of two rounds with all that can happen in them. */
function story(overrides: Partial<TwinDeployment> = {}): TwinChain {
  const chain = new TwinChain({ ...deployment, price: fixed("0.5"), ...overrides });
  if (chain.market.allowlisted) {
    chain.order("owner", "admit", [a, b, c], true);
    chain.order("owner", "admit", [c], false);
  } else {
    chain.order(c, "join");
  }
  chain.order(a, "deposit", tokens("40"));
  open(chain, { maxRounds: 2n, rule: "InverseSqrt" });
  chain.order(b, "deposit", tokens("30"));
  chain.order(b, "deposit", tokens("1.5"));
  chain.order(a, "submit", 1n, 0n, fixed("4"));
  chain.order(b, "submit", 1n, 0n, fixed("3"));
  close(chain);
  chain.order(b, "submit", 1n, 1n, fixed("4.5"));
  chain.order(c, "trim", [a, b, c]);
  chain.order(b, "withdraw", tokens("2"), c);
  close(chain);
  chain.order(c, "settleAccounts", [a, c]);
  chain.order(c, "withdrawFees");
  open(chain, { maxRounds: 2n, samples: 3n });
  // Its account of the first epoch is settled on the way.
  chain.order(b, "submitSamples", 2n, 0n, [fixed("1"), fixed("2"), fixed("3")]);
  close(chain);
  chain.order(a, "submitSamples", 2n, 1n, [1n, 1n, 1n]);
  chain.order(a, "withdraw", tokens("1"), a);
  close(chain);
  chain.order(c, "settleAccounts", [b]);
  chain.order(c, "withdrawRevenue");
  return chain;
}

const hashesOf = (logs: readonly Log[], count: number): string[] =>
  [...new Set(logs.map(({ transactionHash }) => transactionHash))].slice(-count);

describe("A market's events, replayed,", () => {
  for (const policy of ["Refunding", "PerSubmission"] as const) {
    for (const allowlisted of [false, true]) {
      const kind = `${policy}, ${allowlisted ? "allowlisted" : "open to all"}`;

      it(`give its whole state: ${kind}`, async () => {
        const chain = story({ policy, allowlisted });
        expect(replay(await chain.logs()).market).to.deep.equal(chain.market);
      });

      it(`give its state at any point, gone on with log by log: ${kind}`, async () => {
        const logs = await story({ policy, allowlisted }).logs();
        const grown = replay(logs.slice(0, 2));
        for (const log of logs.slice(2)) advance(grown, [log]);
        expect(grown).to.deep.equal(replay(logs));
      });

      it(`balance every statement to the base unit: ${kind}`, async () => {
        const chain = story({ policy, allowlisted });
        const { statements, market } = replay(await chain.logs());
        const put = { [a]: tokens("40"), [b]: tokens("31.5") };
        const out = { [a]: tokens("1"), [b]: tokens("2") };
        for (const agent of [a, b]) {
          const { deposited, withdrawn, payment, charge } = statements.get(agent)!;
          expect({ deposited, withdrawn }).to.deep.equal({
            deposited: put[agent],
            withdrawn: out[agent],
          });
          const { balance } = market.accounts.get(agent)!;
          expect(payment > 0n && charge > 0n).to.equal(true);
          expect(deposited - withdrawn - payment - charge).to.equal(balance);
        }
        expect(statements.has(c)).to.equal(false);
      });
    }
  }

  it("are the same of a batch as of demands that agents sent themselves", async () => {
    const logs = await story().logs();
    const at = logs.findIndex((log) => marketEventOf(log)?.name === "DemandSubmitted");
    const demands = logs.slice(at, at + 2).flatMap((log) => demandsOf(marketEventOf(log)!));
    expect(demands).to.deep.equal([
      { agent: a, demand: fixed("4") },
      { agent: b, demand: fixed("3") },
    ]);
    const words = demands.map(({ agent, demand }) => (BigInt(agent) << 96n) | demand);
    const batch = {
      transactionHash: logs[at]!.transactionHash,
      ...abi.encodeEventLog("DemandsSubmitted", [words]),
    };
    expect(demandsOf(marketEventOf(batch)!)).to.deep.equal(demands);
    expect(demandsOf(marketEventOf(logs.at(-1)!)!)).to.deep.equal([]);
    const { market, statements } = replay([...logs.slice(0, at), batch, ...logs.slice(at + 2)]);
    const alone = replay(logs);
    expect(market).to.deep.equal(alone.market);
    expect(statements).to.deep.equal(alone.statements);
  });

  it("give demand and allocation of the last epoch alone, and none until they are settled", async () => {
    const chain = story();
    const logs = await chain.logs();
    const { statements } = replay(logs);
    const { scale } = chain.market.outcomes.get(2n)!;
    expect(scale).to.equal(10n ** 18n);
    expect(statements.get(b)).to.include({ demand: fixed("2"), allocation: fixed("2") });
    // Nobody has settled its second epoch.
    expect(statements.get(a)).to.include({ demand: 0n, allocation: 0n });

    const isOfSettling = (of: Log): boolean =>
      of.topics[0] === id("AccountSettled(address,uint256,uint256,uint256,uint256)");
    const first = replay(logs.slice(0, logs.findIndex(isOfSettling) + 1));
    const { market } = first;
    expect(market.posted.epoch).to.equal(1n);
    const { demand, allocation } = first.statements.get(a)!;
    expect(allocation).to.equal(market.accounts.get(a)!.demand);
    expect(allocation > 0n && allocation < demand).to.equal(true);
    expect(first.statements.get(b)).to.include({ demand: 0n, allocation: 0n });

    // An account of the first epoch that is settled in the second says nothing of the second.
    const settlings = logs.flatMap((log, index) => (isOfSettling(log) ? [index] : []));
    const second = replay(logs.slice(0, settlings[1]! + 1));
    expect(second.market.posted.epoch).to.equal(2n);
    expect(second.statements.get(b)).to.include({ demand: 0n, allocation: 0n });
    expect(second.statements.get(b)!.payment > 0n).to.equal(true);
  });

  it("list every round: what was answered, by whom, and what came of it", async () => {
    const chain = new TwinChain({ ...deployment, price: fixed("0.5") });
    for (const agent of [a, b, c]) chain.order(agent, "deposit", tokens("40"));
    open(chain, { maxRounds: 2n });
    chain.order(a, "submit", 1n, 0n, fixed("4"));
    chain.order(b, "submit", 1n, 0n, fixed("3"));
    chain.order(c, "submit", 1n, 0n, 0n);
    close(chain);
    const price = chain.market.posted.price;
    chain.order(a, "submit", 1n, 1n, fixed("2.5"));
    close(chain);
    const logs = await chain.logs();
    const { rounds } = replay(logs);
    const [firstHash] = hashesOf(logs, 3);
    const [, lastHash] = hashesOf(logs, 2);
    expect(rounds).to.deep.equal([
      {
        epoch: 1n,
        round: 0n,
        price: fixed("0.5"),
        nextPrice: fixed("0.9"), // 0.5 + 0.2·(7 − 5)
        demand: fixed("7"),
        movement: fixed("7"),
        answered: 3,
        members: 3,
        demands: new Map([
          [a, fixed("4")],
          [b, fixed("3")],
        ]),
        hash: firstHash,
      },
      {
        epoch: 1n,
        round: 1n,
        price,
        nextPrice: fixed("1"), // 0.9 + 0.2·(5.5 − 5)
        demand: fixed("5.5"),
        movement: fixed("1.5"),
        answered: 1,
        members: 3,
        demands: new Map([
          [a, fixed("2.5")],
          [b, fixed("3")],
        ]),
        hash: lastHash,
      },
    ]);

    // A demand of the epoch before stands for nothing in the next.
    open(chain, { maxRounds: 1n });
    chain.order(b, "submit", 2n, 0n, fixed("1"));
    close(chain);
    expect(replay(await chain.logs()).rounds.at(-1)!.demands).to.deep.equal(
      new Map([[b, fixed("1")]]),
    );
  });

  it("tell why the last ended epoch settled, and nothing before the first has", async () => {
    for (const [price, expected] of [
      [fixed("1"), "RoundLimit"],
      [0n, "Converged"],
    ] as const) {
      const chain = new TwinChain({ ...deployment, price });
      const reason = async (): Promise<Replay["reason"]> => replay(await chain.logs()).reason;
      expect(await reason()).to.equal(null);
      chain.order(a, "deposit", tokens("40"));
      open(chain, { maxRounds: 1n, movementTolerance: fixed("2") });
      chain.order(a, "submit", 1n, 0n, fixed("1"));
      expect(await reason()).to.equal(null);
      close(chain);
      expect(await reason()).to.equal(expected);
    }
  });

  for (const policy of ["Refunding", "PerSubmission"] as const) {
    it(`tell of each epoch its terms, its end and what was booked of it: ${policy}`, async () => {
      const chain = story({ policy });
      const { epochs, market, statements } = replay(await chain.logs());
      const { capacity, unitFee, executionFee, progressiveFee } = parameters;
      const terms = { capacity, unitFee, executionFee, progressiveFee };
      expect(epochs).to.have.length(2);
      for (const [index, epoch] of epochs.entries()) {
        expect(epoch).to.include({ epoch: BigInt(index + 1), reason: "RoundLimit", ...terms });
      }
      const [first, second] = epochs as [ReplayedEpoch, ReplayedEpoch];
      expect([...first.allocations.keys()].sort()).to.deep.equal([a, b]);
      // Nobody has settled a's second epoch, and what it was charged there is booked when it submits or never.
      expect([...second.allocations]).to.deep.equal([[b, market.accounts.get(b)!.demand]]);

      const sum = (of: "payment" | "charge"): bigint =>
        statements.get(a)![of] + statements.get(b)![of];
      expect(first.revenue + second.revenue).to.equal(sum("payment"));
      expect(first.fees + second.fees).to.equal(sum("charge"));
      for (const { revenue, fees } of epochs) expect(revenue > 0n && fees > 0n).to.equal(true);
    });
  }

  it("tell of an open epoch that it has no end yet", async () => {
    const chain = new TwinChain({ ...deployment, price: fixed("1") });
    open(chain);
    const [epoch] = replay(await chain.logs()).epochs;
    expect(epoch).to.include({ epoch: 1n, reason: null, revenue: 0n, fees: 0n });
  });

  it("tell what each transaction was for, in the chain's order", async () => {
    const { transactions } = replay(await story().logs());
    expect([...transactions.values()]).to.deep.equal([
      "join", // c joins
      "join",
      "open",
      "join",
      "join",
      "submit",
      "submit",
      "close",
      "submit",
      "trim",
      "other", // a withdrawal
      "close",
      "settle",
      "other", // the fees
      "open",
      "submit", // with an account settled on the way
      "close",
      "submit",
      "other",
      "close",
      "settle",
      "other",
    ]);
    const admitting = replay(await story({ allowlisted: true }).logs());
    expect([...admitting.transactions.values()].slice(0, 2)).to.deep.equal(["other", "other"]);
  });

  it("that do not begin with the deployment are refused", async () => {
    const logs = await story().logs();
    for (const part of [[], logs.slice(0, 1), logs.slice(2), [logs[0]!, ...logs.slice(2)]]) {
      expect(() => replay(part)).to.throw(
        ChainError,
        "the market's events do not begin with MarketCreated; read them from its deployment on",
      );
    }
    expect(replay(logs.slice(1))).to.deep.equal(replay(logs));
    // What comes before the deployment is nobody's but the owner's; so may what comes after.
    expect(() => replay([...logs, logs[0]!])).not.to.throw();
  });
});

describe("A market's events, read,", () => {
  it("are those of the blocks asked for, both ends included", async () => {
    const chain = story();
    const all = await chain.logs();
    const blocks = all.map(({ blockNumber }) => blockNumber);
    const some = await readLogs(chain, chain.address, blocks[3]!, blocks[6]!);
    expect(some.map(({ blockNumber }) => blockNumber)).to.deep.equal(
      blocks.filter((block) => block >= blocks[3]! && block <= blocks[6]!),
    );
    expect(await readLogs(chain, a, 0, blocks.at(-1)!)).to.deep.equal([]);
  });

  it("are asked for in pieces that public nodes take, and every block once", async () => {
    const asked: [number, number][] = [];
    const read: number[] = [];
    const provider = {
      getLogs: async ({ fromBlock, toBlock }: { fromBlock: number; toBlock: number }) => {
        asked.push([fromBlock, toBlock]);
        return Promise.resolve([{ blockNumber: toBlock }]);
      },
    } as unknown as Parameters<typeof readLogs>[0];
    const logs = await readLogs(provider, a, 5, 25_000, (block) => read.push(block));
    expect(asked).to.deep.equal([
      [5, 10_004],
      [10_005, 20_004],
      [20_005, 25_000],
    ]);
    expect(read).to.deep.equal([10_004, 20_004, 25_000]);
    expect(logs.map(({ blockNumber }) => blockNumber)).to.deep.equal(read);
    expect(await readLogs(provider, a, 8, 7)).to.deep.equal([]);
  });

  it("tell who has joined, from a block on", async () => {
    const chain = story();
    expect(await readMembers(chain, chain, 0)).to.deep.equal([c, a, b]);
    const logs = await chain.logs();
    const [, second] = logs.filter((log) => log.topics[0] === id("Joined(address)"));
    expect(await readMembers(chain, chain, second!.blockNumber)).to.deep.equal([a, b]);
  });
});
