import { expect } from "chai";
import type { Contract, Signer } from "ethers";

import { track, transactions } from "../../../dashboard/wallet/transactions.ts";

const HASH = `0x${"1".repeat(64)}`;
const SILENCE = "no node has answered";
const REFUSAL = "the market is full";
const token = { decimals: 18, symbol: "PAY" };

type Answer = { receipt: { status: number } | null; transaction: object | null };

/** Send something by a node that gives these answers about it one after the other, the last on and on; null is silence. */
async function sendOver(answers: (Answer | null)[]): Promise<boolean> {
  let next: Answer | null | undefined;
  const answer = (): Answer => {
    next = answers.length > 1 ? answers.shift() : answers[0];
    if (!next) throw new Error(SILENCE);
    return next;
  };
  const provider = {
    getTransactionReceipt: () => Promise.resolve().then(() => answer().receipt),
    getTransaction: () => Promise.resolve().then(() => next?.transaction ?? null),
    call: () => Promise.reject(new Error(REFUSAL)),
  };
  const signer = {
    provider,
    getAddress: () => Promise.resolve("0x"),
    sendTransaction: () => Promise.resolve({ hash: HASH }),
  } as unknown as Signer;
  const method = { populateTransaction: () => Promise.resolve({}) };
  const contract = { connect: () => contract, getFunction: () => method } as unknown as Contract;
  return track("Deposit 5 PAY", token, "0x", (deliver) => deliver(contract, signer, "deposit", []));
}
const last = () => transactions.get()[0]!;

describe("A transaction that is on its way", () => {
  const mined = { receipt: { status: 1 }, transaction: {} };
  const pending = { receipt: null, transaction: {} };

  it("is not told as failed while the node is silent, but followed until it is mined", async () => {
    const done = sendOver([null, null, pending, mined]);
    const states = new Set<string>();
    const end = transactions.follow(() => states.add(transactions.get()[0]?.state ?? ""));
    expect(await done).to.equal(true);
    end();
    expect(last()).to.deep.include({ state: "mined", hash: HASH });
    expect([...states]).to.not.include("failed");
  });

  it("has failed once the chain has refused it", async () => {
    expect(await sendOver([null, { receipt: { status: 0 }, transaction: {} }])).to.equal(false);
    expect(last()).to.deep.include({ state: "failed", note: SILENCE });
    expect(await sendOver([{ receipt: { status: 0 }, transaction: {} }])).to.equal(false);
    expect(last()).to.deep.include({ state: "failed", note: REFUSAL });
  });

  it("is told as forgotten once the chain knows nothing of it", async () => {
    expect(await sendOver([null, { receipt: null, transaction: null }])).to.equal(false);
    expect(last().note).to.equal(
      "the chain knows nothing of it any more; look at your account before you do it again",
    );
  }).timeout(20_000);
});
