import { getBytes, id, Transaction } from "ethers";

import { fastLzLength } from "../../agents/fastlz.ts";
import { arbitrumL1Fee } from "../../agents/l1-fee.ts";
import type { Sent } from "../engines/chain.ts";

/** What gas and bytes cost: chosen by the person who asks. */
export type Prices = {
  /** Of L1, gwei a gas. */
  baseFee: number;
  /** Of L1's blobs, gwei a gas. */
  blobFee: number;
  /** Of an L2's own execution, gwei a gas. */
  l2Fee: number;
  /** US dollars. */
  ethPrice: number;
};

/** What transactions use: gas, and their bytes as each family of L2s counts them. */
export type Usage = {
  gas: number;
  /** Fjord's estimate of their size in a batch, bytes. */
  fjordBytes: number;
  /** After Brotli, bytes. */
  brotliBytes: number;
};

/**
 * Scalars of the OP Stack chains, in millionths: assumed, for their operators change them. A chain's `GasPriceOracle`
 * tells today's: baseFeeScalar() and blobBaseFeeScalar().
 */
export const opStack = {
  "OP Mainnet": { baseFeeScalar: 5_227, blobBaseFeeScalar: 1_014_213 },
  Base: { baseFeeScalar: 2_269, blobBaseFeeScalar: 1_055_762 },
} as const;

export const networkNames = ["Ethereum", "OP Mainnet", "Base", "Arbitrum One"] as const;
export type NetworkName = (typeof networkNames)[number];

/**
 * What a usage costs on a network, US dollars. L2s by their documented formulas, see agents/l1-fee.ts; Arbitrum's price of
 * a byte is taken to be a blob gas, which is what posting it in blobs costs it, its batches' own gas left out.
 */
export function costOf(usage: Usage, network: NetworkName, prices: Prices): number {
  const { gas, fjordBytes, brotliBytes } = usage;
  const { baseFee, blobFee, l2Fee, ethPrice } = prices;
  const inGwei = (): number => {
    switch (network) {
      case "Ethereum":
        return gas * baseFee;
      case "OP Mainnet":
      case "Base": {
        const { baseFeeScalar, blobBaseFeeScalar } = opStack[network];
        const byte = (16 * baseFeeScalar * baseFee + blobBaseFeeScalar * blobFee) / 1e6;
        return gas * l2Fee + fjordBytes * byte;
      }
      case "Arbitrum One":
        return gas * l2Fee + brotliBytes * blobFee;
    }
  };
  return (inGwei() / 1e9) * ethPrice;
}

/** What a transaction uses, its bytes with a signature as long and as random as a real one. */
export function usageOf({ gas, data }: Sent): Usage {
  const signed = getBytes(
    Transaction.from({
      ...{ type: 2, chainId: 10, nonce: 1_000, gasLimit: 200_000 },
      ...{ maxFeePerGas: 1_234_567_890n, maxPriorityFeePerGas: 1_000_001n },
      ...{ to: `0x${id("market").slice(26)}`, data },
      signature: { r: id(`r${data}`), s: `0x0${id(`s${data}`).slice(3)}`, v: 27 },
    }).serialized,
  );
  return {
    gas,
    fjordBytes: Math.max(100, -42.5856 + 0.8365 * fastLzLength(signed)),
    brotliBytes: Number(arbitrumL1Fee(signed, 1n)) / 16,
  };
}

/** Of several transactions together. */
export function totalUsage(usages: readonly Usage[]): Usage {
  const total = { gas: 0, fjordBytes: 0, brotliBytes: 0 };
  for (const { gas, fjordBytes, brotliBytes } of usages) {
    total.gas += gas;
    total.fjordBytes += fjordBytes;
    total.brotliBytes += brotliBytes;
  }
  return total;
}
