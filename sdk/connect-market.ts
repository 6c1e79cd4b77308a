import type { Provider, Signer } from "ethers";

import { affordable } from "../agents/bot.ts";
import { connect } from "../agents/connect.ts";
import { ChainError, explain, Refused } from "../agents/errors.ts";
import {
  call,
  openMarket,
  readAccount,
  readOffer,
  readSettledAccount,
  readTotals,
  type Market,
} from "../agents/market.ts";
import { signPermit } from "../agents/permit.ts";
import { budgetOf, hasAnswered, postingOf } from "../agents/posting.ts";
import { readLogs } from "../agents/events.ts";
import { replay } from "../agents/replay.ts";
import { send, sleep } from "../agents/send.ts";
import { signDemand } from "../agents/relay/signed-demand.ts";
import { numberFromFixed } from "../mechanism/fixed-point.ts";
import { REASONS } from "../mechanism/twin-arithmetic.ts";
import { checkAddress, exactly, walletOf } from "./inputs.ts";
import type { MarketClient, Round } from "./market-client.ts";

/** Where a market is, and as whom: a private key, a signer of ethers, or nobody, to read. */
export type ConnectOptions = {
  address: string;
  /** How a transaction is sent, for a caller that wants to follow it. Default `send`. */
  deliver?: typeof send;
} & ({ rpc: string; key?: string | undefined } | { signer: Signer } | { provider: Provider });

// Not yet, or no longer: somebody else closed it.
const TOO_EARLY_OR_LATE = new Set(["RoundStillOpen", "EpochNotOpen"]);

/**
 * Open a market.
 *
 * @throws ChainError if no node answers, there is no market at the address, or the key is none
 */
export async function connectMarket(options: ConnectOptions): Promise<MarketClient> {
  checkAddress(options.address);
  if ("signer" in options) {
    const { provider } = options.signer;
    if (provider === null)
      throw new ChainError("signer: given without a provider; connect it first");
    const market = await openMarket(options.address, options.signer);
    return clientOf(market, provider, options.signer, options.deliver);
  }
  if ("provider" in options) {
    return clientOf(await openMarket(options.address, options.provider), options.provider);
  }
  const signer = options.key === undefined ? undefined : walletOf(options.key);
  const provider = await connect(options.rpc, "rpc");
  const runner = signer?.connect(provider);
  const market = await openMarket(options.address, runner ?? provider);
  return clientOf(market, provider, runner, options.deliver);
}

