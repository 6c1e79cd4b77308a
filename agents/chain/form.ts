import { isHexString, keccak256 } from "ethers";

const isQuantity = (given: unknown): boolean =>
  isHexString(given) && given.length > 2 && given.length <= 66;
const isData = (given: unknown): boolean => isHexString(given, true);
const isHash = (given: unknown): boolean => isHexString(given, 32);

/** By method, the form of its result; other methods' may be anything. */
const FORMS: Record<string, (result: unknown, params: readonly unknown[]) => boolean> = {
  eth_chainId: isQuantity,
  eth_getTransactionCount: isQuantity,
  eth_getBalance: isQuantity,
  eth_estimateGas: isQuantity,
  eth_maxPriorityFeePerGas: isQuantity,
  eth_call: isData,
  eth_getCode: isData,
  eth_getLogs: (logs) =>
    Array.isArray(logs) &&
    logs
      .map(fieldsOf)
      .every(
        ({ topics, data, transactionHash }) =>
          Array.isArray(topics) && typeof data === "string" && typeof transactionHash === "string",
      ),
  eth_sendRawTransaction: (hash, [raw]) => hash === keccak256(raw as string),
  eth_getBlockByNumber: (block, [at]) => {
    if (block === null) return true;
    const { number, hash, parentHash, timestamp, baseFeePerGas } = fieldsOf(block);
    // What is yet to be mined has no number and no hash.
    if (at === "pending") return isQuantity(timestamp);
    return (
      [number, timestamp, baseFeePerGas ?? "0x0"].every(isQuantity) &&
      [hash, parentHash].every(isHash) &&
      (at === "latest" || BigInt(number as string) === BigInt(at as string))
    );
  },
  eth_getTransactionReceipt: (receipt, [wanted]) => {
    if (receipt === null) return true;
    const { transactionHash, ...fields } = fieldsOf(receipt);
    const { status, gasUsed, blockNumber, effectiveGasPrice = "0x0", l1Fee } = fields;
    return (
      transactionHash === wanted &&
      [status, gasUsed, blockNumber, effectiveGasPrice, l1Fee ?? "0x0"].every(isQuantity)
    );
  },
};

/** Whether a result can be the answer to a request: one of another form, or about something else, is another's. */
export function fits(method: string, params: readonly unknown[], result: unknown): boolean {
  return FORMS[method]?.(result, params) ?? true;
}

function fieldsOf(given: unknown): Record<string, unknown> {
  return typeof given === "object" && given !== null ? (given as Record<string, unknown>) : {};
}
