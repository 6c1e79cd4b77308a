import { expect } from "chai";
import { AbiCoder, Contract, getBytes, toBeHex, Transaction, type Provider } from "ethers";
import hre from "hardhat";

import { fastLzLength } from "../../agents/fastlz.ts";
import {
  arbitrumL1Fee,
  ecotoneL1Fee,
  fjordL1Fee,
  fjordL1FeeOf,
  readL1Fee,
} from "../../agents/l1-fee.ts";

// The worked examples of op-geth, core/types/rollup_cost_test.go.
const emptyTransaction = getBytes("0xdd80808094095e7baea6a6c7c4c2dfeb977efac326af552d878080808080");
const contractCall = getBytes(
  "0x02f901550a758302df1483be21b88304743f94f8" +
    "0e51afb613d764fa61751affd3313c190a86bb870151bd62fd12adb8" +
    "e41ef24f3f0000000000000000000000000000000000000000000000" +
    "00000000000000006e000000000000000000000000af88d065e77c8c" +
    "c2239327c5edb3a432268e5831000000000000000000000000000000" +
    "000000000000000000000000000003c1e50000000000000000000000" +
    "00000000000000000000000000000000000000000000000000000000" +
    "000000000000000000000000000000000000000000000000a0000000" +
    "00000000000000000000000000000000000000000000000000000000" +
    "148c89ed219d02f1a5be012c689b4f5b731827bebe00000000000000" +
    "0000000000c001a033fd89cb37c31b2cba46b6466e040c61fc9b2a36" +
    "75a7f5f493ebd5ad77c497f8a07cdf65680e238392693019b4092f61" +
    "0222e71b7cec06449cb922b93b6a12744e",
);
const inputs = {
  l1BaseFee: 1_000_000_000n,
  blobBaseFee: 10_000_000n,
  baseFeeScalar: 2n,
  blobBaseFeeScalar: 3n,
};

describe("FastLZ's length", () => {
  it("is op-geth's for its own examples", () => {
    expect(fastLzLength(new Uint8Array())).to.equal(0);
    expect(fastLzLength(new Uint8Array(1_000).fill(1))).to.equal(21);
    expect(fastLzLength(new Uint8Array(1_000))).to.equal(21);
    expect(fastLzLength(emptyTransaction)).to.equal(31);
    expect(fastLzLength(contractCall)).to.equal(202);
  });

  it("is a byte more in 32 for what does not compress", () => {
    const distinct = Uint8Array.from({ length: 64 }, (_, index) => index);
    expect(fastLzLength(distinct)).to.equal(66);
    expect(fastLzLength(distinct.slice(0, 40))).to.equal(42);
  });
});

describe("The L1 fee of the OP Stack", () => {
  it("is op-geth's for its empty transaction, before Fjord and after", () => {
    // (480 / 16)(2·16·1000 + 3·10)
    expect(ecotoneL1Fee(emptyTransaction, inputs)).to.equal(960_900n);
    // The smallest size: 100,000,000(2·16·10⁹ + 3·10⁷) / 10¹²
    expect(fjordL1Fee(emptyTransaction, inputs)).to.equal(3_203_000n);
  });

  it("is the smallest up to a FastLZ length of 170, and follows the length from there", () => {
    expect(fjordL1FeeOf(170, inputs)).to.equal(3_203_000n);
    expect(fjordL1FeeOf(171, inputs)).to.equal(3_217_602n);
    expect(fjordL1Fee(contractCall, inputs)).to.equal(4_048_188n);
  });

  it("is what the oracle contract computes in op-geth's comparison of the two", () => {
    const parity = {
      l1BaseFee: 2_000_000n,
      blobBaseFee: 3_000_000n,
      baseFeeScalar: 20n,
      blobBaseFeeScalar: 15n,
    };
    expect(fjordL1FeeOf(235, parity)).to.equal(105_484n);
  });
});

describe("The L1 fee of Arbitrum", () => {
  it("is 16 units a byte that Brotli leaves", () => {
    // What compresses, and what does not: that has a few bytes of frame around it.
    expect(arbitrumL1Fee(new Uint8Array(1_000), 1n)).to.be.below(16n * 100n);
    const noise = Uint8Array.from({ length: 64 }, (_, index) => (index * 157 + 11) % 251);
    const units = arbitrumL1Fee(noise, 1n);
    expect(units % 16n).to.equal(0n);
    expect(Number(units / 16n)).to.be.within(64, 72);
    expect(arbitrumL1Fee(noise, 7n)).to.equal(7n * units);
  });
});

