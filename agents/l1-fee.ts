import { brotliCompressSync, constants } from "node:zlib";

import { Contract, getBytes, Transaction, type Provider } from "ethers";

import { calldataGas } from "./calldata-gas.ts";
import { fastLzLength } from "./fastlz.ts";

// What an L2 charges for putting a transaction on L1, beside its own gas. Two families: the OP Stack (OP Mainnet, Base)
// takes it on top; Arbitrum counts it as gas, so that it is in the receipt's `gasUsed` and in gas estimates.

/** What the OP Stack's fee depends on: fees of L1 in wei, and the chain's own scalars. */
export type OpStackInputs = {
  l1BaseFee: bigint;
  blobBaseFee: bigint;
  /** In millionths. */
  baseFeeScalar: bigint;
  /** In millionths. */
  blobBaseFeeScalar: bigint;
};

/**
 * The L1 fee of the OP Stack since Fjord, wei: a linear guess from the FastLZ length to the size in a compressed batch,
 * at 16 gas a byte of calldata and a byte of blob (specs.optimism.io, Fjord, "L1-Cost fee changes").
 *
 * @param signed the whole transaction, serialized with its signature
 */
export function fjordL1Fee(signed: Uint8Array, inputs: OpStackInputs): bigint {
  return fjordL1FeeOf(fastLzLength(signed), inputs);
}

/** The same from the FastLZ length. */
export function fjordL1FeeOf(length: number, inputs: OpStackInputs): bigint {
  const size = -42_585_600n + 836_500n * BigInt(length);
  const smallest = 100_000_000n;
  return ((size < smallest ? smallest : size) * weightedPrice(inputs)) / 10n ** 12n;
}

/** The L1 fee of the OP Stack between Ecotone and Fjord, wei: 4 gas a zero byte, 16 any other, no compression. */
export function ecotoneL1Fee(signed: Uint8Array, inputs: OpStackInputs): bigint {
  return (BigInt(calldataGas(signed)) * weightedPrice(inputs)) / 16_000_000n;
}

function weightedPrice(inputs: OpStackInputs): bigint {
  const { l1BaseFee, blobBaseFee, baseFeeScalar, blobBaseFeeScalar } = inputs;
  return 16n * baseFeeScalar * l1BaseFee + blobBaseFeeScalar * blobBaseFee;
}

/**
 * The L1 fee of Arbitrum, wei: 16 units a byte of the transaction after Brotli, at the chain's price of a unit
 * (docs.arbitrum.io, "L1 pricing").
 *
 * @param signed the whole transaction, serialized with its signature
 * @param pricePerUnit wei; ArbGasInfo.getPricesInWei() gives it, and it follows what batches cost on L1
 * @param level of Brotli; the chain's owner sets it, 0 unless it did
 */
export function arbitrumL1Fee(signed: Uint8Array, pricePerUnit: bigint, level = 0): bigint {
  const params = { [constants.BROTLI_PARAM_QUALITY]: level };
  return 16n * BigInt(brotliCompressSync(signed, { params }).length) * pricePerUnit;
}

/** A transaction to be: what of it the L1 fee depends on. */
export type Draft = { to: string; data: string };

const GAS_PRICE_ORACLE = "0x420000000000000000000000000000000000000F";
const ARB_GAS_INFO = "0x000000000000000000000000000000000000006C";
const NODE_INTERFACE = "0x00000000000000000000000000000000000000C8";

/** Whether gas counts a transaction's place on L1 too, as on Arbitrum: then how much it takes follows L1's price. */
export async function countsL1AsGas(provider: Provider): Promise<boolean> {
  return (await provider.getCode(ARB_GAS_INFO)) !== "0x";
}

/**
 * The L1 fee of a transaction as the chain's own contract tells it, wei; 0 on a chain that has none. On Arbitrum it is
 * part of the gas estimate already: show it, do not add it.
 */
export async function readL1Fee(provider: Provider, draft: Draft): Promise<bigint> {
  if ((await provider.getCode(GAS_PRICE_ORACLE)) !== "0x") {
    const abi = ["function getL1Fee(bytes) view returns (uint256)"];
    const oracle = new Contract(GAS_PRICE_ORACLE, abi, provider);
    // Unsigned: the oracle adds a signature's 68 bytes itself.
    return (await oracle.getFunction("getL1Fee").staticCall(serialized(draft))) as bigint;
  }
  if (await countsL1AsGas(provider)) {
    const abi = [
      "function gasEstimateL1Component(address to, bool contractCreation, bytes data) payable returns (uint64 gasForL1, uint256 baseFee, uint256 l1BaseFee)",
    ];
    const node = new Contract(NODE_INTERFACE, abi, provider);
    const [gas, baseFee] = (await node
      .getFunction("gasEstimateL1Component")
      .staticCall(draft.to, false, draft.data)) as [bigint, bigint];
    return gas * baseFee;
  }
  return 0n;
}

/** As bytes, with numbers in it that are as long as real ones. */
function serialized({ to, data }: Draft): Uint8Array {
  const filler = { nonce: 1_000, gasLimit: 200_000, maxFeePerGas: 10n ** 9n };
  const transaction = Transaction.from({
    ...{ type: 2, chainId: 10, to, data, ...filler },
    maxPriorityFeePerGas: 10n ** 9n,
  });
  return getBytes(transaction.unsignedSerialized);
}
