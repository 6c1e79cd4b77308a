import { expect } from "chai";
import { verifyTypedData } from "ethers";

import { send } from "../../agents/send.ts";
import {
  ChainError,
  connectMarket,
  encodeBatch,
  Refused,
  relayBody,
  type MarketClient,
} from "../../sdk/index.ts";
import { TwinChain } from "../agents/twin-chain.ts";
import { deployment, parameters, tokens } from "../agents/twin-fleet.ts";

describe("A client of a market", () => {
  let chain: TwinChain;
  let client: MarketClient;
  beforeEach(async () => {
    chain = new TwinChain(deployment);
    client = await clientOf("agent");
  });

  const clientOf = (name: string): Promise<MarketClient> => {
    const signer = chain.someone(name);
    chain.balances.set(signer.address, tokens("50"));
    return connectMarket({ address: chain.address, signer });
  };
  const open = (overrides = {}): void =>
    chain.order("owner", "openEpoch", { ...parameters, rule: 0, ...overrides });

  async function complaintOf(action: Promise<unknown>): Promise<Error> {
    try {
      await action;
    } catch (error) {
      return error as Error;
    }
    return expect.fail("there was no complaint");
  }

  it("joins with its first deposit, and approves only what is not approved yet", async () => {
    expect((await client.account()).isMember).to.equal(false);
    await client.deposit(10);
    await client.deposit(tokens("2.5"));
    expect(await client.account()).to.include({ isMember: true, balance: 12.5, free: 12.5 });
    chain.allowances.set(client.agent!, tokens("3"));
    await client.deposit(3);
    const methods = chain.taken.map(({ method }) => method);
    expect(methods).to.deep.equal(["approve", "deposit", "approve", "deposit", "deposit"]);
  });

  it("reads for nobody over a provider, and says what an agent holds outside the market", async () => {
    const reader = await connectMarket({ address: chain.address, provider: chain });
    expect(await reader.holds(client.agent)).to.equal(50);
    expect((await complaintOf(reader.holds())).message).to.match(/^agent: not given/);
    expect((await complaintOf(reader.deposit(1))).message).to.include("connect it with a key");
  });

  it("signs an answer as the market reads it, and makes a relay's request and an entry of a batch of it", async () => {
    const demand = await client.sign({ epoch: 2, round: 3 }, 1.5);
    const { chainId } = await chain.getNetwork();
    const said = { agent: client.agent!, epoch: 2n, round: 3n, demand: 15n * 10n ** 17n };
    const signer = verifyTypedData(
      { name: "ClearingContract", version: "1", chainId, verifyingContract: chain.address },
      {
        Demand: ["agent", "epoch", "round", "demand"].map((name) => ({
          name,
          type: name === "agent" ? "address" : "uint256",
        })),
      },
      said,
      demand.signature,
    );
    expect(signer).to.equal(client.agent);
    expect(demand).to.deep.include(said);
    expect(JSON.parse(relayBody(demand))).to.include({ round: "3", demand: "1500000000000000000" });
    expect(encodeBatch([demand]).startsWith(client.agent!.toLowerCase())).to.equal(true);
  });

  it("quotes a demand at the posted price as the contract does", async () => {
    open();
    // 0.5·2 + 0.125·2²/2 + 0.25, and the price of 1 for each
    expect(await client.quote(2)).to.deep.equal({ charge: 1.5, payment: 2 });
  });

  it("approves by a transaction where the token takes no permits", async () => {
    await client.deposit(10, { permit: true });
    expect(chain.taken.map(({ method }) => method)).to.deep.equal(["approve", "deposit"]);
  });

  it("sends as it is told to", async () => {
    const signer = chain.someone("watched");
    chain.balances.set(signer.address, tokens("50"));
    const steps: string[] = [];
    const watched = await connectMarket({
      address: chain.address,
      signer,
      deliver: async (contract, by, method, args) => {
        steps.push(`asked ${method}`);
        const receipt = await send(contract, by, method, args, undefined, (hash) =>
          steps.push(`sent ${hash.length}`),
        );
        steps.push("mined");
        return receipt;
      },
    });
    await watched.deposit(10);
    const each = ["sent 66", "mined"];
    expect(steps).to.deep.equal(["asked approve", ...each, "asked deposit", ...each]);
  });

  it("takes out what no demand has locked, to itself unless it is told otherwise", async () => {
    await client.deposit(10);
    await client.withdraw(4);
    expect(await client.account()).to.include({ balance: 6, free: 6 });
    expect(chain.taken.at(-1)!.args).to.deep.equal([tokens("4"), client.agent]);
  });

  it("tells the round on offer in plain numbers, and null between epochs", async () => {
    expect(await client.round()).to.equal(null);
    await client.deposit(10);
    open();
    expect(await client.round()).to.deep.equal({
      epoch: 1,
      round: 0,
      price: 1,
      capacity: 5,
      fees: { unitFee: 0.5, executionFee: 0.25, progressiveFee: 0.125 },
      samples: 1,
      demand: 0,
      answered: 0,
      members: 1,
      deadline: 1_000_060,
    });
  });

  it("knows after an answer that it has answered, what stands and what is still free", async () => {
    await client.deposit(10);
    open();
    const round = (await client.round())!;
    const { affordable } = await client.account();
    // (0.5 + 1)x + 0.125x²/2 + 0.25 = 10
    expect(1.5 * affordable + 0.0625 * affordable ** 2 + 0.25).to.be.closeTo(10, 1e-5);
    await client.submit(round, 2);
    expect(await client.account()).to.include({
      demand: 2,
      hasAnswered: true,
      balance: 10,
      free: 6.5,
    });
  });

  it("sends one demand for every sample that the market takes, or the samples given", async () => {
    await client.deposit(10);
    open({ samples: 3n });
    const round = (await client.round())!;
    await client.submit(round, 2);
    expect(chain.taken.at(-1)!.method).to.equal("submitSamples");
    expect(chain.taken.at(-1)!.args[2]).to.deep.equal([2, 2, 2].map((x) => BigInt(x) * 10n ** 18n));
    await client.closeRound();
    await client.submit((await client.round())!, [1, 2n * 10n ** 18n, 3]);
    expect(chain.taken.at(-1)!.args[2]).to.deep.equal([1, 2, 3].map((x) => BigInt(x) * 10n ** 18n));
  });

  it("gives null for an answer to a round that is no longer open, and a sentence for anything else", async () => {
    await client.deposit(10);
    open();
    const round = (await client.round())!;
    const greedy = await complaintOf(client.submit(round, 6));
    expect(greedy).to.be.instanceOf(Refused);
    expect(greedy.message).to.include("the demand is 6 units; at most the capacity of 5");
    await client.submit(round, 1);
    await client.closeRound();
    expect(await client.submit(round, 1)).to.equal(null);
  });

  it("does not close a round that others still answer, and sends nothing to find out", async () => {
    const other = await clientOf("other");
    await client.deposit(10);
    await other.deposit(10);
    open();
    await client.submit((await client.round())!, 1);
    const sent = chain.taken.length;
    expect(await client.closeRound()).to.equal(false);
    expect(chain.taken).to.have.lengthOf(sent);
    await other.submit((await client.round())!, 1);
    expect(await client.closeRound()).to.equal(true);
    expect((await client.round())!.round).to.equal(1);
  });

  it("gives each round of an epoch once, closes them as a keeper, and ends with the epoch", async () => {
    await client.deposit(10);
    open({ maxRounds: 3n });
    const seen: number[] = [];
    for await (const round of client.rounds({ keeper: true, pollEvery: 0.01 })) {
      seen.push(round.round);
      await client.submit(round, 2);
    }
    expect(seen).to.deep.equal([0, 1, 2]);
    expect(await client.round()).to.equal(null);
  });

  it("waits for an epoch that is not open yet", async () => {
    await client.deposit(10);
    const rounds = client.rounds({ pollEvery: 0.01 });
    const first = rounds.next();
    open();
    expect((await first).value).to.include({ epoch: 1, round: 0 });
    await rounds.return();
  });

  it("settles its account once and tells what the epoch came to, its own or another's", async () => {
    await client.deposit(10);
    open({ maxRounds: 1n });
    await client.submit((await client.round())!, 2);
    expect((await complaintOf(client.settle())).message).to.equal("epoch 1 has not settled yet");
    await client.closeRound();
    const settlement = { epoch: 1, reason: "RoundLimit", price: 1, allocation: 2, balance: 6.5 };
    expect(await client.settle()).to.deep.equal(settlement);
    const sent = chain.taken.length;
    const other = await clientOf("other");
    expect(await other.settle(client.agent)).to.deep.equal(settlement);
    expect(chain.taken).to.have.lengthOf(sent);
    expect((await complaintOf(other.settle())).message).to.include("has not joined");
  });

  it("tells the market's story from its events", async () => {
    await client.deposit(10);
    open({ maxRounds: 1n });
    await client.submit((await client.round())!, 2);
    await client.closeRound();
    const { rounds, reason } = await client.history();
    expect(reason).to.equal("RoundLimit");
    expect(rounds[0]!.demands.get(client.agent!)).to.equal(2n * 10n ** 18n);
  });

  it("names an amount that cannot be one, and sends nothing", async () => {
    for (const amount of [-1, NaN, Infinity, -1n])
      expect((await complaintOf(client.deposit(amount))).message).to.equal(
        `amount: given ${amount}, allowed a finite number from 0 on`,
      );
    const round = { epoch: 1, round: 0, samples: 1 };
    expect((await complaintOf(client.submit(round, -2))).message).to.match(/^demand: given -2/);
    expect(chain.taken).to.be.empty;
  });

  it("tells amounts in the token they are of", async () => {
    await client.deposit(1.5);
    expect((await complaintOf(client.withdraw(2))).message).to.equal(
      `${client.agent} asked for 2 PAY; 1.5 PAY are free, the rest is locked by its demand`,
    );
  });

  it("names what it was connected with where that is wrong, as a caller without types may be", async () => {
    const given = async (options: object): Promise<string> => {
      const error = await complaintOf(
        connectMarket({ address: chain.address, rpc: "http://127.0.0.1:1", ...options }),
      );
      expect(error).to.be.instanceOf(ChainError);
      return error.message;
    };
    const url = "allowed a node's http(s) URL, as in http://127.0.0.1:8545";
    expect(await given({ rpc: undefined })).to.equal(`rpc: given nothing, ${url}`);
    expect(await given({ rpc: "localhost:8545" })).to.equal(`rpc: given "localhost:8545", ${url}`);
    expect(await given({})).to.match(/^rpc: no Ethereum node answers at 127.0.0.1:1 /);
    const market = "allowed a market's address, its checksum right, as in 0x5FbDB";
    expect(await given({ address: undefined })).to.include(`address: given nothing, ${market}`);
    expect(await given({ address: "0x12" })).to.include(`address: given "0x12", ${market}`);
  });

  it("never repeats a key that is none", async () => {
    const error = await complaintOf(
      connectMarket({ address: chain.address, rpc: "http://127.0.0.1:1", key: "0xsecret" }),
    );
    expect(error).to.be.instanceOf(ChainError);
    expect(error.message)
      .to.match(/^key: not a private key/)
      .and.not.include("secret");
  });
});
