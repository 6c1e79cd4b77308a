import { expect } from "chai";

import { BudgetSpent } from "../../../agents/chain/budget.ts";
import { Overtaken } from "../../../agents/chain/call.ts";
import { ChainError } from "../../../agents/errors.ts";
import { GWEI, NodeOfOne } from "./node-of-one.ts";

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
    expect(await node.deliver("0x02", { onSpent })).to.be.instanceOf(Overtaken);
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
});
