/** What can go wrong between us and a node. Each is counted by this name. */
export const FAULTS = [
  /** Nobody there, or the connection broke. */
  "unreachable",
  /** No answer in time. */
  "timeout",
  /** Too many requests, for this node. */
  "rate-limited",
  /** The node, or what stands before it, has failed: HTTP 5xx, or an error that says nothing of the request. */
  "server-error",
  /** No JSON-RPC, or the answer to another request. */
  "bad-answer",
  /** A node that is behind what has been seen of the chain. */
  "stale",
  /** A node of another chain. */
  "wrong-chain",
] as const;

export type FaultKind = (typeof FAULTS)[number];

/** The node did not do its work: the same request may succeed later or elsewhere. */
export class NodeFault extends Error {
  override readonly name = "NodeFault";
  readonly kind: FaultKind;
  /** Milliseconds to leave the node alone, if it says so. */
  readonly retryAfter: number | undefined;

  constructor(kind: FaultKind, message: string, retryAfter?: number) {
    super(message);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }
}

/** What a node answers when it understands the request and has no result: a revert, a nonce already used. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

// Nodes agree on few codes, so their words tell. An answer that fits none of these lists may be a passing fault.
const ABOUT_THE_REQUEST =
  /revert|nonce|already ?(?:known|imported|exists)|known transaction|funds|existing tx|replacement|upfront cost|overdraft|txpool|underpriced|fee|\bgas\b|does(?:n't| not) exist|not supported|unsupported|invalid (?:argument|params|sender|opcode)|exceeds/i;
// Of events: fewer blocks at once may be answered, the same question never, whatever the code.
const TOO_MUCH =
  /query returned more|block range|response size|too many (?:blocks|results|logs)|range .*(?:limit|large|wide|exceed)/i;
const BEHIND =
  /header not found|unknown block|block (?:not found|.*out of range|.*greater)|BlockOutOfRange|invalid block tag|missing trie node|block height/i;
const RATE = /rate.?limit|too many requests|(?:request|capacity|quota|credits?) .*exceeded/i;

/** Whether an error the node gave is its answer, or a fault that another try may mend; then which. */
export function judge({ code, message }: RpcError): FaultKind | "answer" {
  if (TOO_MUCH.test(message)) return "answer";
  if (code === -32005 || code === 429 || RATE.test(message)) return "rate-limited";
  if (BEHIND.test(message)) return "stale";
  if (code === 3 || code === -32601 || ABOUT_THE_REQUEST.test(message)) return "answer";
  return "server-error";
}
