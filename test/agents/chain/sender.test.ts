import { expect } from "chai";

import type { Mined } from "../../../agents/chain/call.ts";
import { createSender } from "../../../agents/chain/sender.ts";
import { NodeOfOne } from "./node-of-one.ts";

describe("Sending with one key", () => {
  let node: NodeOfOne;
  beforeEach(() => {
    node = new NodeOfOne();
  });
  afterEach(() => node.leave());

  /** Mine what has come in at the next look. */
  const mineEach = (): void => {
    node.refuse = () => {
      node.onLook = () => {
        node.onLook = () => undefined;
        node.mine();
      };
      return undefined;
    };
  };
  const sentAndMined = (count: number): string[] =>
    Array.from({ length: count }, () => ["sent", "mined"]).flat();

  it("is one transaction at a time, in the order they come", async () => {
    mineEach();
    const all = ["0x01", "0x02", "0x03"].map((data) => node.deliver(data));
    const mined = (await Promise.all(all)) as Mined[];
    expect(node.sent.map(({ data, nonce }) => [data, nonce])).to.deep.equal([
      ["0x01", 5],
      ["0x02", 6],
      ["0x03", 7],
    ]);
    expect(mined.map(({ hash }) => hash)).to.deep.equal(node.sent.map(({ hash }) => hash));
    expect(node.steps).to.deep.equal(sentAndMined(3));
  });

  it("waits for all who came before, also after one of them has ended", async () => {
    mineEach();
    const [first, second] = [node.deliver("0x01"), node.deliver("0x02")];
    await first;
    const third = node.deliver("0x03");
    await Promise.all([second, third]);
    expect(node.steps).to.deep.equal(sentAndMined(3));
    expect(node.sent.map(({ nonce }) => nonce)).to.deep.equal([5, 6, 7]);
  });

  it("goes on after one that has failed, whose error is told to who sent it", async () => {
    node.gas = new Error("no estimate");
    const failed = node.deliver("0x01", { gasLimit: undefined });
    mineEach();
    const mined = await node.deliver("0x02");
    expect(await failed).to.equal(node.gas);
    expect(mined).to.include({ hash: node.sent[0]!.hash });
    expect(node.sender.onTheirWay()).to.deep.equal([]);
  });

  it("needs nobody to be told of its steps", async () => {
    const { onStep, ...options } = node.options;
    expect(onStep).not.to.equal(undefined);
    mineEach();
    const call = { to: node.wallet.address, data: "0x01", gasLimit: 100_000n };
    const { hash } = await createSender(options).send(node.wallet, call);
    expect([hash, node.steps]).to.deep.equal([node.sent[0]!.hash, []]);
  });
});
