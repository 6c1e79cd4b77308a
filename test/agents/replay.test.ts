import { expect } from "chai";
import { Signature, type Log } from "ethers";

import { ChainError } from "../../agents/errors.ts";
import { readLogs } from "../../agents/events.ts";
import { advance, replay, type Replay } from "../../agents/replay.ts";
import { UNIT } from "../../mechanism/fixed-point.ts";
import { STEP_RULES } from "../../mechanism/twin-arithmetic.ts";
import { deposit } from "../../mechanism/twin.ts";
import { chainState, differences, twinState } from "../differential/market-state.ts";
import {
  order,
  startLocalChain,
  type LocalChain,
  type PairedMarket,
} from "../differential/paired-market.ts";
import { playHistory, type Setting } from "../differential/random-history.ts";

type Played = { pair: PairedMarket; logs: Log[]; replayed: Replay };

const SETTINGS = STEP_RULES.flatMap((rule, at) =>
  (["Refunding", "PerSubmission"] as const).flatMap((policy, of): Setting[] => [
    {
      seed: 710 + 10 * at + of,
      rule,
      policy,
      samples: at % 2 === 0 ? 1 : 4,
      decimals: ([0, 6, 18] as const)[(at + of) % 3]!,
      hasProgressiveFee: at >= 2,
      hasProximalWeight: of === 1,
      isExtreme: false,
    },
  ]),
);

