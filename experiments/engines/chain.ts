import { getCreate2Address, id, Interface, ZeroHash } from "ethers";

import { MARKET_ABI, TOKEN_ABI } from "../../agents/abi.ts";
import { answer, type Bot } from "../../agents/bot.ts";
import {
  call,
  openMarket,
  readAccount,
  readOffer,
  readSettledAccount,
  type Market as OnChain,
  type Offer,
} from "../../agents/market.ts";
import { budgetOf, postingOf } from "../../agents/posting.ts";
import type { Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { fixedFromNumber, numberFromFixed } from "../../mechanism/fixed-point.ts";
import type { StopReason } from "../../mechanism/price-update.ts";
import { REASONS } from "../../mechanism/twin-arithmetic.ts";
import type { TwinOutcome } from "../../mechanism/twin-state.ts";
import { depositOf, LIMITS, parametersOf } from "../../scripts/run/parameters.ts";
import { openBlockChain, type BlockChain, type Order } from "./block-chain.ts";
import type { Cleared } from "./engine.ts";

/** One chain for all the markets of a run. */
let open: Promise<BlockChain> | undefined;

const POLICIES = { Refunding: 0, PerSubmission: 1 } as const;
const calls = new Interface([...MARKET_ABI, ...TOKEN_ABI]);

/** An address that nobody has a key to. */
const addressOf = (name: string): string =>
  getCreate2Address(`0x${"11".repeat(20)}`, id(name), ZeroHash);
const operator = addressOf("operator");

/**
 * The rounds by the contract itself: deployed anew, joined, answered by the bots' own minds from what its views say,
 * closed, settled, each a transaction. What the bots' fleet adds (keys, nonces, receipts, deadlines) is left out: it changes
 * no demand, and takes ten times as long.
 */
export async function clearByChain(agents: readonly Agent[], market: Market): Promise<Cleared> {
  open ??= openBlockChain();
  const chain = await open;
  const { symbol, decimals } = market.token;
  const token = await chain.deploy("TestToken", operator, [symbol, symbol, decimals]);
  const address = await chain.deploy("ClearingContract", operator, [
    ...[token, operator, operator, operator, POLICIES[market.policy], false],
    ...[fixedFromNumber(market.initialPrice), LIMITS],
  ]);
  const onChain = await openMarket(address, chain.runner);
  const order = (from: string, method: string, args: readonly unknown[], to = address): Order => ({
    ...{ from, to },
    data: calls.encodeFunctionData(method, args),
  });

  const members = agents.map((agent, index) => ({ agent, from: addressOf(`agent ${index}`) }));
  const deposits = members.map(({ agent }) => depositOf(market, agent));
  await chain.mine(
    members.flatMap(({ from }, index) => [
      order(from, "mint", [from, deposits[index]!], token),
      order(from, "approve", [address, deposits[index]!], token),
      order(from, "deposit", [deposits[index]!]),
    ]),
  );
  await chain.mine([order(operator, "openEpoch", [parametersOf(market, agents)])]);

  for (;;) {
    const offer = await readOffer(onChain);
    if (!offer.open) break;
    const answers: Order[] = [];
    for (const { agent, from } of members) {
      const samples = await answerOf(onChain, offer, market, agent, from);
      answers.push(order(from, "submitSamples", [offer.epoch, offer.round, samples]));
    }
    await chain.mine(answers);
    await chain.mine([order(operator, "closeRound", [])]);
  }

  const settlement = order(operator, "settleAccounts", [members.map(({ from }) => from)]);
  await chain.mine([{ ...settlement, gas: 100_000n * BigInt(agents.length) }]);
  const { epoch } = await readOffer(onChain);
  const { price, reason, round } = (await call(
    onChain.contract,
    "outcome",
    epoch,
  )) as TwinOutcome & { reason: unknown };
  const allocations = new Float64Array(agents.length);
  for (const [index, { from }] of members.entries()) {
    allocations[index] = numberFromFixed((await readAccount(onChain, from)).demand);
  }
  return {
    allocations,
    price: numberFromFixed(price),
    rounds: Number(round) + 1,
    stop: REASONS[Number(reason)] as StopReason,
  };
}

/** What the fleet's bot would send, from what it would read. */
async function answerOf(
  onChain: OnChain,
  offer: Offer,
  { bots, token }: Market,
  agent: Agent,
  from: string,
): Promise<bigint[]> {
  const account = await readSettledAccount(onChain, from);
  const standing = {
    demand: account.epoch === offer.epoch ? numberFromFixed(account.demand) : 0,
    budget: budgetOf(account, token.decimals),
  };
  const bot: Bot = { agent, strategy: { name: "truthful", gamma: bots.gamma } };
  return (answer(bot, postingOf(offer), standing) ?? []).map((sample) => fixedFromNumber(sample));
}

/** Stop the chain, if one was started. */
export async function closeChain(): Promise<void> {
  const chain = await open;
  open = undefined;
  await chain?.close();
}
