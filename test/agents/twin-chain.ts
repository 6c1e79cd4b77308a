import {
  getAddress,
  hexlify,
  id,
  Interface,
  JsonRpcProvider,
  Network,
  toQuantity,
  toUtf8Bytes,
  toUtf8String,
  Wallet,
  ZeroAddress,
  zeroPadValue,
  type JsonRpcError,
  type JsonRpcPayload,
  type JsonRpcResult,
  type Log,
  type Result,
  type TransactionLike,
  type TransactionRequest,
} from "ethers";

import { MARKET_ABI, TOKEN_ABI } from "../../agents/abi.ts";
import { accountOf, freeBalance, settledAccount } from "../../mechanism/twin-accounts.ts";
import { chargeUp, paymentUp, REASONS, STEP_RULES } from "../../mechanism/twin-arithmetic.ts";
import { createMarket, type TwinDeployment, type TwinMarket } from "../../mechanism/twin-state.ts";
import { obey, type TwinEvent } from "./twin-events.ts";

const marketAbi = new Interface(MARKET_ABI);
const tokenAbi = new Interface(TOKEN_ABI);

/** A transaction the chain has taken, and whether the market took it too. */
export type Taken = {
  from: string;
  method: string;
  args: unknown[];
  gas: bigint;
  succeeded: boolean;
};

/** What the node answers when it has no result. */
class NodeError extends Error {
  readonly data: string | undefined;

  constructor(message: string, data?: string) {
    super(message);
    this.data = data;
  }
}

/**
 * A node in this process with one market on it, which is the contract's twin, and its token. All that agents ask of a
 * chain, answered at once; each transaction is mined as it comes. It is for tests of agents that need no contract:
 * `test/differential` holds the twin to the contract, and other tests here run agents on the contract itself.
 */
export class TwinChain extends JsonRpcProvider {
  readonly address = getAddress(zeroPadValue("0x4d", 20));
  readonly token = getAddress(zeroPadValue("0x54", 20));
  readonly market: TwinMarket;
  /** Tokens by holder, base units. */
  readonly balances = new Map<string, bigint>();
  /** What the market may take, by holder, base units. */
  readonly allowances = new Map<string, bigint>();
  /** Accounts without ether. */
  readonly poor = new Set<string>();
  /** Unix seconds, as the next block will have it. */
  now = 1_000_000n;
  /** Unix seconds of the last block. */
  latest = 0n;
  /** Every transaction, in order. */
  readonly taken: Taken[] = [];
  /** What calls and gas estimates would have been refused, by method. */
  readonly refused: string[] = [];
  /** Somebody else's chance to be first: called with each transaction before it is taken. */
  before: (from: string, method: string) => void = () => undefined;
  /** Whether gas estimates and failed transactions are to be had without a reason. */
  isSilent = false;
  /** How often a receipt is asked for in vain before it is there. */
  receiptDelay = 0;
  /** The receipts asked for, by hash: how often. */
  readonly polls = new Map<string, number>();

  readonly #logs: Record<string, unknown>[] = [];
  readonly #receipts = new Map<string, Record<string, unknown>>();
  readonly #decimals: bigint;
  #block = 0;

  constructor(deployment: TwinDeployment) {
    const network = Network.from(31_337);
    super("http://twin.invalid", network, {
      staticNetwork: network,
      cacheTimeout: -1,
      batchStallTime: 0,
    });
    const { policy, allowlisted, price, limits, tokenDecimals } = deployment;
    this.#decimals = tokenDecimals;
    this.market = createMarket(deployment);
    // The owner's own event comes first, from OpenZeppelin, and is not in the interface.
    const transferred = [id("OwnershipTransferred(address,address)"), id("nobody"), id("owner")];
    this.#mine([{ topics: transferred, data: "0x" }], id("deployment"));
    const people = [this.token, this.address, this.address];
    const kind = policy === "Refunding" ? 0 : 1;
    const values = [...people, tokenDecimals, kind, allowlisted, price, limits];
    this.#mine([marketAbi.encodeEventLog("MarketCreated", values)], id("creation"));
  }

  /** Somebody with a key, the same for the same name. */
  someone(name: string): Wallet {
    return new Unsigned(id(name), this);
  }

  /**
   * Give the market an order in a block of its own, without the detour of a transaction.
   *
   * @throws Error `Name(values)` as the contract reverts
   */
  order(from: string, method: string, ...args: unknown[]): void {
    this.#mine(encoded(obey(this.market, this.now, from, method, args)), id(`${this.#block}`));
  }

