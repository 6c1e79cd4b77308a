import hre from "hardhat";
import { Interface, toBeHex, type ContractRunner, type InterfaceAbi } from "ethers";

import { ensureBuilt } from "../../scripts/run/embedded-chain.ts";

/** A call to be sent as a transaction; 250,000 gas unless it says otherwise. */
export type Order = { from: string; to: string; data: string; gas?: bigint };

/**
 * Hardhat's simulated chain inside this process, spoken to without HTTP. It takes unsigned transactions from any sender, many to
 * a block. What a transaction does is all there: only the signature is not checked, and blocks come when they are asked for.
 */
export type BlockChain = {
  runner: ContractRunner;
  /** @returns the contract's address */
  deploy: (name: string, from: string, args: readonly unknown[]) => Promise<string>;
  /**
   * Send transactions and mine them.
   *
   * @returns the gas that each used
   * @throws Error if one of them fails
   */
  mine: (orders: readonly Order[]) => Promise<number[]>;
  /** Let the next block come so many seconds later. */
  wait: (seconds: number) => Promise<void>;
  close: () => Promise<void>;
};

type Receipt = { status: string; contractAddress: string; gasUsed: string };

const GAS_LIMIT = 250_000n;
const BLOCK_GAS = 30_000_000n;
const DEPLOYMENT_GAS = 10_000_000n;
const PLENTY = toBeHex(2n ** 100n);

/** The orders in their order, as many to a block as it has gas for. */
function blocksOf(orders: readonly Order[]): Order[][] {
  const blocks: Order[][] = [];
  let left = 0n;
  for (const order of orders) {
    const gas = order.gas ?? GAS_LIMIT;
    if (gas > left) {
      blocks.push([]);
      left = BLOCK_GAS;
    }
    blocks.at(-1)!.push(order);
    left -= gas;
  }
  return blocks;
}

/** Start one. */
export async function openBlockChain(): Promise<BlockChain> {
  await ensureBuilt();
  const connection = await hre.network.create();
  const request = (method: string, params: unknown[]): Promise<unknown> =>
    connection.provider.request({ method, params });
  await request("evm_setAutomine", [false]);
  const known = new Set<string>();

  const send = async ({ gas = GAS_LIMIT, ...call }: Omit<Order, "to">): Promise<string> => {
    const { from } = call;
    if (!known.has(from)) {
      await request("hardhat_impersonateAccount", [from]);
      await request("hardhat_setBalance", [from, PLENTY]);
      known.add(from);
    }
    // With its gas and price named Hardhat asks nothing back.
    const terms = { gas: toBeHex(gas), gasPrice: toBeHex(10n ** 10n) };
    return (await request("eth_sendTransaction", [{ ...call, ...terms }])) as string;
  };
  const receiptOf = async (hash: string): Promise<Receipt> =>
    (await request("eth_getTransactionReceipt", [hash])) as Receipt;
  const mine = async (orders: readonly Order[]): Promise<number[]> => {
    const gas: number[] = [];
    for (const block of blocksOf(orders)) {
      const hashes: string[] = [];
      for (const order of block) hashes.push(await send(order));
      await request("evm_mine", []);
      for (const hash of hashes) {
        const { status, gasUsed } = await receiptOf(hash);
        if (status !== "0x1") throw new Error(`transaction ${hash} failed`);
        gas.push(Number(gasUsed));
      }
    }
    return gas;
  };
  const deploy = async (name: string, from: string, args: readonly unknown[]): Promise<string> => {
    const { abi, bytecode } = (await hre.artifacts.readArtifact(name)) as {
      abi: InterfaceAbi;
      bytecode: string;
    };
    const data = bytecode + new Interface(abi).encodeDeploy(args).slice(2);
    const hash = await send({ from, data, gas: DEPLOYMENT_GAS });
    await request("evm_mine", []);
    return (await receiptOf(hash)).contractAddress;
  };
  return {
    runner: connection.ethers.provider,
    deploy,
    mine,
    wait: async (seconds) => {
      await request("evm_increaseTime", [seconds]);
    },
    close: () => connection.close(),
  };
}
