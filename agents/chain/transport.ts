import { ChainError } from "../errors.ts";
import { sleep } from "../send.ts";
import type { Endpoint } from "./endpoint.ts";
import { judge, NodeFault, RpcError, type FaultKind } from "./faults.ts";

/** Told of each request to a node, for the metrics and the log. */
export type RequestWatcher = {
  onRequest?: (endpoint: string, method: string, outcome: FaultKind | "answer") => void;
  /** A node other than the first of the list has answered. */
  onFailover?: (endpoint: string) => void;
};

export type TransportOptions = RequestWatcher & {
  /** In order of preference. */
  endpoints: readonly Endpoint[];
  chainId: bigint;
  /** Milliseconds a node has for one answer. */
  timeout: number;
  /** Milliseconds until a request is given up, whatever the nodes. */
  patience: number;
};

/** No node has answered, in time or for good. */
export class NoAnswer extends ChainError {
  override name = "NoAnswer";
}

/** Asks nodes until one answers: the one place where it is decided whether to ask again, when and whom. */
export type Transport = {
  /**
   * @param accept throws a NodeFault for a result that this node should not have given
   * @throws RpcError if a node answers with an error, NoAnswer if none has in time
   */
  request: (
    method: string,
    params: unknown[],
    accept?: (result: unknown) => void,
  ) => Promise<unknown>;
  close: () => void;
};

const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 5_000;
// A node that failed so often in a row is asked last, for a while that doubles.
const PATIENT_FAILURES = 3;
const FIRST_REST = 2_000;
const LONGEST_REST = 60_000;
// An error of the node's own that tells nothing of the request may be a passing one; so often it is tried again.
const PASSING_ERRORS = 6;
// Passes over all nodes after which a block that none has is given up: a reorganisation may have taken it.
const STALE_PASSES = 5;
// What a rate-limited node that names no time is left alone for.
const RATE_REST = 1_000;
const WIDTH = 32;

type Node = {
  endpoint: Endpoint;
  /** In a row. */
  failures: number;
  /** Until then it is asked last. */
  lastUntil: number;
  /** Until then it is not asked at all: it said so. */
  restUntil: number;
  /** Whether it is of the right chain. */
  verified: boolean;
};

/**
 * Reads are asked again, of the same node or the next, with pauses that double; so are signed transactions, which are the
 * same however often they arrive.
 */
export function createTransport(options: TransportOptions): Transport {
  const { timeout, patience } = options;
  const nodes = options.endpoints.map((endpoint): Node => ({
    endpoint,
    failures: 0,
    lastUntil: 0,
    restUntil: 0,
    verified: false,
  }));
  const queue: (() => void)[] = [];
  let running = 0;
  let closed = false;

  /** The first in the operator's order, those that failed of late last. */
  const choose = (tried: ReadonlySet<Node>): Node | undefined => {
    const now = performance.now();
    return nodes
      .filter((node) => node.restUntil <= now && !tried.has(node))
      .toSorted((a, b) => Number(a.lastUntil > now) - Number(b.lastUntil > now))[0];
  };

  const verify = async (node: Node): Promise<void> => {
    if (node.verified) return;
    const given = await node.endpoint.request("eth_chainId", [], timeout);
    if (BigInt(given as string) !== options.chainId) {
      throw new NodeFault(
        "wrong-chain",
        `chain ${BigInt(given as string)} instead of ${options.chainId}`,
      );
    }
    node.verified = true;
  };

  const ask = async (
    node: Node,
    method: string,
    params: unknown[],
    accept?: (result: unknown) => void,
  ): Promise<unknown> => {
    const { name } = node.endpoint;
    let fault: NodeFault;
    try {
      await verify(node);
      const result = await node.endpoint.request(method, params, timeout);
      accept?.(result);
      node.failures = node.lastUntil = 0;
      options.onRequest?.(name, method, "answer");
      if (node !== nodes[0]) options.onFailover?.(name);
      return result;
    } catch (error) {
      const kind = error instanceof RpcError ? judge(error) : "answer";
      if (error instanceof NodeFault) fault = error;
      else if (error instanceof RpcError && kind !== "answer") {
        fault = new NodeFault(kind, error.message);
        fault.cause = error;
      } else {
        options.onRequest?.(name, method, "answer");
        throw error;
      }
    }
    options.onRequest?.(name, method, fault.kind);
    punish(node, fault);
    throw fault;
  };

  const request: Transport["request"] = async (method, params, accept) => {
    const start = performance.now();
    const end = start + patience;
    const tried = new Set<Node>();
    let [passing, round] = [0, 0];
    for (;;) {
      if (closed) throw new NoAnswer("the connection to the node was closed");
      const node = choose(tried);
      if (node === undefined) {
        // All who may be asked have been: a pause, or as long as they ask to be left alone.
        const until = Math.min(...nodes.map(({ restUntil }) => restUntil));
        if (until > end) throw givenUp(method, start, "every node asks to be left alone");
        const rest = until - performance.now();
        await sleep(tried.size === 0 ? rest : Math.max(rest, pauseOf(round++)));
        tried.clear();
        continue;
      }
      tried.add(node);
      try {
        return await ask(node, method, params, accept);
      } catch (fault) {
        if (!(fault instanceof NodeFault)) throw fault;
        if (fault.cause !== undefined && fault.kind === "server-error") {
          if (++passing === PASSING_ERRORS) throw fault.cause as RpcError;
        }
        const isLost = fault.kind === "stale" && round >= STALE_PASSES;
        if (isLost || performance.now() > end) {
          const last = `the last, ${node.endpoint.name}: ${fault.kind} (${fault.message})`;
          throw givenUp(method, start, last, fault);
        }
      }
    }
  };

  return {
    request: async (...args) => {
      if (running >= WIDTH) await new Promise<void>((resolve) => queue.push(resolve));
      running++;
      try {
        return await request(...args);
      } finally {
        running--;
        queue.shift()?.();
      }
    },
    close: () => {
      closed = true;
      for (const { endpoint } of nodes) endpoint.close();
    },
  };
}

/** Milliseconds; half of it by chance, so that many who failed together do not come back together. */
function pauseOf(round: number): number {
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** round);
  return pause * (0.5 + Math.random() / 2);
}

/** A node that limits its rate is left alone; one that has failed a few times in a row is asked last for a while. */
function punish(node: Node, { kind, retryAfter }: NodeFault): void {
  const now = performance.now();
  node.failures++;
  if (kind === "rate-limited" || retryAfter !== undefined) {
    node.restUntil = now + (retryAfter ?? RATE_REST);
  } else if (kind === "wrong-chain") {
    node.lastUntil = now + LONGEST_REST;
  } else if (node.failures >= PATIENT_FAILURES) {
    const rest = FIRST_REST * 2 ** (node.failures - PATIENT_FAILURES);
    node.lastUntil = now + Math.min(LONGEST_REST, rest);
  }
}

function givenUp(method: string, start: number, why: string, cause?: Error): NoAnswer {
  const seconds = Math.round(performance.now() - start) / 1000;
  return new NoAnswer(`rpc: no node has answered ${method} within ${seconds} s; ${why}`, { cause });
}