  /** Every log there is, oldest first, as `getLogs` gives them. */
  logs(): Promise<Log[]> {
    return this.getLogs({ address: this.address, fromBlock: 0, toBlock: "latest" });
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    const answers = [payload].flat().map((request): JsonRpcResult | JsonRpcError => {
      try {
        return {
          id: request.id,
          result: this.#answer(request.method, request.params as unknown[]),
        };
      } catch (error) {
        if (!(error instanceof NodeError)) throw error;
        const { message, data } = error;
        return { id: request.id, error: { code: 3, message, data } };
      }
    });
    // ethers takes errors too; the type it gives its own method leaves them out.
    return answers as JsonRpcResult[];
  }

  #answer(method: string, params: unknown[]): unknown {
    const [first] = params as [string];
    const call = params[0] as Call;
    switch (method) {
      case "eth_blockNumber":
        return toQuantity(this.#block);
      case "eth_getBlockByNumber":
        return this.#latest();
      case "eth_getCode":
        return [this.address, this.token].some((at) => isSame(at, first)) ? "0xfe" : "0x";
      case "eth_call":
        return this.#call(call);
      case "eth_estimateGas":
        this.#call(call);
        return toQuantity(100_000);
      case "eth_sendRawTransaction":
        return this.#take(JSON.parse(toUtf8String(first)) as Call);
      case "eth_getTransactionReceipt":
        return this.#receiptOf(first);
      case "eth_getLogs":
        return this.#find(params[0] as Filter);
      default:
        throw new NodeError(`the method ${method} does not exist`);
    }
  }

  /** A view's result; of anything else, what it would revert with. */
  #call({ from, to, data }: Call): string {
    const abi = isSame(to, this.token) ? tokenAbi : marketAbi;
    const call = abi.parseTransaction({ data });
    if (call === null) throw new NodeError("execution reverted", "0x");
    const { fragment, name, args } = call;
    if (fragment.stateMutability === "view") {
      const view = abi === tokenAbi ? this.#viewToken(name, args) : viewMarket(this, name, args);
      const isOne = fragment.outputs.length === 1;
      return abi.encodeFunctionResult(fragment, isOne ? [view] : (view as unknown[]));
    }
    if (this.isSilent || abi === tokenAbi) return "0x";
    const sender = getAddress(from ?? ZeroAddress);
    try {
      obey(structuredClone(this.market), this.now, sender, name, args.toArray(true));
    } catch (error) {
      this.refused.push(name);
      throw new NodeError("execution reverted", revertOf(error));
    }
    return "0x";
  }

  #viewToken(name: string, [holder]: Result): unknown {
    switch (name) {
      case "decimals":
        return this.#decimals;
      case "symbol":
        return "PAY";
      case "allowance":
        return this.allowances.get(holder as string) ?? 0n;
      case "balanceOf":
        return this.balances.get(holder as string) ?? 0n;
      default:
        throw new NodeError("execution reverted", "0x");
    }
  }

  #take({ from: sender, to, data, gas }: Call): string {
    const from = getAddress(sender!);
    if (this.poor.has(from)) throw new NodeError("Sender doesn't have enough funds to send tx");
    const abi = isSame(to, this.token) ? tokenAbi : marketAbi;
    const call = abi.parseTransaction({ data })!;
    const args: unknown[] = call.args.toArray(true);
    const hash = id(`transaction ${this.#block}`);
    this.before(from, call.name);
    let logs: EncodedLog[] = [];
    let succeeded = true;
    try {
      if (abi === tokenAbi) this.allowances.set(from, args[1] as bigint);
      else logs = encoded(obey(this.market, this.now, from, call.name, args));
    } catch (error) {
      revertOf(error);
      succeeded = false;
    }
    if (call.name === "deposit" && succeeded) this.#pay(from, args[0] as bigint);
    this.taken.push({ from, method: call.name, args, gas: BigInt(gas!), succeeded });
    this.#mine(logs, hash, { from, to, succeeded });
    return hash;
  }

  /** @throws Error if the tokens are not there: no test should come to that */
  #pay(from: string, amount: bigint): void {
    const [held, allowed] = [this.balances, this.allowances].map((of) => of.get(from) ?? 0n);
    if (held! < amount || allowed! < amount) throw new Error("a deposit without tokens");
    this.balances.set(from, held! - amount);
    this.allowances.set(from, allowed! - amount);
  }

  #mine(
    logs: EncodedLog[],
    hash: string,
    { from, to, succeeded } = { from: this.address, to: null as string | null, succeeded: true },
  ): void {
    this.#block++;
    this.latest = this.now;
    const place = {
      blockNumber: toQuantity(this.#block),
      blockHash: id(`block ${this.#block}`),
      transactionHash: hash,
      transactionIndex: "0x0",
    };
    const stored = logs.map((log, index) => ({
      ...log,
      ...place,
      address: this.address,
      logIndex: toQuantity(index),
      removed: false,
    }));
    this.#logs.push(...stored);
    const gas = { gasUsed: "0xc350", cumulativeGasUsed: "0xc350", effectiveGasPrice: "0x1" };
    const status = succeeded ? "0x1" : "0x0";
    this.#receipts.set(hash, { ...place, ...gas, from, to, status, logs: stored, type: "0x2" });
  }

  #receiptOf(hash: string): unknown {
    const polled = this.polls.get(hash) ?? 0;
    this.polls.set(hash, polled + 1);
    return polled < this.receiptDelay ? null : (this.#receipts.get(hash) ?? null);
  }

  #find({ address, topics, fromBlock, toBlock }: Filter): unknown[] {
    const last = toBlock === "latest" ? this.#block : Number(toBlock);
    return this.#logs.filter((log) => {
      const block = Number(log["blockNumber"]);
      const [topic] = log["topics"] as string[];
      const isWanted = topics?.[0] === undefined || topics[0] === topic;
      return (
        isSame(address, this.address) && block >= Number(fromBlock) && block <= last && isWanted
      );
    });
  }

  #latest(): Record<string, unknown> {
    return {
      hash: id(`block ${this.#block}`),
      parentHash: id(`block ${this.#block - 1}`),
      number: toQuantity(this.#block),
      timestamp: toQuantity(this.latest),
      nonce: "0x0000000000000000",
      difficulty: "0x0",
      gasLimit: toQuantity(30_000_000),
      gasUsed: "0x0",
      miner: this.address,
      extraData: "0x",
      baseFeePerGas: "0x1",
      transactions: [],
    };
  }
}

