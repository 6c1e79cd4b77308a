import { expect } from "chai";

import type { Endpoint } from "../../../agents/chain/endpoint.ts";
import { NodeFault, RpcError } from "../../../agents/chain/faults.ts";
import type { FleetProvider } from "../../../agents/chain/provider.ts";
import { ChainError } from "../../../agents/errors.ts";
import type { Market } from "../../../agents/market.ts";
import { checkBaseFee, checkFunds, checkNodes, depositOf } from "../../../agents/program/start.ts";
import { InputError } from "../../../markets/input-error.ts";
import { drawAgents } from "../../../mechanism/random.ts";
import { tokens, twinFleet, type TwinFleet } from "../twin-fleet.ts";

async function complaintOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    expect(error).to.be.instanceOf(ChainError);
    return (error as Error).message;
  }
  return expect.fail("there was no complaint");
}

describe("The nodes that a fleet starts with", () => {
  let asked: unknown[];
  let pauses: (number | undefined)[];
  const { setTimeout: really } = globalThis;
  beforeEach(() => {
    [asked, pauses] = [[], []];
    const atOnce = (action: () => void, milliseconds?: number): NodeJS.Timeout => {
      pauses.push(milliseconds);
      return really(action, 0);
    };
    globalThis.setTimeout = atOnce as typeof setTimeout;
  });
  afterEach(() => {
    globalThis.setTimeout = really;
  });

  /** @param answers one after another, the last again and again */
  const node = (name: string, ...answers: (string | Error)[]): Endpoint => ({
    name,
    request: async (...request) => {
      asked.push([name, ...request]);
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (typeof answer !== "string") throw answer;
      return Promise.resolve(answer);
    },
    close: () => undefined,
  });
  const check = (...nodes: Endpoint[]): ReturnType<typeof checkNodes> =>
    checkNodes(nodes, { chainId: 7n, timeout: 99 });
  const gone = new NodeFault("unreachable", "ECONNREFUSED");

  it("are asked for their chain once, those with no answer named with the reason", async () => {
    expect(await check(node("a", "0x7"))).to.deep.equal(new Map());
    expect(asked).to.deep.equal([["a", "eth_chainId", [], 99]]);
    const faults = await check(
      node("a", gone),
      node("b", new RpcError(-32000, "not now")),
      node("c", new TypeError("broken")),
      node("d", "0x7"),
    );
    expect([...faults]).to.deep.equal([
      ["a", "ECONNREFUSED"],
      ["b", "not now"],
      ["c", "TypeError: broken"],
    ]);
    expect([asked.length, pauses]).to.deep.equal([5, []]);
  });

  it("are asked five times, each pause twice the last, before none is there", async () => {
    const fault = new NodeFault("timeout", "no answer within 99 ms");
    expect(await complaintOf(check(node("a", gone), node("b", fault)))).to.equal(
      "rpc: no Ethereum node answers at a (ECONNREFUSED), b (no answer within 99 ms); " +
        "check the URLs, or start the node",
    );
    expect([asked.length, pauses]).to.deep.equal([10, [100, 200, 400, 800]]);
  });

  it("may come while they are asked: only who is away then is named", async () => {
    const faults = await check(node("a", gone, gone, "0x7"), node("b", fault("x"), fault("y")));
    expect([...faults]).to.deep.equal([["b", "y"]]);
    expect(pauses).to.deep.equal([100, 200]);
  });
  const fault = (message: string): NodeFault => new NodeFault("server-error", message);

  it("must none of them be of another chain, whatever the others say", async () => {
    expect(await complaintOf(check(node("a", "0x7"), node("b", "0x8")))).to.equal(
      "rpc: the node at b is of chain 8, the configuration expects chainId 7",
    );
    expect(asked).to.have.lengthOf(2);
  });

  it("must price transactions by a base fee, if only by one of 0", () => {
    const head = { number: 1, hash: "0x1", timestamp: 1n, lineage: 0 };
    expect(() => checkBaseFee({ ...head, baseFee: 0n }, 7n)).not.to.throw();
    expect(() => checkBaseFee({ ...head, baseFee: null }, 7n)).to.throw(
      ChainError,
      "rpc: chain 7 has no base fee (EIP-1559), which transactions here need",
    );
  });
});

describe("The funds that a fleet starts with", () => {
  let fleet: TwinFleet;
  let ether: Map<string, bigint>;
  beforeEach(async () => {
    fleet = await twinFleet(drawAgents(20, 1));
    const all = [fleet.keeper, ...fleet.members.map(({ wallet }) => wallet)];
    ether = new Map(all.map(({ address }) => [address, 1n]));
  });
  const addressOf = (index: number): string => fleet.members[index]!.wallet.address;
  const check = (withKeeper = true): Promise<void> => {
    const provider = {
      getNetwork: () => Promise.resolve({ chainId: 7n }),
      getBalance: (address: string) => Promise.resolve(ether.get(address) ?? 0n),
    } as unknown as FleetProvider;
    // A wallet is all that is asked for: which path its key is of is none of its business.
    const keeper = fleet.keeper as unknown as Parameters<typeof checkFunds>[3];
    return checkFunds(provider, fleet.options.market, fleet.members, withKeeper ? keeper : null);
  };

  it("suffice to the wei and to the base unit", async () => {
    await check();
    fleet.chain.balances.set(addressOf(18), tokens("100") - 1n);
    expect(await complaintOf(check())).to.equal(
      `agent agent-18 (${addressOf(18)}) has 99.999999 PAY, its deposit is 100; fund it, then start again`,
    );
  });

  it("need no tokens of who has joined already", async () => {
    fleet.chain.balances.set(addressOf(3), 0n);
    fleet.chain.order(addressOf(3), "join");
    await check();
  });

  it("need native token of each, of the keeper only where there is one", async () => {
    const complaint = (who: string): string =>
      `${who} has no native token for gas on chain 7; fund it, then start again`;
    const { address } = fleet.keeper;
    ether.delete(address);
    await check(false);
    expect(await complaintOf(check())).to.equal(complaint(`the keeper (${address})`));
    ether.set(address, 1n);
    ether.delete(addressOf(19));
    // Who has joined needs it, too.
    fleet.chain.order(addressOf(19), "join");
    expect(await complaintOf(check())).to.equal(complaint(`agent agent-19 (${addressOf(19)})`));
  });
});

describe("A deposit", () => {
  it("is told in the base units of its token, where that has them", () => {
    const of = (deposit: number, tokenDecimals: number): bigint =>
      depositOf(deposit, { tokenDecimals } as Market);
    expect(of(12.5, 6)).to.equal(12_500_000n);
    expect(of(0.000001, 6)).to.equal(1n);
    expect(of(0.5, 18)).to.equal(5n * 10n ** 17n);
    expect(of(3, 0)).to.equal(3n);
    expect(() => of(0.0000015, 6)).to.throw(
      InputError,
      "deposit: given 0.0000015, allowed at most 6 decimals, as the token has",
    );
    expect(() => of(0.5, 0)).to.throw(InputError, "deposit: given 0.5, allowed at most 0 decimals");
  });
});
