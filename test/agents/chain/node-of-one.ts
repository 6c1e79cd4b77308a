import { toQuantity, Transaction, Wallet } from "ethers";

import { keepBudget, type Budget } from "../../../agents/chain/budget.ts";
import type { Call, DeliveryOptions, Step } from "../../../agents/chain/call.ts";
import { RpcError } from "../../../agents/chain/faults.ts";
import type { Head } from "../../../agents/chain/head.ts";
import { createSender, type Sender } from "../../../agents/chain/sender.ts";

export const GWEI = 10n ** 9n;
export const MARKET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

/** A node with one key on it, whose blocks the test mines. */
export class NodeOfOne {
  readonly wallet = new Wallet(`0x${"5a".repeat(32)}`);
  readonly budget: Budget;
  readonly sender: Sender;
  readonly options: DeliveryOptions;
  readonly steps: Step[] = [];
  /** What each step was told with, in order. */
  readonly told: Record<string, unknown>[] = [];
  /** Every transaction that came in, and what each request was, in order. */
  readonly sent: Transaction[] = [];
  readonly asked: string[] = [];
  /** The number of mined transactions, and of those that wait with them. */
  nonce = 5;
  pending: number | undefined;
  baseFee = GWEI;
  balance = 10n ** 18n;
  /** What it suggests as a tip, what it estimates, what a call gives; or what it fails with. */
  tip: bigint | Error = GWEI;
  gas: bigint | Error = 80_000n;
  verdict: string | Error = "0x";
  /** What was estimated and called, in order. */
  readonly simulated: object[] = [];
  /** What a transaction that comes in is refused with: the node's words, or what else came of it. */
  refuse: (transaction: Transaction) => string | Error | undefined = () => undefined;
  /** Called at each look at the head. */
  onLook = (): void => undefined;
  readonly #leaving = new AbortController();
  readonly #receipts = new Map<string, object>();
  #block = 1;

  constructor(fees: Partial<DeliveryOptions["fees"]> = {}, caps = {}, keep = 0n) {
    this.budget = keepBudget(caps);
    this.options = {
      chainId: 1n,
      transport: {
        request: async (method, params) => this.#answer(method, params),
        close: () => undefined,
      },
      // Nothing of it is asked here but what a call would take, and whether the market would refuse.
      provider: {
        estimateGas: async (request: object) => this.#simulate(request, this.gas),
        call: async (request: object) => this.#simulate(request, this.verdict),
      } as unknown as DeliveryOptions["provider"],
      heads: { observe: async () => this.#head(), last: () => this.#head(), age: () => 0 },
      fees: { cap: 100n * GWEI, bumpPercent: 12, bumpAfter: 60_000, ...fees },
      budget: this.budget,
      keep,
      polling: 1,
      signal: this.#leaving.signal,
      onStep: (step, about) => {
        this.steps.push(step);
        this.told.push(about);
      },
    };
    this.sender = createSender(this.options);
  }

  /** @param more of the call */
  deliver(data: string, more: Partial<Call> = {}): Promise<unknown> {
    const call = { to: MARKET, data, gasLimit: 100_000n, ...more };
    return this.sender.send(this.wallet, call).catch((error: unknown) => error);
  }

  /** Mine the transaction that came in last, or another. It takes 50,000 gas at 2 gwei. */
  mine(transaction = this.sent.at(-1)!, status = "0x1", more: object = {}): void {
    const transactionHash = transaction.hash!;
    const [gasUsed, effectiveGasPrice] = [toQuantity(50_000), toQuantity(2n * GWEI)];
    this.#block++;
    const blockNumber = toQuantity(this.#block);
    const cost = { gasUsed, effectiveGasPrice };
    const receipt = { transactionHash, status, ...cost, blockNumber, ...more };
    this.#receipts.set(transactionHash, receipt);
    this.nonce++;
  }

  /** Another's transaction takes the nonce. */
  mineAnother(): void {
    this.#block++;
    this.nonce++;
  }

  leave(): void {
    this.#leaving.abort();
  }

  #head(): Head {
    const [number, hash] = [this.#block, `block ${this.#block}`];
    this.onLook();
    return { number, hash, timestamp: 0n, baseFee: this.baseFee, lineage: 0 };
  }

  #simulate<T>(request: object, result: T | Error): T {
    this.simulated.push(request);
    return orThrow(result);
  }

  #answer(method: string, params: unknown[]): unknown {
    this.asked.push(method);
    switch (method) {
      case "eth_getTransactionCount":
        return toQuantity(params[1] === "pending" ? (this.pending ?? this.nonce) : this.nonce);
      case "eth_getBalance":
        return toQuantity(this.balance);
      case "eth_maxPriorityFeePerGas":
        return toQuantity(orThrow(this.tip));
      case "eth_getTransactionReceipt":
        return this.#receipts.get(params[0] as string) ?? null;
      case "eth_sendRawTransaction": {
        const transaction = Transaction.from(params[0] as string);
        this.sent.push(transaction);
        const refusal = this.refuse(transaction);
        if (typeof refusal === "string") throw new RpcError(-32000, refusal);
        if (refusal !== undefined) throw refusal;
        return transaction.hash;
      }
    }
    throw new Error(`this node does not know ${method}`);
  }
}

function orThrow<T>(result: T | Error): T {
  if (result instanceof Error) throw result;
  return result;
}