/** A key whose transactions go unsigned: signatures are most of the time that a transaction takes. */
class Unsigned extends Wallet {
  override async populateTransaction(request: TransactionRequest): Promise<TransactionLike> {
    const { to, data, gasLimit } = request as { to: string; data: string; gasLimit?: bigint };
    const call = { from: this.address, to, data };
    return { ...call, gasLimit: gasLimit ?? (await this.provider!.estimateGas(call)) };
  }

  override signTransaction({ from, to, data, gasLimit }: TransactionRequest): Promise<string> {
    const call = { from, to, data, gas: toQuantity(gasLimit!) };
    return Promise.resolve(hexlify(toUtf8Bytes(JSON.stringify(call))));
  }
}

type Call = { from?: string; to: string; data: string; gas?: string };
type EncodedLog = { topics: string[]; data: string };
type Filter = { address: string; topics?: string[]; fromBlock: string; toBlock: string };

function viewMarket({ market, token }: TwinChain, name: string, [first]: Result): unknown {
  switch (name) {
    case "token":
      return token;
    case "policy":
      return market.policy === "Refunding" ? 0 : 1;
    case "posted":
      return market.posted;
    case "totals":
      return market.totals;
    case "rules":
      return { ...market.rules, rule: STEP_RULES.indexOf(market.rules.rule) };
    case "account":
      return accountOf(market, first as string);
    case "settledAccount":
      return settledAccount(market, first as string);
    case "freeBalance":
      return freeBalance(market, first as string);
    case "quote": {
      const { posted, divisor } = market;
      const demand = first as bigint;
      return [chargeUp(posted, demand, divisor), paymentUp(posted.price, demand, divisor)];
    }
    case "outcome": {
      const outcome = market.outcomes.get(first as bigint);
      return outcome === undefined
        ? Array.from({ length: 7 }, () => 0n)
        : { ...outcome, reason: REASONS.indexOf(outcome.reason) };
    }
    default:
      throw new NodeError(`the twin has no view ${name}`);
  }
}

function encoded(events: TwinEvent[]): EncodedLog[] {
  return events.map(([name, ...values]) => marketAbi.encodeEventLog(name, values));
}

/**
 * The twin's `Name(values)` as the contract's revert data.
 *
 * @throws the error itself if it is none of the contract's
 */
function revertOf(error: unknown): string {
  const [, name, list] = /^(\w+)\((.*)\)$/.exec((error as Error).message) ?? [];
  if (name === undefined) throw error;
  const words = list === "" ? [] : list!.split(", ");
  const values = words.map((word) => (/^(true|false)$/.test(word) ? word === "true" : word));
  return marketAbi.encodeErrorResult(name, values);
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
