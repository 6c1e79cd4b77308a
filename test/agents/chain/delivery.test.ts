import { expect } from "chai";
import { makeError, type Transaction } from "ethers";

import { BudgetSpent } from "../../../agents/chain/budget.ts";
import { Overtaken, type Mined } from "../../../agents/chain/call.ts";
import { RpcError } from "../../../agents/chain/faults.ts";
import { Stopped } from "../../../agents/chain/pause.ts";
import { NoAnswer } from "../../../agents/chain/transport.ts";
import { ChainError } from "../../../agents/errors.ts";
import { GWEI, MARKET, NodeOfOne } from "./node-of-one.ts";
import { OwnClock } from "./own-clock.ts";

const COST = 50_000n * 2n * GWEI;
const POOR = "insufficient funds for gas * price + value";

describe("Bringing a transaction to its end", () => {
  let node: NodeOfOne;
  /** Mine the newest transaction at the look after it came in. */
  const mineSoon = (status?: string): void => {
    node.refuse = () => {
      node.onLook = () => {
        node.onLook = () => undefined;
        node.mine(undefined, status);
      };
      return undefined;
    };
  };
  beforeEach(() => {
    node = new NodeOfOne();
  });
  afterEach(() => node.leave());

  it("counts what it has cost, also if the market refused it", async () => {
    let spent = 0n;
    const onSpent = (wei: bigint): void => void (spent += wei);
    mineSoon();
    expect(await node.deliver("0x01", { onSpent })).to.include({ cost: COST });
    expect(spent).to.equal(COST);
    mineSoon("0x0");
    expect(((await node.deliver("0x02", { onSpent })) as ChainError).message).to.match(
      /^transaction 0x\w{64} failed and the node gives no reason; it used 50000 gas of 100000$/,
    );
    expect([spent, node.budget.spent()]).to.deep.equal([2n * COST, 2n * COST]);
  });

  it("is not sent where a former life's was mined after the caller looked and before the nonce was read", async () => {
    const order: string[] = [];
    const isMissing = (): Promise<boolean> => {
      order.push(...node.asked);
      return Promise.resolve(false);
    };
    expect(await node.deliver("0x01", { isMissing })).to.be.instanceOf(Overtaken);
    // Asked before, what is mined between the two would be done twice.
    expect(order).to.deep.equal(["eth_getTransactionCount", "eth_getTransactionCount"]);
    expect(node.sent).to.deep.equal([]);
  });

  it("waits for what another process with the same key has on its way, and sends nothing beside it", async () => {
    node.pending = 6;
    node.onLook = () => {
      if (node.steps.includes("former")) node.mineAnother();
    };
    expect(await node.deliver("0x01")).to.be.instanceOf(Overtaken);
    expect(node.sent).to.deep.equal([]);
  });

  it("is not sent when it is not wanted any more", async () => {
    expect(await node.deliver("0x01", { isWanted: () => false })).to.be.instanceOf(Overtaken);
    expect(node.sent).to.deep.equal([]);
  });

  it("is left alone as soon as it is not wanted, and the next takes its place at the same nonce", async () => {
    let isWanted = true;
    node.refuse = () => void (isWanted = false);
    const late = await node.deliver("0x01", { isWanted: () => isWanted });
    expect(late).to.be.instanceOf(Overtaken);
    mineSoon();
    expect(await node.deliver("0x02")).to.include({ cost: COST });
    const [first, second] = node.sent;
    expect([first!.data, second!.data]).to.deep.equal(["0x01", "0x02"]);
    expect(second!.nonce).to.equal(first!.nonce);
    expect(second!.maxFeePerGas! >= (first!.maxFeePerGas! * 110n) / 100n).to.equal(true);
  });

  it("is told as mined when it was mined before it was unwanted", async () => {
    let isWanted = true;
    node.refuse = () => {
      node.onLook = () => {
        if (isWanted) node.mine();
        isWanted = false;
      };
      return undefined;
    };
    expect(await node.deliver("0x01", { isWanted: () => isWanted })).to.include({ cost: COST });
  });

  it("is not taken for what an earlier call has left at its nonce, which is paid for all the same", async () => {
    let [isWanted, spent] = [true, 0n];
    node.refuse = () => void (isWanted = false);
    const onSpent = (wei: bigint): void => void (spent += wei);
    await node.deliver("0x01", { isWanted: () => isWanted });
    node.refuse = () =>
      void (node.onLook = () => {
        node.onLook = () => undefined;
        node.mine(node.sent[0]);
      });
    expect(await node.deliver("0x02", { onSpent })).to.include({
      name: "Overtaken",
      message: `${node.sent[0]!.hash}, which an earlier look had sent, was mined in its place`,
    });
    expect([spent, node.budget.spent()]).to.deep.equal([COST, COST]);
    expect(node.sender.onTheirWay()).to.deep.equal([]);
  });

  it("offers what is usual after a transaction that its sender could not pay for", async () => {
    node = new NodeOfOne({}, { total: 10n ** 18n });
    node.refuse = () => POOR;
    for (const data of ["0x01", "0x02", "0x03"]) {
      expect(await node.deliver(data)).to.be.instanceOf(ChainError);
    }
    const offers = node.sent.map(({ maxFeePerGas }) => maxFeePerGas);
    expect(offers).to.deep.equal([3n * GWEI, 3n * GWEI, 3n * GWEI]);
    expect(node.budget.left()).to.equal(10n ** 18n);
    expect(node.sender.onTheirWay()).to.deep.equal([]);
  });

  it("is not handed in at every look while its fee is at the cap", async () => {
    node = new NodeOfOne({ cap: GWEI });
    node.refuse = () => "max fee per gas less than block base fee";
    let looks = 0;
    node.onLook = () => {
      if (++looks === 20) node.leave();
    };
    await node.deliver("0x01");
    expect(node.sent).to.have.lengthOf(2);
    expect(node.steps).to.deep.equal(["sent", "capped", "sent again"]);
  });

  it("is sent again first, and not replaced at once, when an earlier call has left it", async () => {
    let [isWanted, looks] = [true, 0];
    node.refuse = () => void (isWanted = false);
    await node.deliver("0x01", { isWanted: () => isWanted });
    node.onLook = () => {
      if (++looks === 5) node.leave();
    };
    await node.deliver("0x01");
    expect(node.steps).to.deep.equal(["sent", "sent again"]);
  });

  it("raises its offer until it is more than what stands at its nonce", async () => {
    node.refuse = ({ maxFeePerGas }) => {
      if (maxFeePerGas! < 5n * GWEI) return "replacement transaction underpriced";
      node.onLook = () => {
        node.onLook = () => undefined;
        node.mine();
      };
      return undefined;
    };
    expect(await node.deliver("0x01")).to.include({ cost: COST });
    expect(new Set(node.sent.map(({ nonce }) => nonce)).size).to.equal(1);
  });

  it("leaves its sender what it is to keep, whatever another life has spent", async () => {
    const most = 100_000n * 3n * GWEI;
    node = new NodeOfOne({}, {}, 10n ** 15n);
    node.balance = 10n ** 15n + most - 1n;
    const error = (await node.deliver("0x01")) as BudgetSpent;
    expect(error).to.be.instanceOf(BudgetSpent).and.to.have.property("isTotal", false);
    expect(error.message).to.match(
      /budget\.keep: 0\.001\d+ held, 0\.001 kept, .* may cost 0\.0003/,
    );
    expect(node.sent).to.deep.equal([]);
    node.balance++;
    mineSoon();
    expect(await node.deliver("0x01")).to.include({ cost: COST });
  });

  it("waits for what is set aside, and stops for what is spent", async () => {
    node = new NodeOfOne({}, { total: 4n * 100_000n * 3n * GWEI });
    node.budget.reserve("another", 9n * 100_000n * GWEI);
    node.budget.reserve("a third", 3n * 100_000n * GWEI);
    const busy = await node.deliver("0x01");
    expect((busy as Error).name).to.equal("BudgetInUse");
    node.budget.settle("another", 0n);
    mineSoon();
    expect(await node.deliver("0x01")).to.include({ cost: COST });
    node.budget.settle("a third", 10n * 100_000n * GWEI);
    expect(await node.deliver("0x02")).to.be.instanceOf(BudgetSpent);
  });

  it("is a transaction of the chain, with what it offers and where it stands told at each step", async () => {
    mineSoon();
    const { wallet } = node;
    expect(await node.deliver("0x01")).to.deep.equal({
      hash: node.sent[0]!.hash,
      gasUsed: 50_000n,
      cost: COST,
      logs: [],
    });
    const [sent] = node.sent as [Transaction];
    expect(sent).to.include({ type: 2, chainId: 1n, nonce: 5, gasLimit: 100_000n });
    expect(sent).to.include({ maxFeePerGas: 3n * GWEI, maxPriorityFeePerGas: GWEI });
    expect(sent).to.include({ to: MARKET, data: "0x01", from: wallet.address });
    const { hash } = sent;
    expect(node.steps).to.deep.equal(["sent", "mined"]);
    expect(node.told).to.deep.equal([
      { from: wallet.address, nonce: 5, hash, maxFee: 3n * GWEI },
      { from: wallet.address, hash, gasUsed: 50_000n },
    ]);
    // No balance without a sum to keep, no receipt before the nonce is gone.
    const count = "eth_getTransactionCount";
    expect(node.asked).to.deep.equal([
      ...[count, count, "eth_maxPriorityFeePerGas", "eth_sendRawTransaction"],
      ...[count, "eth_getTransactionReceipt"],
    ]);
  });

  it("tells the events of the transaction, and what a rollup asked for its place on L1", async () => {
    const logs = [{ address: MARKET, topics: ["0xab"], data: "0x" }];
    node.refuse = () => {
      node.onLook = () => {
        node.onLook = () => undefined;
        node.mine(undefined, "0x1", { logs, l1Fee: "0x7" });
      };
      return undefined;
    };
    const mined = (await node.deliver("0x01")) as Mined;
    expect(mined.logs).to.deep.equal(logs);
    expect([mined.cost, node.budget.spent()]).to.deep.equal([COST + 7n, COST + 7n]);
  });

  it("tells why the market refused it, by what it says to the same call in the same block", async () => {
    mineSoon("0x0");
    node.verdict = makeError("execution reverted", "CALL_EXCEPTION", {
      ...{ action: "call", data: null, reason: "too late", invocation: null, revert: null },
      transaction: { to: MARKET, data: "0x01" },
    });
    expect(await node.deliver("0x01")).to.include({
      name: "ChainError",
      message: "the call reverted: too late",
    });
    expect(node.simulated).to.deep.equal([
      { from: node.wallet.address, to: MARKET, data: "0x01", blockTag: 2 },
    ]);
    expect(node.steps).to.deep.equal(["sent", "reverted"]);
  });

  it("may take a quarter more gas than the node estimates, where the caller names none", async () => {
    mineSoon();
    expect(await node.deliver("0x01", { gasLimit: undefined })).to.include({ cost: COST });
    expect(node.sent[0]!.gasLimit).to.equal(100_000n);
    expect(node.simulated).to.deep.equal([{ from: node.wallet.address, to: MARKET, data: "0x01" }]);
    node.gas = makeError("no", "TIMEOUT", { operation: "estimateGas", reason: "late" });
    expect(await node.deliver("0x02", { gasLimit: undefined })).to.include({
      name: "ChainError",
      message: "the node does not answer in time",
    });
    expect(node.sent).to.have.lengthOf(1);
  });

  it("offers the tip the node suggests, or a usual one where it has no suggestion", async () => {
    const silence = new NoAnswer("nobody");
    const offers: unknown[] = [];
    for (const tip of [7n * GWEI, new RpcError(-32601, "not supported"), silence]) {
      node = new NodeOfOne();
      node.tip = tip;
      mineSoon();
      const end = await node.deliver("0x01");
      offers.push(tip === silence ? end : node.sent[0]!.maxPriorityFeePerGas);
    }
    expect(offers).to.deep.equal([7n * GWEI, GWEI, silence]);
  });

  it("says in its own words why it is not to be waited for", async () => {
    const from = node.wallet.address;
    const missing = await node.deliver("0x01", { isMissing: async () => false });
    const unwanted = await node.deliver("0x01", { isWanted: () => false });
    node.refuse = () => {
      node.mineAnother();
      return undefined;
    };
    const overtaken = await node.deliver("0x01", { isMissing: async () => true });
    for (const [error, message] of [
      [missing, `the chain has got already what ${from} was to send`],
      [unwanted, `what ${from} was to send is not wanted any more`],
      [overtaken, `nonce 5 of ${from} is not this transaction's any more`],
    ]) {
      expect(error).to.include({ name: "Overtaken", message });
    }
  });

  it("is not known to be lost before its nonce is gone at four looks in a row, without a receipt", async () => {
    const nonces = [5, 6, 6, 6, 5, 5, 6, 6, 6, 6];
    node.refuse = () => {
      node.onLook = () => {
        const nonce = nonces.shift() ?? expect.fail("it was to be given up before");
        // Blocks come with the first of them, and must not be needed by the last.
        if (nonces.length > 3) node.mineAnother();
        node.nonce = nonce;
      };
      return undefined;
    };
    expect(await node.deliver("0x01")).to.be.instanceOf(Overtaken);
    expect(nonces).to.deep.equal([]);
    expect(node.steps).to.deep.equal(["sent", "overtaken"]);
    expect(node.told[1]).to.deep.equal({ from: node.wallet.address, nonce: 5 });
    expect(node.sender.onTheirWay()).to.deep.equal([]);
    expect(node.asked.filter((method) => method === "eth_getTransactionReceipt")).to.have.lengthOf(
      7,
    );
  });
});

