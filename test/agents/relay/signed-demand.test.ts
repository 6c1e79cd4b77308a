import { expect } from "chai";
import { dataSlice, recoverAddress, Signature, Wallet } from "ethers";

import { digestOf, encodeBatch, signDemand } from "../../../agents/relay/signed-demand.ts";

const market = { chainId: 7n, address: "0x5FbDB2315678afecb367f032d93F642f64180aa3" };
const wallet = new Wallet(`0x${"5a".repeat(32)}`);
const demand = { agent: wallet.address, epoch: 1n, round: 2n, demand: 0x0102n };

describe("A signed demand", () => {
  it("is its agent's, of the digest that a contract is asked about", async () => {
    const { signature } = await signDemand(wallet, market, demand);
    expect(recoverAddress(digestOf(market, demand), signature)).to.equal(wallet.address);
  });

  it("is of one market, chain, epoch, round, agent and amount", () => {
    const others = [
      digestOf({ ...market, chainId: 8n }, demand),
      digestOf({ ...market, address: wallet.address }, demand),
      digestOf(market, { ...demand, epoch: 2n }),
      digestOf(market, { ...demand, round: 1n }),
      digestOf(market, { ...demand, agent: market.address }),
      digestOf(market, { ...demand, demand: 0x0103n }),
    ];
    expect(new Set([digestOf(market, demand), ...others]).size).to.equal(7);
  });

  it("takes 97 bytes of a batch: agent, amount, length and a signature in short", async () => {
    const signed = await signDemand(wallet, market, demand);
    const batch = encodeBatch([signed]);
    expect(batch).to.have.length(2 + 2 * 97);
    expect(dataSlice(batch, 0, 20)).to.equal(wallet.address.toLowerCase());
    expect(dataSlice(batch, 20, 33)).to.equal("0x00000000000000000001020040");
    expect(dataSlice(batch, 33)).to.equal(Signature.from(signed.signature).compactSerialized);
  });

  it("is signed for a contract by its owner in the form that contracts know", async () => {
    const { signature } = await signDemand(wallet, market, { ...demand, agent: market.address });
    expect(signature).to.match(/^0x[0-9a-f]{128}1[bc]$/);
  });

  it("has a contract's signature as it is, whatever its length", () => {
    const entry = { agent: wallet.address, demand: 1n };
    const lengths = ["0x", "0x1234", `0x${"ab".repeat(64)}1b`, `0x${"cd".repeat(300)}`];
    for (const signature of lengths) {
      const batch = encodeBatch([{ ...entry, signature }]);
      expect(dataSlice(batch, 33)).to.equal(signature);
      expect(Number(dataSlice(batch, 31, 33))).to.equal((signature.length - 2) / 2);
    }
    expect(encodeBatch([])).to.equal("0x");
  });
});
