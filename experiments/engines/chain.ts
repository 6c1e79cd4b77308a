import { getCreate2Address, id, Interface, Wallet, ZeroHash } from "ethers";

import { MARKET_ABI, TOKEN_ABI } from "../../agents/abi.ts";
import { answer, type Strategy } from "../../agents/bot.ts";
import { batchesOf } from "../../agents/keep.ts";
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
import { encodeBatch, signDemand, type SignedDemand } from "../../agents/relay/signed-demand.ts";
import type { Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { fixedFromNumber, numberFromFixed } from "../../mechanism/fixed-point.ts";
import type { StopReason } from "../../mechanism/price-update.ts";
import { REASONS } from "../../mechanism/twin-arithmetic.ts";
import type { TwinOutcome } from "../../mechanism/twin-state.ts";
import { LOCAL_CHAIN } from "../../scripts/run/local-chain.ts";
import { depositOf, LIMITS, parametersOf } from "../../scripts/run/parameters.ts";
import { openBlockChain, type BlockChain, type Order } from "./block-chain.ts";
import type { Cleared } from "./engine.ts";

/** One chain for all the markets of a run. */
let open: Promise<BlockChain> | undefined;

const POLICIES = { Refunding: 0, PerSubmission: 1 } as const;
const calls = new Interface([...MARKET_ABI, ...TOKEN_ABI]);

/** An agent, where it is, and its key if it signs its demands. */
type Member = { agent: Agent; from: string; wallet?: Wallet };

/** How many agents' demands or accounts one transaction takes: it may use 2²⁴ gas at most (EIP-7825). */
const BATCH = 100;

/** An address that nobody has a key to. */
const addressOf = (name: string): string =>
  getCreate2Address(`0x${"11".repeat(20)}`, id(name), ZeroHash);
const operator = addressOf("operator");

/** What a market's transactions were for; each with the gas it used and the data it carried. */
export type Sent = {
  kind: "join" | "open" | "submit" | "close" | "settle";
  gas: number;
  data: string;
};

/** A market cleared on the chain, and what there is to tell beside the outcome. */
export type ChainRun = Cleared & {
  sent: Sent[];
  /** Demands that agents sent, whoever carried them. */
  messages: number;
  /** For the provider and for the treasury, tokens. */
  revenue: number;
  charges: number;
};

/** The rounds by the contract itself. */
export async function clearByChain(agents: readonly Agent[], market: Market): Promise<Cleared> {
  const { allocations, price, rounds, stop } = await runOnChain(agents, market);
  return { allocations, price, rounds, stop };
}

/**
 * A market on the contract: deployed anew, joined, answered by the bots' own minds from what its views say, closed,
 * settled, each a transaction. What the bots' fleet adds (keys, nonces, receipts, deadlines) is left out: it changes no
 * demand, and takes ten times as long.
 *
 * @param relayed whether agents sign their demands and one transaction carries all of a round
 */
export async function runOnChain(
  agents: readonly Agent[],
  market: Market,
  relayed = false,
): Promise<ChainRun> {
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
  const sent: Sent[] = [];
  const mine = async (kind: Sent["kind"], orders: readonly Order[]): Promise<void> => {
    const gas = await chain.mine(orders);
    orders.forEach(({ data }, index) => sent.push({ kind, gas: gas[index]!, data }));
  };

  const members = agents.map((agent, index): Member => {
    if (!relayed) return { agent, from: addressOf(`agent ${index}`) };
    const wallet = new Wallet(id(`agent ${index}`));
    return { agent, from: wallet.address, wallet };
  });
  const deposits = members.map(({ agent }) => depositOf(market, agent));
  await chain.mine(
    members.map(({ from }, index) => order(from, "mint", [from, deposits[index]!], token)),
  );
  await mine(
    "join",
    members.flatMap(({ from }, index) => [
      order(from, "approve", [address, deposits[index]!], token),
      order(from, "deposit", [deposits[index]!]),
    ]),
  );
  await mine("open", [order(operator, "openEpoch", [parametersOf(market, agents)])]);

  let messages = 0;
  for (;;) {
    const offer = await readOffer(onChain);
    if (!offer.open) break;
    const { epoch, round } = offer;
    const answers: Order[] = [];
    const signed: SignedDemand[] = [];
    for (const { agent, from, wallet } of members) {
      const samples = await answerOf(onChain, offer, market, agent, from);
      if (samples === null) continue;
      messages++;
      if (wallet === undefined) {
        const isOne = samples.length === 1;
        const demand = isOne ? samples[0] : samples;
        answers.push(order(from, isOne ? "submit" : "submitSamples", [epoch, round, demand]));
      } else {
        const sum = samples.reduce((total, sample) => total + sample, 0n);
        const demand = { agent: from, epoch, round, demand: sum / BigInt(samples.length) };
        signed.push(await signDemand(wallet, { chainId: LOCAL_CHAIN, address }, demand));
      }
    }
    const answered = relayed ? signed.length : answers.length;
    for (const batch of batchesOf(signed, BATCH)) {
      const carried = order(operator, "submitSigned", [epoch, round, encodeBatch(batch)]);
      answers.push({ ...carried, gas: 100_000n + 60_000n * BigInt(batch.length) });
    }
    await mine("submit", answers);
    // Where somebody has let a demand stand, the round is open until its deadline.
    if (answered < members.length) await chain.wait(market.roundLength);
    await mine("close", [order(operator, "closeRound", [])]);
  }

  const settlements = batchesOf(members, BATCH).map((batch): Order => {
    const settlement = order(operator, "settleAccounts", [batch.map(({ from }) => from)]);
    return { ...settlement, gas: 100_000n * BigInt(batch.length) };
  });
  await mine("settle", settlements);
  const { epoch } = await readOffer(onChain);
  const { price, reason, round } = (await call(
    onChain.contract,
    "outcome",
    epoch,
  )) as TwinOutcome & { reason: unknown };
  const funds = (await call(onChain.contract, "funds")) as { revenue: bigint; fees: bigint };
  const allocations = new Float64Array(agents.length);
  for (const [index, { from }] of members.entries()) {
    allocations[index] = numberFromFixed((await readAccount(onChain, from)).demand);
  }
  return {
    allocations,
    price: numberFromFixed(price),
    rounds: Number(round) + 1,
    stop: REASONS[Number(reason)] as StopReason,
    sent,
    messages,
    revenue: numberFromFixed(funds.revenue, decimals),
    charges: numberFromFixed(funds.fees, decimals),
  };
}

/** What the fleet's bot would send, from what it would read. */
async function answerOf(
  onChain: OnChain,
  offer: Offer,
  { bots, token }: Market,
  agent: Agent,
  from: string,
): Promise<bigint[] | null> {
  const account = await readSettledAccount(onChain, from);
  const standing = {
    demand: account.epoch === offer.epoch ? numberFromFixed(account.demand) : 0,
    budget: budgetOf(account, token.decimals),
  };
  const { gamma, deadband } = bots;
  const strategy: Strategy =
    bots.strategy === "lazy" ? { name: "lazy", gamma, deadband } : { name: "truthful", gamma };
  const samples = answer({ agent, strategy }, postingOf(offer), standing);
  return samples === null ? null : samples.map((sample) => fixedFromNumber(sample));
}

/** Stop the chain, if one was started. */
export async function closeChain(): Promise<void> {
  const chain = await open;
  open = undefined;
  await chain?.close();
}
