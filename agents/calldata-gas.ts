/** What the EVM asks for a transaction's data (EIP-2028), gas: 4 a zero byte, 16 any other. */
export function calldataGas(data: Uint8Array): number {
  return data.reduce((gas, byte) => gas + (byte === 0 ? 4 : 16), 0);
}
