import { expect } from "chai";

import { NodeFault } from "../../../agents/chain/faults.ts";
import { followHeads, type Head, type Heads } from "../../../agents/chain/head.ts";
import type { Transport } from "../../../agents/chain/transport.ts";

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

/** Nodes asked in their order; what one is refused for is kept. */
function follow(
  nodes: { chain: Chain }[],
  rollbackAfter?: number,
): { heads: Heads; refusals: string[]; reorgs: Head[] } {
  const refusals: string[] = [];
  const reorgs: Head[] = [];
  const request: Transport["request"] = async (_method, [at], accept) => {
    for (const { chain } of nodes) {
      const result = block(chain, at === "latest" ? chain.length - 1 : Number(at));
      try {
        accept?.(result);
        return result;
      } catch (fault) {
        refusals.push((fault as NodeFault).kind);
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
  return { heads, refusals, reorgs };
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
    expect(refusals).to.deep.equal(["stale"]);
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

  it("takes for no block what has not number, hashes and time", async () => {
    const answers = [null, {}, { number: "0x1", hash: "0xa" }];
    for (const answer of answers) {
      const request: Transport["request"] = async (_method, _params, accept) => {
        accept?.(answer);
        return answer;
      };
      const heads = followHeads({ transport: { request, close: () => undefined } });
      const error = await heads.observe().catch((fault: unknown) => fault);
      expect(error).to.be.instanceOf(NodeFault);
      expect((error as NodeFault).kind).to.equal(answer === null ? "stale" : "bad-answer");
    }
  });
});
