import { expect } from "chai";

import { NodeFault } from "../../../agents/chain/faults.ts";
import { followHeads, type Head, type Heads } from "../../../agents/chain/head.ts";
import type { Transport } from "../../../agents/chain/transport.ts";
import { OwnClock } from "./own-clock.ts";

/** Blocks by number, as one node has them; the last is its head. */
type Chain = { hash: string; timestamp?: number }[];

const block = (chain: Chain, number: number): object | null => {
  const at = chain[number];
  if (at === undefined) return null;
  const parentHash = chain[number - 1]?.hash ?? "0x00";
  const timestamp = `0x${(at.timestamp ?? number).toString(16)}`;
  return {
    number: `0x${number.toString(16)}`,
    hash: at.hash,
    parentHash,
    timestamp,
    baseFeePerGas: "0x7",
  };
};

const chainOf = (...hashes: string[]): Chain => hashes.map((hash) => ({ hash }));

/** Nodes asked in their order; what was asked is kept, and what one is refused for. */
function follow(
  nodes: { chain: Chain }[],
  rollbackAfter?: number,
): { heads: Heads; asked: unknown[]; refusals: string[]; reorgs: Head[] } {
  const asked: unknown[] = [];
  const refusals: string[] = [];
  const reorgs: Head[] = [];
  const request: Transport["request"] = async (method, params, accept) => {
    const [at] = params;
    asked.push([method, ...params]);
    for (const { chain } of nodes) {
      const result = block(chain, at === "latest" ? chain.length - 1 : Number(at));
      try {
        accept?.(result);
        return result;
      } catch (fault) {
        refusals.push(`${(fault as NodeFault).kind}: ${(fault as Error).message}`);
      }
    }
    throw new Error("no node is good enough");
  };
  const transport: Transport = { request, close: () => undefined };
  const heads = followHeads({
    transport,
    onReorg: (head) => reorgs.push(head),
    ...(rollbackAfter === undefined ? {} : { rollbackAfter }),
  });
  return { heads, asked, refusals, reorgs };
}

