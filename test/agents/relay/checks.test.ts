import { expect } from "chai";
import { getBytes, Interface, makeError, type TransactionRequest, type Wallet } from "ethers";

import { call, readOffer, type Offer } from "../../../agents/market.ts";
import { checkDemand, NotTaken } from "../../../agents/relay/checks.ts";
import {
  digestOf,
  signDemand,
  type Demand,
  type MarketId,
  type SignedDemand,
} from "../../../agents/relay/signed-demand.ts";
import { parseFixed } from "../../../mechanism/fixed-point.ts";
import { drawAgents } from "../../../mechanism/random.ts";
import { tokens, twinFleet, type TwinFleet } from "../twin-fleet.ts";

const erc1271 = new Interface(["function isValidSignature(bytes32, bytes) view returns (bytes4)"]);
const YES = `0x1626ba7e${"0".repeat(56)}`;

describe("What a relay takes", () => {
  let fleet: TwinFleet;
  let id: MarketId;
  let offer: Offer;
  let agent: Wallet;
  let demand: Demand;
  beforeEach(async () => {
    fleet = await twinFleet(drawAgents(1, 1));
    id = { chainId: 7n, address: fleet.chain.address };
    agent = fleet.chain.someone("agent");
    fleet.open();
    fleet.chain.order(agent.address, "deposit", tokens("100"));
    offer = await readOffer(fleet.options.market);
    demand = { agent: agent.address, epoch: 1n, round: 0n, demand: parseFixed("2") };
  });

  const check = (signed: SignedDemand, now = offer): Promise<void> =>
    checkDemand(fleet.options.market, id, now, signed);
  /** @returns status and sentence of the refusal, null if it is taken */
  const answerTo = async (
    changes: Partial<SignedDemand> = {},
    now = offer,
  ): Promise<[number, string] | null> => {
    const signed = await signDemand(agent, id, { ...demand, ...changes });
    try {
      await check({ ...signed, ...changes }, now);
      return null;
    } catch (error) {
      expect(error).to.be.instanceOf(NotTaken).and.to.include({ name: "NotTaken" });
      const { status, message } = error as NotTaken;
      return [status, message];
    }
  };

  it("is what its agent has signed for the round that is open", async () => {
    expect(await answerTo()).to.equal(null);
  });

  it("is nothing for another round, or for none", async () => {
    const isOpen = "open is epoch 1, round 0";
    for (const [changes, now, sentence] of [
      [{ round: 1n }, offer, `round: given epoch 1, round 1; ${isOpen}`],
      [{ epoch: 2n }, offer, `round: given epoch 2, round 0; ${isOpen}`],
      [{}, { ...offer, open: false }, "round: given epoch 1, round 0; none is open"],
    ] as const) {
      expect(await answerTo(changes, now)).to.deep.equal([409, sentence]);
    }
  });

  it("is at most the capacity", async () => {
    expect(await answerTo({ demand: parseFixed("5") })).to.equal(null);
    expect(await answerTo({ demand: parseFixed("5") + 1n })).to.deep.equal([
      400,
      "demand: given 5.000000000000000001 units, allowed at most the capacity of 5",
    ]);
  });

  it("is of members, once a round", async () => {
    const { address } = fleet.keeper;
    expect(await answerTo({ agent: address })).to.deep.equal([
      403,
      `agent: ${address} has not joined the market`,
    ]);
    fleet.chain.order(agent.address, "submit", 1n, 0n, 1n);
    expect(await answerTo()).to.deep.equal([
      409,
      `agent: ${agent.address} has answered epoch 1, round 0 already`,
    ]);
  });

  it("is what its agent can pay for at the posted price and fees, to the base unit", async () => {
    const { market } = fleet.options;
    const [charge, payment] = (await call(market.contract, "quote", demand.demand)) as [
      bigint,
      bigint,
    ];
    const needed = charge + payment;
    const account = fleet.chain.market.accounts.get(agent.address)!;
    account.balance = needed;
    expect(await answerTo()).to.equal(null);
    account.balance = needed - 1n;
    expect(await answerTo()).to.deep.equal([
      402,
      `demand: needs ${needed} base units, allowed what ${agent.address} holds: ${needed - 1n}`,
    ]);
  });

  it("is signed by its agent, for this market on this chain, and as it is", async () => {
    const refusal = `signature: ${agent.address} has not signed this demand for this round of this market on this chain`;
    const others = await Promise.all([
      signDemand(fleet.keeper, id, demand),
      signDemand(agent, { ...id, chainId: 8n }, demand),
      signDemand(agent, { ...id, address: agent.address }, demand),
      signDemand(agent, id, { ...demand, demand: 1n }),
    ]);
    for (const signature of [...others.map((one) => one.signature), "0x", "0x1234"]) {
      expect(await answerTo({ signature }), signature).to.deep.equal([403, refusal]);
    }
  });

  describe("of an agent that is a contract", () => {
    let asked: TransactionRequest[];
    let codes: string[];
    let code: string;
    let answer: () => Promise<string>;
    const signature = "0x123400";
    beforeEach(() => {
      const { chain } = fleet;
      const onTwin = chain.call.bind(chain);
      [asked, codes, code, answer] = [[], [], "0xfe", () => Promise.resolve(YES)];
      chain.getCode = (address) => {
        codes.push(address as string);
        return Promise.resolve(code);
      };
      chain.call = (request) => {
        if (request.to !== agent.address) return onTwin(request);
        asked.push(request);
        return answer();
      };
    });

    it("is what its code says yes to, asked with the gas that the market gives it", async () => {
      expect(await answerTo({ signature })).to.equal(null);
      const data = erc1271.encodeFunctionData("isValidSignature", [
        digestOf(id, demand),
        signature,
      ]);
      const zeros = getBytes(data).filter((byte) => byte === 0).length;
      const others = getBytes(data).length - zeros;
      const gasLimit = 100_000n + 21_000n + BigInt(4 * zeros + 16 * others);
      expect(asked).to.deep.equal([{ to: agent.address, data, gasLimit }]);
      expect(codes).to.deep.equal([agent.address]);
    });

    it("needs no word of its code where the key itself has signed", async () => {
      answer = () => Promise.reject(new Error("nobody asks"));
      expect(await answerTo()).to.equal(null);
      expect([asked, codes]).to.deep.equal([[], []]);
    });

    it("is nothing that its code does not say yes to in a whole word, whatever follows it", async () => {
      for (const [given, isTaken] of [
        [`${YES}ff`, true],
        [`0x1626ba7e${"0".repeat(55)}1`, false],
        [`0xffffffff${"0".repeat(56)}`, false],
        [`0x00${YES.slice(2)}`, false],
        ["0x1626ba7e", false],
        ["0x", false],
      ] as const) {
        answer = () => Promise.resolve(given);
        const refused = await answerTo({ signature });
        expect(refused?.[0], given).to.equal(isTaken ? undefined : 403);
      }
      const reverted: Error = makeError("reverted", "CALL_EXCEPTION", {} as never);
      answer = () => Promise.reject(reverted);
      expect((await answerTo({ signature }))![0]).to.equal(403);
      // A node has an answer for where there is no code, too.
      code = "0x";
      answer = () => Promise.resolve(YES);
      expect((await answerTo({ signature }))![0]).to.equal(403);
    });

    it("is not said to be unsigned where no node tells", async () => {
      const error: Error = makeError("no node", "TIMEOUT", {} as never);
      answer = () => Promise.reject(error);
      const given = await check({ ...demand, signature }).catch((cause: unknown) => cause);
      expect(given).to.equal(error);
    });
  });
});