describe("A market replayed from its events", function () {
  this.timeout(120_000);

  let chain: LocalChain;
  const played: Played[] = [];

  before(async () => {
    chain = await startLocalChain(5);
    for (const setting of SETTINGS) {
      let orders = 0;
      const pair = await playHistory(chain, setting, async (so) => {
        if (++orders % 20 === 0) await depositWithPermit(so, orders);
      });
      const { ethers } = chain.connection;
      await chain.request("eth_sendTransaction", [
        {
          from: chain.owner.address,
          to: pair.address,
          data: (await ethers.getContractAt("ClearingContract", pair.address)).interface // ownership
            .encodeFunctionData("transferOwnership", [pair.addresses[0]!]),
        },
      ]);
      const logs = await logsOf(pair);
      played.push({ pair, logs, replayed: replay(logs) });
    }
  });
  after(() => chain.connection.close());

  it("has the contract's whole state: what is posted, all sums, every account and every outcome", async () => {
    for (const { pair, replayed } of played) {
      const { addresses, address } = pair;
      const onChain = await chainState(chain.request, address, addresses);
      expect(differences(onChain, twinState(replayed.market, addresses))).to.deep.equal([]);
    }
  });

  it("has what the deployment fixed: policy, allowlist, the token's decimals and the limits", () => {
    for (const { pair, replayed } of played) {
      const { policy, allowlisted, divisor, limits } = replayed.market;
      const { twin } = pair;
      expect({ policy, allowlisted, divisor, limits }).to.deep.equal({
        policy: twin.policy,
        allowlisted: twin.allowlisted,
        divisor: twin.divisor,
        limits: twin.limits,
      });
    }
  });

  it("is the same at every point of the history, gone on with event by event", () => {
    for (const { logs, replayed } of played) {
      const first = logs.findIndex((log) => isMarketCreated(log));
      const grown = replay(logs.slice(0, first + 1));
      for (const log of logs.slice(first + 1)) advance(grown, [log]);
      expect(grown).to.deep.equal(replayed);
    }
  });

  it("gives the state the contract had when the events stop halfway", async () => {
    const setting: Setting = { ...SETTINGS[6]!, seed: 808 };
    let orders = 0;
    let compared = 0;
    await playHistory(chain, setting, async (pair) => {
      if (++orders % 17 !== 0) return;
      const { addresses, address } = pair;
      const { market } = replay(await logsOf(pair));
      const onChain = await chainState(chain.request, address, addresses);
      expect(differences(onChain, twinState(market, addresses))).to.deep.equal([]);
      compared++;
    });
    expect(compared).to.be.at.least(3);
  });

  it("tells of every agent what it put in, by the token's own transfers", async () => {
    const { ethers } = chain.connection;
    let deposits = 0;
    for (const { pair, replayed } of played) {
      const token = await ethers.getContractAt("TestToken", pair.token);
      for (const agent of pair.addresses) {
        const transfers = await token.queryFilter(
          token.filters.Transfer(agent, pair.address),
          pair.block,
        );
        const sum = transfers.reduce((total, { args }) => total + args.value, 0n);
        expect(replayed.statements.get(agent)?.deposited ?? 0n).to.equal(sum);
        deposits += transfers.length;
      }
    }
    expect(deposits).to.be.at.least(50);
  });

  it("balances every agent's statement to the base unit: in = out + paid + charged + held", () => {
    let paid = 0n;
    for (const { pair, replayed } of played) {
      for (const agent of pair.addresses) {
        const statement = replayed.statements.get(agent);
        if (statement === undefined) continue;
        const { deposited, withdrawn, payment, charge } = statement;
        const balance = replayed.market.accounts.get(agent)?.balance ?? 0n;
        expect(withdrawn + payment + charge + balance).to.equal(deposited);
        paid += payment;
      }
    }
    expect(paid > 0n).to.equal(true);
  });

  it("leaves in the contract exactly the balances, the revenue and the fees", async () => {
    const { ethers } = chain.connection;
    for (const { pair, replayed } of played) {
      const token = await ethers.getContractAt("TestToken", pair.token);
      const { accounts, funds } = replayed.market;
      const balances = [...accounts.values()].reduce((sum, { balance }) => sum + balance, 0n);
      expect(await token.balanceOf(pair.address)).to.equal(balances + funds.revenue + funds.fees);
    }
  });

  it("lists every round in order: its price is the one the round before posted, its demand the sum of demands", () => {
    for (const { replayed } of played) {
      const { rounds, market } = replayed;
      expect(new Set(rounds.map(({ epoch }) => epoch)).size).to.equal(2);
      rounds.forEach((round, index) => {
        const before = rounds[index - 1];
        if (before?.epoch === round.epoch) {
          expect(round.round).to.equal(before.round + 1n);
          expect(round.price).to.equal(before.nextPrice);
        } else {
          expect(round.round).to.equal(0n);
          if (before !== undefined) expect(round.price).to.equal(before.price);
        }
        expect([...round.demands.values()].reduce((sum, demand) => sum + demand, 0n)).to.equal(
          round.demand,
        );
      });
      for (const [epoch, outcome] of market.outcomes) {
        const last = rounds.filter((round) => round.epoch === epoch).at(-1)!;
        expect([last.price, last.round]).to.deep.equal([outcome.price, outcome.round]);
      }
      expect(replayed.reason).to.equal(market.outcomes.get(2n)!.reason);
    }
  });

  it("names the transaction that closed each round", async () => {
    const { provider } = chain.connection.ethers;
    const { replayed } = played[0]!;
    for (const { hash, epoch, round } of replayed.rounds) {
      const receipt = await provider.getTransactionReceipt(hash);
      const events = receipt!.logs.map((log) => log.topics.slice(1).map(BigInt));
      expect(events).to.deep.include([epoch, round]);
    }
  });

  it("gives no agent more than its demand, nor all together more than the capacity", () => {
    for (const { pair, replayed } of played) {
      const { capacity, epoch } = replayed.market.posted;
      const { scale } = replayed.market.outcomes.get(epoch)!;
      let allocated = 0n;
      for (const agent of pair.addresses) {
        const account = replayed.market.accounts.get(agent);
        const statement = replayed.statements.get(agent);
        // Its account holds the allocation, if it had a demand in this epoch.
        const isOfThis = account?.epoch === epoch;
        expect(statement?.allocation ?? 0n).to.equal(isOfThis ? account.demand : 0n);
        if (statement === undefined) continue;
        expect(statement.allocation <= (statement.demand * scale) / UNIT).to.equal(true);
        allocated += statement.allocation;
      }
      expect(allocated <= capacity).to.equal(true);
    }
  });

  it("refuses events that do not begin with the deployment, in one line", () => {
    const { logs } = played[0]!;
    const later = logs.slice(logs.findIndex((log) => isMarketCreated(log)) + 1);
    for (const incomplete of [later, []]) {
      expect(() => replay(incomplete)).to.throw(ChainError, /^[^\n]*MarketCreated[^\n]*$/);
    }
  });

  function logsOf(pair: PairedMarket): Promise<Log[]> {
    const { provider } = chain.connection.ethers;
    // The provider of Hardhat's ethers asks as ethers' own does.
    return provider
      .getBlockNumber()
      .then((last) =>
        readLogs(
          provider as unknown as Parameters<typeof readLogs>[0],
          pair.address,
          pair.block,
          last,
        ),
      );
  }

  /** A deposit whose approval is signed instead of sent; the twin knows it as a deposit. */
  async function depositWithPermit(pair: PairedMarket, count: number): Promise<void> {
    const { ethers } = chain.connection;
    const agent = chain.agents[0]!;
    const token = await ethers.getContractAt("TestToken", pair.token);
    const value = 1000n + BigInt(count);
    const deadline = 2n ** 40n;
    const { chainId } = await ethers.provider.getNetwork();
    const signature = await agent.signTypedData(
      { name: "Pay", version: "1", chainId, verifyingContract: pair.token },
      {
        Permit: [
          { name: "owner", type: "address" },
          { name: "spender", type: "address" },
          { name: "value", type: "uint256" },
          { name: "nonce", type: "uint256" },
          { name: "deadline", type: "uint256" },
        ],
      },
      {
        owner: agent.address,
        spender: pair.address,
        value,
        nonce: await token.nonces(agent.address),
        deadline,
      },
    );
    const { v, r, s } = Signature.from(signature);
    const args = [value, deadline, v, r, s];
    await order(pair, agent.address, "depositWithPermit", args, (twin) =>
      deposit(twin, agent.address, value),
    );
    // The permit took the place of the approval and is used up.
    await (await token.connect(agent).approve(pair.address, 2n ** 200n)).wait();
  }
});

function isMarketCreated(log: Log): boolean {
  return log.topics.length === 4 && log.data.length > 2 + 64 * 9;
}