describe("Following the head", () => {
  it("tells number, hash, time and base fee of the last block", async () => {
    const { heads } = follow([{ chain: [{ hash: "a" }, { hash: "b", timestamp: 99 }] }]);
    expect(heads.last()).to.equal(undefined);
    const head = await heads.observe();
    expect(head).to.deep.equal({ number: 1, hash: "b", timestamp: 99n, baseFee: 7n, lineage: 0 });
    expect(heads.last()).to.equal(head);
  });

  it("passes over a node that is behind what has been seen", async () => {
    const [one, two] = [{ chain: chainOf("a", "b", "c") }, { chain: chainOf("a", "b", "c") }];
    const { heads, refusals } = follow([one, two]);
    await heads.observe();
    one.chain = chainOf("a", "b");
    expect(await heads.observe()).to.include({ number: 2, hash: "c" });
    expect(refusals).to.deep.equal(["stale: at block 1, 2 has been seen"]);
  });

  it("does not go back when every node is behind", async () => {
    const one = { chain: chainOf("a", "b", "c") };
    const { heads, reorgs } = follow([one]);
    await heads.observe();
    one.chain = chainOf("a", "b");
    await heads.observe().then(
      () => expect.fail("it went back"),
      () => undefined,
    );
    expect(heads.last()).to.include({ number: 2 });
    expect(reorgs).to.deep.equal([]);
  });

  it("goes back to a lower head that every node reports for long: a chain that was set back", async () => {
    const one = { chain: chainOf("a", "b", "c") };
    const { heads, reorgs } = follow([one], 0);
    await heads.observe();
    one.chain = chainOf("a", "b");
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await heads.observe()).to.include({ number: 1, lineage: 1 });
    expect(reorgs).to.have.lengthOf(1);
  });

  const reorganised: [string, Chain, Chain][] = [
    ["at the same height", chainOf("a", "b", "c"), chainOf("a", "b", "C")],
    ["one block higher", chainOf("a", "b", "c"), chainOf("a", "b", "C", "D")],
    ["many blocks higher", chainOf("a", "b", "c"), chainOf("a", "b", "C", "D", "E", "F")],
  ];
  for (const [name, before, after] of reorganised) {
    it(`tells a reorganisation ${name}`, async () => {
      const one = { chain: before };
      const { heads, reorgs } = follow([one]);
      await heads.observe();
      one.chain = after;
      expect(await heads.observe()).to.include({ lineage: 1, hash: after.at(-1)!.hash });
      expect(reorgs).to.have.lengthOf(1);
      expect(await heads.observe()).to.include({ lineage: 1 });
      expect(reorgs).to.have.lengthOf(1);
    });
  }

  it("tells a reorganisation to a lower head at once if its block is another than the one seen there", async () => {
    const one = { chain: chainOf("a", "b") };
    const { heads, reorgs } = follow([one]);
    await heads.observe();
    one.chain = chainOf("a", "b", "c");
    await heads.observe();
    one.chain = chainOf("a", "B");
    expect(await heads.observe()).to.include({ number: 1, hash: "B", lineage: 1 });
    expect(reorgs).to.have.lengthOf(1);
  });

  it("takes blocks that follow the last for what they are, however many at once", async () => {
    const one = { chain: chainOf("a") };
    const { heads, reorgs } = follow([one]);
    for (const more of [["b"], ["c", "d", "e"], []]) {
      await heads.observe();
      one.chain = [...one.chain, ...chainOf(...more)];
    }
    expect(await heads.observe()).to.include({ number: 4, lineage: 0 });
    expect(reorgs).to.deep.equal([]);
  });

  it("looks once for all who ask at the same time", async () => {
    let asked = 0;
    const request = async (): Promise<unknown> => {
      asked++;
      return block(chainOf("a"), 0);
    };
    const heads = followHeads({ transport: { request, close: () => undefined } });
    await Promise.all([heads.observe(), heads.observe(), heads.observe()]);
    expect(asked).to.equal(1);
  });

  describe("over many blocks", () => {
    /** Blocks of this line from 0 to the number. */
    const line = (name: string, number: number): Chain =>
      chainOf(...Array.from({ length: number + 1 }, (_, at) => `${name}${at}`));
    const blockAt = (at: string): unknown[] => ["eth_getBlockByNumber", at, false];
    const one: { chain: Chain } = { chain: [] };
    /** Let the node have each of these chains, and look at it. */
    const see = async (heads: Heads, ...chains: Chain[]): Promise<void> => {
      for (const chain of chains) {
        one.chain = chain;
        await heads.observe();
      }
    };

    it("asks for those between if they are few, and else for the one after the last", async () => {
      const { heads, asked } = follow([one]);
      await see(heads, line("a", 1), line("a", 4));
      expect(asked.splice(0)).to.deep.equal(["latest", "latest", "0x3", "0x2"].map(blockAt));
      await see(heads, line("a", 12));
      expect(asked.splice(0)).to.have.lengthOf(8);
      await see(heads, line("a", 21));
      expect(asked).to.deep.equal(["latest", "0xd"].map(blockAt));
      expect(heads.last()).to.include({ number: 21, lineage: 0 });
      await see(heads, [...line("b", 30), { hash: "a31" }]);
      expect(heads.last()).to.include({ number: 31, lineage: 1 });
    });

    it("knows one that it has seen, or walked over, from another in its place", async () => {
      const { heads, refusals } = follow([one]);
      await see(heads, line("a", 1), line("a", 2), line("a", 6));
      for (const known of [2, 4]) {
        one.chain = line("a", known);
        expect(await heads.observe().catch(() => null), "only behind").to.equal(null);
      }
      expect(refusals).to.deep.equal([
        "stale: at block 2, 6 has been seen",
        "stale: at block 4, 6 has been seen",
      ]);
      await see(heads, [...line("a", 3), { hash: "b4" }]);
      expect(heads.last()).to.include({ number: 4, hash: "b4", lineage: 1 });
    });

    it("does not take those of a line that is gone for the chain's", async () => {
      const { heads } = follow([one]);
      await see(heads, line("a", 1), line("a", 2), line("b", 1), line("b", 20));
      expect(heads.last()).to.include({ number: 20, lineage: 1 });
      one.chain = line("b", 2);
      expect(await heads.observe().catch(() => null), "only behind").to.equal(null);
    });

    it("forgets what is 256 blocks old", async () => {
      for (const [number, end] of [
        [255, { number: 0, lineage: 1 }],
        [256, { number: 256, lineage: 0 }],
      ] as const) {
        const { heads } = follow([one]);
        await see(heads, line("a", 0), line("a", number));
        one.chain = line("b", 0);
        await heads.observe().catch(() => null);
        expect(heads.last()).to.include(end);
      }
    });

    it("passes over a node that has the head and not those below it", async () => {
      const [whole, holed] = [line("a", 3), line("a", 3)];
      Reflect.deleteProperty(holed, 2);
      const [first, second] = [{ chain: line("a", 1) }, { chain: whole }];
      const { heads, refusals } = follow([first, second]);
      await heads.observe();
      first.chain = holed;
      expect(await heads.observe()).to.include({ number: 3, lineage: 0 });
      expect(refusals).to.deep.equal(["stale: the node has no such block"]);
    });
  });

  it("goes back after 20 seconds without a better one, and tells how old its last look is", async () => {
    const clock = new OwnClock();
    try {
      const one = { chain: chainOf("a", "b", "c") };
      const { heads } = follow([one]);
      clock.now = 3_000;
      expect(heads.age(), "since it began").to.equal(3);
      await heads.observe();
      expect(heads.age()).to.equal(0);
      one.chain = chainOf("a", "b");
      clock.now = 23_000;
      expect(await heads.observe().catch(() => null)).to.equal(null);
      expect(heads.age()).to.equal(20);
      clock.now = 23_001;
      expect(await heads.observe()).to.include({ number: 1, lineage: 1 });
      expect(heads.age()).to.equal(0);
    } finally {
      clock.giveBack();
    }
  });

  it("needs nobody to tell of a reorganisation, and no base fee", async () => {
    let hash = "0xa";
    const request = async (): Promise<unknown> => {
      return { number: "0x1", hash, parentHash: "0x0", timestamp: "0x2" };
    };
    const heads = followHeads({ transport: { request, close: () => undefined } });
    expect(await heads.observe()).to.include({ lineage: 0, baseFee: null });
    hash = "0xb";
    expect(await heads.observe()).to.include({ lineage: 1, hash });
  });

  it("takes for no block what has not number, hashes and time", async () => {
    const whole = { number: "0x1", hash: "0xa", parentHash: "0xb", timestamp: "0x1" };
    const parts = Object.keys(whole).map((field) => ({ ...whole, [field]: undefined }));
    for (const answer of [null, {}, ...parts]) {
      const request: Transport["request"] = async (_method, _params, accept) => {
        accept?.(answer);
        return answer;
      };
      const heads = followHeads({ transport: { request, close: () => undefined } });
      const error = await heads.observe().catch((fault: unknown) => fault);
      expect(error).to.be.instanceOf(NodeFault);
      expect(error).to.include(
        answer === null
          ? { kind: "stale", message: "the node has no such block" }
          : { kind: "bad-answer", message: "the answer is no block" },
      );
    }
  });
});
