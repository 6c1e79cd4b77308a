import { expect } from "chai";

import type { Followed } from "../../../dashboard/market/link.ts";
import { openWallet, type Session } from "../../../dashboard/wallet/session.ts";

const ACCOUNT = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const local = { chainId: 31_337n } as Followed;

/** A wallet that answers as told. */
function walletOf(answers: Record<string, unknown>) {
  const asked: { method: string; params: unknown[] }[] = [];
  const request = (question: { method: string; params?: unknown[] | Record<string, unknown> }) => {
    const { method, params = [] } = question;
    asked.push({ method, params: params as unknown[] });
    const answer = answers[method];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const info = { uuid: "1", name: "Fox", icon: undefined };
  const open = (): Promise<Session> => openWallet({ info, provider: { request } }, () => undefined);
  return { open, asked, answers };
}

const rejection = (of: Promise<unknown>): Promise<string> =>
  of.then(
    () => "not rejected",
    (error: unknown) => (error as Error).message,
  );

const sane = { eth_requestAccounts: [ACCOUNT], eth_accounts: [ACCOUNT], eth_chainId: "0x7a69" };

describe("A wallet's session", () => {
  it("sends on the market's chain alone, also where its owner went elsewhere between two signatures", async () => {
    const hash = `0x${"1".repeat(64)}`;
    const { open, asked, answers } = walletOf({ ...sane, eth_sendTransaction: hash });
    const signer = await (await open()).signerFor(local);
    const transaction = { to: ACCOUNT, gasLimit: 21_000n };
    const send = () =>
      (
        signer as typeof signer & { sendUncheckedTransaction: (tx: object) => Promise<string> }
      ).sendUncheckedTransaction(transaction);
    expect(await send()).to.equal(hash);
    const [sent] = asked.filter(({ method }) => method === "eth_sendTransaction");
    expect(sent!.params[0]).to.include({ chainId: "0x7a69" });

    answers["eth_chainId"] = "0x1";
    expect(await rejection(send())).to.equal(
      "Fox is on chain 1, this market is on chain 31337: switch the wallet to it",
    );
    expect(asked.filter(({ method }) => method === "eth_sendTransaction")).to.have.length(1);
  });

  it("is not opened with what is no account or no chain", async () => {
    for (const accounts of [[], null, "0x12", ["garbage"], [5]]) {
      const { open } = walletOf({ ...sane, eth_requestAccounts: accounts });
      expect(await rejection(open()), JSON.stringify(accounts)).to.equal("Fox gives no account");
    }
  });

  it("tells in a sentence what the wallet has against something, and nothing of what was asked", async () => {
    const refusals: [code: number, message: string, told: string][] = [
      [4001, "User rejected", "declined in the wallet; nothing was sent"],
      [-32002, "Busy", "the wallet waits for an answer to an earlier question: open it first"],
      [-32603, "Internal\nerror", "the wallet says: Internal error"],
      [-32603, "x".repeat(9_999), `the wallet says: ${"x".repeat(299)}…`],
    ];
    for (const [code, message, told] of refusals) {
      const refusal = Object.assign(new Error(message), { code });
      const { open } = walletOf({ ...sane, eth_requestAccounts: refusal });
      expect(await rejection(open())).to.equal(told);
    }
  });
});