async function clientOf(
  market: Market,
  provider: Provider,
  signer?: Signer,
  sending: typeof send = send,
): Promise<MarketClient> {
  const { address, contract, token, tokenDecimals, tokenSymbol } = market;
  const self = await signer?.getAddress();
  const tokens = (value: bigint): number => numberFromFixed(value, tokenDecimals);
  const writer = (): Signer => {
    if (signer !== undefined) return signer;
    throw new ChainError("key: not given, this client only reads; connect it with a key");
  };
  const agentOr = (agent: string | undefined): string => {
    if (agent !== undefined) return agent;
    if (self !== undefined) return self;
    throw new ChainError("agent: not given, nor a key; connect with a key, or name an agent");
  };
  const asking = async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      throw explain(error, { decimals: tokenDecimals, symbol: tokenSymbol });
    }
  };
  const deliver: typeof send = (...args) => asking(() => sending(...args));

  const round = async (): Promise<Round | null> => {
    const [offer, totals] = await asking(() =>
      Promise.all([readOffer(market), readTotals(market)]),
    );
    if (!offer.open) return null;
    return {
      ...postingOf(offer),
      demand: numberFromFixed(totals.demand),
      answered: Number(totals.answered),
      members: Number(totals.members),
      deadline: Number(totals.deadline),
    };
  };

  const closeRound = async (): Promise<boolean> => {
    try {
      // Asked first: a refused transaction costs gas.
      await asking(() => call(contract, "closeRound"));
      await deliver(contract, writer(), "closeRound", []);
      return true;
    } catch (error) {
      if (error instanceof Refused && TOO_EARLY_OR_LATE.has(error.errorName)) return false;
      throw error;
    }
  };

  return {
    address,
    token: { address: token.target as string, symbol: tokenSymbol, decimals: tokenDecimals },
    agent: self,
    round,
    closeRound,

    async *rounds({ keeper = false, pollEvery = 1 } = {}) {
      let last: Round | undefined;
      for (;;) {
        const now = await round();
        if (last !== undefined && now?.epoch !== last.epoch) return;
        if (now !== null && now.round !== last?.round) {
          last = now;
          yield now;
        } else if (!(keeper && now !== null && (await closeRound()))) {
          await sleep(pollEvery * 1_000);
        }
      }
    },

    account: (agent) =>
      asking(async () => {
        const who = agentOr(agent);
        const [account, free, offer] = await Promise.all([
          readSettledAccount(market, who),
          call(contract, "freeBalance", who) as Promise<bigint>,
          readOffer(market),
        ]);
        const stands = offer.open && account.epoch === offer.epoch;
        return {
          isMember: account.epoch !== 0n,
          balance: tokens(account.balance),
          free: tokens(free),
          demand: stands ? numberFromFixed(account.demand) : 0,
          hasAnswered: offer.open && hasAnswered(account, offer),
          affordable: offer.open
            ? affordable(postingOf(offer), budgetOf(account, tokenDecimals))
            : 0,
        };
      }),

    holds: (agent) =>
      asking(async () => tokens((await call(token, "balanceOf", agentOr(agent))) as bigint)),

    faucet: async (amount) =>
      deliver(token, writer(), "faucet", [exactly("amount", amount, tokenDecimals)]),

    quote: (demand) =>
      asking(async () => {
        const cost = await call(contract, "quote", exactly("demand", demand));
        const { charge, payment } = cost as { charge: bigint; payment: bigint };
        return { charge: tokens(charge), payment: tokens(payment) };
      }),

    async deposit(amount, { permit = false } = {}) {
      const owner = writer();
      const base = exactly("amount", amount, tokenDecimals);
      const allowance = (await asking(() => call(token, "allowance", self, address))) as bigint;
      if (allowance < base) {
        const signed = permit
          ? await asking(() => signPermit(market, provider, owner, base))
          : null;
        if (signed !== null) {
          return deliver(contract, owner, "depositWithPermit", [base, ...signed]);
        }
        await deliver(token, owner, "approve", [address, base]);
      }
      return deliver(contract, owner, "deposit", [base]);
    },

    withdraw: async (amount, to) =>
      deliver(contract, writer(), "withdraw", [
        exactly("amount", amount, tokenDecimals),
        agentOr(to),
      ]),

    async submit({ epoch, round, samples }, demand) {
      const all =
        typeof demand === "object" ? demand : Array.from({ length: samples }, () => demand);
      const exact = all.map((sample) => exactly("demand", sample));
      const method = samples === 1 && exact.length === 1 ? "submit" : "submitSamples";
      const args = [epoch, round, method === "submit" ? exact[0] : exact];
      return deliver(contract, writer(), method, args).catch((error: unknown) => {
        if (error instanceof Refused && error.errorName === "RoundNotOpen") return null;
        throw error;
      });
    },

    sign: async ({ epoch, round }, demand) => {
      const owner = writer();
      const { chainId } = await provider.getNetwork();
      const answers = { epoch: BigInt(epoch), round: BigInt(round), agent: agentOr(undefined) };
      const exact = { ...answers, demand: exactly("demand", demand) };
      return signDemand(owner, { chainId, address }, exact);
    },

    async settle(agent) {
      const who = agentOr(agent);
      const [stored, settled] = await asking(() =>
        Promise.all([readAccount(market, who), readSettledAccount(market, who)]),
      );
      if (stored.answered !== settled.answered) {
        await deliver(contract, writer(), "settleAccounts", [[who]]);
      }
      return asking(async () => {
        const { epoch, balance, demand } = settled;
        const outcome = (await call(contract, "outcome", epoch)) as {
          price: bigint;
          reason: bigint;
        };
        if (outcome.reason === 0n) {
          throw new ChainError(
            epoch === 0n ? `${who} has not joined` : `epoch ${epoch} has not settled yet`,
          );
        }
        return {
          epoch: Number(epoch),
          reason: REASONS[Number(outcome.reason)]!,
          price: numberFromFixed(outcome.price),
          allocation: numberFromFixed(demand),
          balance: tokens(balance),
        };
      });
    },

    history: (fromBlock = 0) =>
      asking(async () =>
        replay(await readLogs(provider, address, fromBlock, await provider.getBlockNumber())),
      ),
  };
}