describe("The L1 fee read from a chain", () => {
  const coder = AbiCoder.defaultAbiCoder();
  const draft = { to: `0x${"11".repeat(20)}`, data: "0x1234" };
  /** A chain with code at one address, which answers every call alike. */
  const chainWith = (address: string, answer: string): { provider: Provider; asked: string[] } => {
    const asked: string[] = [];
    const provider = {
      getCode: (at: string) => Promise.resolve(at.endsWith(address) ? "0xfe" : "0x"),
      call: ({ to, data }: { to: string; data: string }) => {
        asked.push(`${to}:${data.slice(0, 10)}`);
        return Promise.resolve(answer);
      },
    };
    return { provider: provider as unknown as Provider, asked };
  };

  it("is the oracle's answer on an OP Stack chain", async () => {
    const { provider, asked } = chainWith("0F", coder.encode(["uint256"], [42n]));
    expect(await readL1Fee(provider, draft)).to.equal(42n);
    // getL1Fee(bytes)
    expect(asked).to.deep.equal(["0x420000000000000000000000000000000000000F:0x49948e0e"]);
  });

  it("is gas times base fee on Arbitrum, as its node interface estimates it", async () => {
    const answer = coder.encode(["uint64", "uint256", "uint256"], [3_000n, 100_000_000n, 9n]);
    const { provider, asked } = chainWith("6C", answer);
    expect(await readL1Fee(provider, draft)).to.equal(300_000_000_000n);
    // gasEstimateL1Component(address,bool,bytes)
    expect(asked).to.deep.equal(["0x00000000000000000000000000000000000000C8:0x77d488a2"]);
  });

  it("is nothing on L1", async () => {
    const { provider, asked } = chainWith("none", "0x");
    expect(await readL1Fee(provider, draft)).to.equal(0n);
    expect(asked).to.be.empty;
  });

  it("is what the formula says and an OP Stack chain charges, to the wei", async () => {
    const { ethers } = await hre.network.create({ network: "default", chainType: "op" });
    const { provider } = ethers;
    const [l1Block, oracle] = [0x15, 0x0f].map((last) => `0x42${toBeHex(last, 19).slice(2)}`);
    // Scalars of Base; a local chain has none of its own. They share a word of L1Block's storage.
    const scalars = { baseFeeScalar: 2_269n, blobBaseFeeScalar: 1_055_762n };
    const word = (scalars.baseFeeScalar << 96n) | (scalars.blobBaseFeeScalar << 64n);
    await provider.send("hardhat_setStorageAt", [l1Block, "0x3", toBeHex(word, 32)]);
    const views = ["l1BaseFee", "blobBaseFee"].map(
      (name) => `function ${name}() view returns (uint256)`,
    );
    const contract = new Contract(oracle!, views, provider);
    const read = (name: string) => contract.getFunction(name).staticCall() as Promise<bigint>;
    const chain = {
      ...{ l1BaseFee: await read("l1BaseFee"), blobBaseFee: await read("blobBaseFee") },
      ...scalars,
    };
    for (const data of ["0x1234", `0x${"12345678".repeat(100)}`]) {
      const [sender] = await ethers.getSigners();
      const { hash } = await sender!.sendTransaction({ to: draft.to, data });
      const { l1Fee } = (await provider.send("eth_getTransactionReceipt", [hash])) as {
        l1Fee: string;
      };
      const signed = Transaction.from((await provider.getTransaction(hash))!).serialized;
      expect(BigInt(l1Fee) > 0n).to.equal(true);
      expect(fjordL1Fee(getBytes(signed), chain)).to.equal(BigInt(l1Fee));
    }
    const { hash } = await (await ethers.getSigners())[0]!.sendTransaction(draft);
    const paid = (await provider.send("eth_getTransactionReceipt", [hash])) as { l1Fee: string };
    expect(await readL1Fee(provider, draft)).to.equal(BigInt(paid.l1Fee));
  });
});