describe("A transaction that is not mined", () => {
  const LIMIT = 100_000n;
  let node: NodeOfOne;
  let clock: OwnClock;
  /** Milliseconds that pass before each look; after them the process is told to stop. */
  const passing = (...times: number[]): void => {
    node.onLook = () => {
      const time = times.shift();
      if (time === undefined) node.leave();
      else clock.now += time;
    };
  };
  beforeEach(() => {
    clock = new OwnClock();
    node = new NodeOfOne({}, { total: 10n ** 18n });
  });
  afterEach(() => {
    node.leave();
    clock.giveBack();
  });
  /** Leave one on its way, with 3 gwei offered. */
  const leaveOne = async (): Promise<void> => {
    let isWanted = true;
    node.refuse = () => void (isWanted = false);
    await node.deliver("0x01", { isWanted: () => isWanted });
    node.refuse = () => undefined;
    node.asked.length = 0;
  };

  for (const [time, ...steps] of [
    [15_000, "sent"],
    [15_001, "sent", "sent again"],
    [60_000, "sent", "sent again"],
    [60_001, "sent", "replaced"],
  ] as const) {
    it(`is ${steps.at(-1)} where it has waited for ${time} ms of the 60,000 of a bump`, async () => {
      passing(0, time);
      expect(await node.deliver("0x01")).to.be.instanceOf(Stopped);
      expect(node.steps).to.deep.equal(steps);
    });
  }

  it("is sent again after a quarter of the time of a bump, and replaced after the whole", async () => {
    passing(0, 15_000, 1, 15_000, 1, 15_000, 1, 14_997, 1);
    expect(await node.deliver("0x01")).to.be.instanceOf(Stopped);
    const again = "sent again";
    expect(node.steps).to.deep.equal(["sent", again, again, again, "replaced"]);
    const { address: from } = node.wallet;
    const [first, , , , dearer] = node.sent as [Transaction, ...Transaction[]];
    const maxFee = 3_360_000_000n;
    expect(dearer).to.include({ nonce: 5, maxFeePerGas: maxFee });
    expect(node.told.slice(-2)).to.deep.equal([
      { from, nonce: 5, hash: first.hash },
      { from, nonce: 5, hash: dearer!.hash, maxFee },
    ]);
    expect(node.sender.onTheirWay(), "the newest version").to.deep.equal([dearer!.hash]);
    expect(node.budget.left()).to.equal(10n ** 18n - LIMIT * maxFee);
  });

  it("is looked for as soon as a dearer version is taken, and after a pause where it is not", async () => {
    for (const [refusal, looks] of [
      [undefined, 4],
      ["replacement transaction underpriced", 3],
    ] as const) {
      node = new NodeOfOne();
      let looked = 0;
      node.onLook = () => {
        looked++;
        clock.now += 30_001;
      };
      node.refuse = ({ maxFeePerGas }) => {
        if (maxFeePerGas === 3n * GWEI) return undefined;
        node.leave();
        return refusal;
      };
      expect(await node.deliver("0x01")).to.be.instanceOf(Stopped);
      expect(looked, refusal).to.equal(looks);
    }
  });

  it("is asked about once a block, and its receipt only when its nonce is gone", async () => {
    passing(0, 0, 0, 0, 0);
    await node.deliver("0x01");
    const nonces = node.asked.filter((method) => method === "eth_getTransactionCount");
    expect(nonces, "two before it is sent").to.have.lengthOf(3);
    expect(node.asked).not.to.include("eth_getTransactionReceipt");
  });

  it("stays as it is where the budget allows no dearer one, or the cap", async () => {
    const { address: from } = node.wallet;
    for (const [fees, total, reserved] of [
      [{}, 4n * LIMIT * GWEI, LIMIT * GWEI],
      [{}, 3n * LIMIT * GWEI, 0n],
      [{ cap: 3n * GWEI }, 10n ** 18n, 0n],
    ] as const) {
      node = new NodeOfOne(fees, { total });
      if (reserved > 0n) node.budget.reserve("another", reserved);
      passing(0, 60_001, 15_000);
      expect(await node.deliver("0x01")).to.be.instanceOf(Stopped);
      expect(node.steps).to.deep.equal(["sent", "capped", "sent again"]);
      const { hash } = node.sent[0]!;
      expect(node.told.slice(1)).to.deep.equal([
        { from, nonce: 5, hash, baseFee: GWEI, maxFee: 3n * GWEI },
        { from, nonce: 5, hash },
      ]);
    }
  });

  it("is still on its way when a dearer one is refused for good, and that one is forgotten", async () => {
    node.refuse = () => (node.sent.length === 1 ? undefined : "exceeds block gas limit");
    passing(0, 60_001);
    expect(await node.deliver("0x01")).to.include({ message: "exceeds block gas limit" });
    expect(node.sender.onTheirWay()).to.deep.equal([node.sent[0]!.hash]);
    expect(node.steps).to.deep.equal(["sent", "replaced"]);
  });

  it("is on its way, for all that is known, unless a node has refused it for good", async () => {
    const most = LIMIT * 3n * GWEI;
    for (const [refusal, isKept] of [
      [new NoAnswer("nobody"), true],
      [new RpcError(-32603, "Internal error"), true],
      [new RpcError(-32000, "exceeds block gas limit"), false],
    ] as const) {
      node = new NodeOfOne({}, { total: most });
      const spent: bigint[] = [];
      node.refuse = () => refusal;
      const error = await node.deliver("0x01", { onSpent: (wei) => spent.push(wei) });
      expect(error).to.equal(refusal);
      const hashes = isKept ? [node.sent[0]!.hash] : [];
      expect(node.sender.onTheirWay(), refusal.message).to.deep.equal(hashes);
      expect(node.budget.left()).to.equal(isKept ? 0n : most);
      expect(spent).to.deep.equal(isKept ? [] : [0n]);
    }
  });

  it("is gone with a reorganisation that takes what came before it", async () => {
    const spent: bigint[] = [];
    node.refuse = () => {
      node.nonce--;
      return undefined;
    };
    const error = await node.deliver("0x01", { onSpent: (wei) => spent.push(wei) });
    expect(error).to.be.instanceOf(Overtaken);
    expect(node.steps).to.deep.equal(["sent", "overtaken"]);
    expect([spent, node.sender.onTheirWay()]).to.deep.equal([[0n], []]);
    expect(node.budget.left()).to.equal(10n ** 18n);
  });

  it("is gone on with by the next call, which asks neither for a tip nor whether it is missing", async () => {
    await leaveOne();
    passing(0);
    const isMissing = (): Promise<boolean> => expect.fail("it is known to be on its way");
    expect(await node.deliver("0x01", { isMissing })).to.be.instanceOf(Stopped);
    const count = "eth_getTransactionCount";
    expect(node.asked).to.deep.equal([count, "eth_sendRawTransaction", count]);
  });

  it("is replaced by the next call as soon as it is told to be underpriced", async () => {
    await leaveOne();
    node.refuse = ({ maxFeePerGas }) =>
      maxFeePerGas === 3n * GWEI ? "transaction underpriced" : undefined;
    passing(0, 0, 0);
    await node.deliver("0x01");
    expect(node.steps).to.deep.equal(["sent", "sent again", "replaced"]);
  });

  it("has its most set aside until it is at its end, also where the next may cost less", async () => {
    await leaveOne();
    passing(0);
    await node.deliver("0x02", { gasLimit: 21_000n });
    expect(node.sent[1]!.gasLimit).to.equal(21_000n);
    expect(node.budget.left()).to.equal(10n ** 18n - LIMIT * 3n * GWEI);
  });

  it("is booked by the next call when it was mined meanwhile, or was another's or is gone", async () => {
    for (const [meanwhile, cost, nonce] of [
      [() => node.mine(), COST, 6],
      [() => node.mineAnother(), 0n, 6],
      [() => node.nonce--, 0n, 4],
    ] as [() => unknown, bigint, number][]) {
      node = new NodeOfOne({}, { total: 10n ** 18n });
      const spent: bigint[] = [];
      let isWanted = true;
      node.refuse = () => void (isWanted = false);
      const onSpent = (wei: bigint): void => void spent.push(wei);
      await node.deliver("0x01", { isWanted: () => isWanted, onSpent });
      node.refuse = () => undefined;
      meanwhile();
      node.asked.length = 0;
      passing(0);
      await node.deliver("0x01");
      expect(spent).to.deep.equal([cost]);
      expect(node.budget.spent()).to.equal(cost);
      expect(node.sent.map((sent) => sent.nonce)).to.deep.equal([5, nonce]);
      // A receipt of a nonce that is yet to come would be of a line that is gone.
      expect(node.asked.includes("eth_getTransactionReceipt")).to.equal(nonce === 6);
    }
  });

  it("of a former life is given the time of a bump, and then replaced", async () => {
    node.pending = 6;
    passing(0, 30_000, 29_999, 1, 0);
    expect(await node.deliver("0x01")).to.be.instanceOf(Stopped);
    expect(node.steps).to.deep.equal(["former", "sent"]);
    expect(node.told[0]).to.deep.equal({ from: node.wallet.address, nonce: 5 });
    const sentAt = node.asked.indexOf("eth_sendRawTransaction");
    // Its own, what is pending, and three looks until the time is over.
    expect(node.asked.slice(0, sentAt)).to.deep.equal([
      ...Array.from({ length: 5 }, () => "eth_getTransactionCount"),
      "eth_maxPriorityFeePerGas",
    ]);
  });

  it("of a former life is not waited for any more when it has taken the nonce", async () => {
    node.pending = 6;
    node.onLook = () => {
      node.onLook = () => node.mineAnother();
    };
    const message = `a transaction of a former life took nonce 5 of ${node.wallet.address}`;
    expect(await node.deliver("0x01")).to.include({ name: "Overtaken", message });
  });
});
