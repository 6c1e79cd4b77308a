import { formatEther, parseEther, type JsonRpcProvider } from "ethers";

import { ChainError } from "../../agents/errors.ts";
import type { Keys } from "../../agents/keys.ts";
import { readL1Fee } from "../../agents/l1-fee.ts";
import { call, readAccount, type Market as OnChain } from "../../agents/market.ts";
import { forEachAtMost } from "../../agents/send.ts";
import { isLocal } from "./local-chain.ts";
import { waitForPending } from "./wait-for-pending.ts";

/** What each agent is given on a local chain, where ether is free. */
const LOCAL_ETHER = parseEther("0.2");
/** Approval and deposit, and twenty rounds. */
const GAS_OF_AN_AGENT = 200_000n + 20n * 60_000n;
const MESSAGES_OF_AN_AGENT = 22n;

/** What an agent lacks: ether in wei, tokens in base units. */
type Lack = { address: string; ether: bigint; tokens: bigint };

/**
 * Give every agent what it lacks of gas money and of its deposit. Asked again, after an interruption or when the gas
 * money is spent, it gives what is missing then.
 *
 * @param deposits token base units, in the agents' order
 * @returns the gas it took
 * @throws ChainError if the operator cannot pay for it
 */
export async function fundAgents(
  provider: JsonRpcProvider,
  market: OnChain,
  deposits: readonly bigint[],
  { operator, agents }: Keys,
): Promise<number> {
  const local = await isLocal(provider);
  const ether = local ? LOCAL_ETHER : await gasMoney(provider, market);
  if (!local) await waitForPending(provider, operator.address);
  const lacks: Lack[] = agents.map(({ address }, index) => ({
    address,
    ether,
    tokens: deposits[index]!,
  }));
  // A local chain's token is new: nobody has any.
  if (!local) await forEachAtMost(lacks, 8, (lack) => subtractHeld(provider, market, lack));

  const needed = lacks.reduce((sum, lack) => sum + lack.ether, 0n);
  const held = await provider.getBalance(operator.address);
  if (held <= needed) {
    const { chainId } = await provider.getNetwork();
    throw new ChainError(
      `the operator ${operator.address} has ${formatEther(held)} ETH on chain ${chainId}; ` +
        `${formatEther(needed)} and gas are needed to fund ${agents.length} agents`,
    );
  }

  if (!local && lacks.some(({ tokens }) => tokens > 0n))
    await checkMinter(market, operator.address);

  let nonce = await provider.getTransactionCount(operator.address);
  const transactions = lacks.flatMap(({ address, ether, tokens }) => [
    ...(ether === 0n ? [] : [{ to: address, value: ether, gasLimit: 21_000n }]),
    ...(tokens === 0n
      ? []
      : [
          {
            to: market.token.target as string,
            data: market.token.interface.encodeFunctionData("mint", [address, tokens]),
            gasLimit: 100_000n,
          },
        ]),
  ]);
  const hashes: string[] = [];
  for (const { gasLimit, ...transaction } of transactions) {
    // Elsewhere gas may hold a part for L1: the node estimates it.
    const limit = local ? { gasLimit } : {};
    const { hash } = await operator.sendTransaction({ ...transaction, ...limit, nonce: nonce++ });
    hashes.push(hash);
  }
  let gas = 0n;
  await forEachAtMost(hashes, 16, async (hash) => {
    const receipt = await provider.waitForTransaction(hash);
    gas += receipt?.gasUsed ?? 0n; // after the wait: `gas += await …` would forget what others added meanwhile
  });
  return Number(gas);
}

/** @throws ChainError if the token is not the operator's to give */
async function checkMinter({ token, tokenSymbol }: OnChain, operator: string): Promise<void> {
  try {
    await token.getFunction("mint").staticCall(operator, 1n, { from: operator });
  } catch {
    throw new ChainError(
      `the operator ${operator} may not mint ${tokenSymbol} (${token.target as string}), which some agents lack; ` +
        "give them their deposits, then run the command again",
    );
  }
}

/**
 * Twenty rounds at the fee that ethers proposes, which leaves room for the base fee to double, and on an L2 at twice what
 * L1 asks for each message now; wei.
 */
async function gasMoney(
  provider: JsonRpcProvider,
  { address, contract }: OnChain,
): Promise<bigint> {
  const { maxFeePerGas, gasPrice } = await provider.getFeeData();
  const data = contract.interface.encodeFunctionData("submit", [1n, 1n, 10n ** 18n]);
  const l1Fee = await readL1Fee(provider, { to: address, data });
  return GAS_OF_AN_AGENT * (maxFeePerGas ?? gasPrice ?? 0n) + MESSAGES_OF_AN_AGENT * 2n * l1Fee;
}

async function subtractHeld(provider: JsonRpcProvider, market: OnChain, lack: Lack): Promise<void> {
  const { address, ether, tokens } = lack;
  const [held, wallet, account] = await Promise.all([
    provider.getBalance(address),
    call(market.token, "balanceOf", address) as Promise<bigint>,
    readAccount(market, address),
  ]);
  // Who can still pay for half is left alone: fees move between two calls.
  lack.ether = held * 2n >= ether ? 0n : ether - held;
  // A member has put its deposit in, and may have spent of it.
  lack.tokens = account.epoch !== 0n || wallet >= tokens ? 0n : tokens - wallet;
}
