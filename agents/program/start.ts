import type { HDNodeWallet } from "ethers";

import { InputError } from "../../markets/input-error.ts";
import { fixedFromNumber, formatFixed, numberFromFixed } from "../../mechanism/fixed-point.ts";
import type { Endpoint } from "../chain/endpoint.ts";
import { NodeFault, RpcError } from "../chain/faults.ts";
import type { Head } from "../chain/head.ts";
import type { FleetProvider } from "../chain/provider.ts";
import { ChainError } from "../errors.ts";
import type { Member } from "../fleet.ts";
import { call, readAccount, type Market } from "../market.ts";
import { forEachAtMost, sleep } from "../send.ts";
import type { Config } from "./config.ts";

const ATTEMPTS = 5;
const WIDTH = 16;

/**
 * Find out before anything is done whether the nodes are of the chain that the configuration names. Those that do not
 * answer now may do so later, as long as one does.
 *
 * @returns those, by name, with the reason
 * @throws ChainError if one is of another chain, or none answers
 */
export async function checkNodes(
  endpoints: readonly Endpoint[],
  { chainId, timeout }: Pick<Config, "chainId" | "timeout">,
): Promise<ReadonlyMap<string, string>> {
  const faults = new Map<string, string>();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await sleep(50 * 2 ** attempt);
    faults.clear();
    const answers = endpoints.map(async ({ name, request }) => {
      try {
        const given = BigInt((await request("eth_chainId", [], timeout)) as string);
        if (given === chainId) return true;
        throw new ChainError(
          `rpc: the node at ${name} is of chain ${given}, the configuration expects chainId ${chainId}`,
        );
      } catch (error) {
        if (error instanceof ChainError) throw error;
        faults.set(
          name,
          error instanceof NodeFault || error instanceof RpcError ? error.message : String(error),
        );
        return false;
      }
    });
    if ((await Promise.all(answers)).includes(true)) return faults;
  }
  const reasons = [...faults].map(([name, reason]) => `${name} (${reason})`).join(", ");
  throw new ChainError(
    `rpc: no Ethereum node answers at ${reasons}; check the URLs, or start the node`,
  );
}

/**
 * Find out before anything is sent whether every key can pay its way in.
 *
 * @throws ChainError naming the first that cannot
 */
export async function checkFunds(
  provider: FleetProvider,
  market: Market,
  members: readonly Member[],
  keeper: HDNodeWallet | null,
): Promise<void> {
  const { chainId } = await provider.getNetwork();
  const needs = async (who: string, address: string): Promise<void> => {
    if ((await provider.getBalance(address)) > 0n) return;
    throw new ChainError(
      `${who} (${address}) has no native token for gas on chain ${chainId}; fund it, then start again`,
    );
  };
  if (keeper !== null) await needs("the keeper", keeper.address);
  await forEachAtMost(members, WIDTH, async ({ bot, wallet, deposit }) => {
    await needs(`agent ${bot.agent.id}`, wallet.address);
    const { epoch } = await readAccount(market, wallet.address);
    if (epoch !== 0n) return;
    const held = (await call(market.token, "balanceOf", wallet.address)) as bigint;
    if (held >= deposit) return;
    const [has, wants] = [held, deposit].map((value) => formatFixed(value, market.tokenDecimals));
    throw new ChainError(
      `agent ${bot.agent.id} (${wallet.address}) has ${has} ${market.tokenSymbol}, its deposit is ${wants}; ` +
        "fund it, then start again",
    );
  });
}

/** @throws ChainError on a chain before EIP-1559: transactions are priced by its base fee */
export function checkBaseFee({ baseFee }: Head, chainId: bigint): void {
  if (baseFee === null) {
    throw new ChainError(
      `rpc: chain ${chainId} has no base fee (EIP-1559), which transactions here need`,
    );
  }
}

/** A deposit, tokens, in base units of the market's token. @throws InputError if the token has not that many decimals */
export function depositOf(deposit: number, { tokenDecimals }: Market): bigint {
  const fixed = fixedFromNumber(deposit);
  const unit = 10n ** BigInt(18 - tokenDecimals);
  if (fixed % unit === 0n) return fixed / unit;
  throw new InputError(
    `deposit: given ${numberFromFixed(fixed)}, allowed at most ${tokenDecimals} decimals, as the token has`,
  );
}
