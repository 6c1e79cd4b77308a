import { ChainError } from "../errors.ts";
import { judge, NodeFault, RpcError } from "./faults.ts";
import { fits } from "./form.ts";

/** One node: asked once, it answers or fails. Whether to ask again is the transport's to say. */
export type Endpoint = {
  /** Host and port, without the path: keys of a provider's customers stand in it. */
  name: string;
  /**
   * @param timeout milliseconds
   * @throws NodeFault or RpcError
   */
  request: (method: string, params: unknown[], timeout: number) => Promise<unknown>;
  close: () => void;
};

/**
 * @param url http(s) or ws(s), as the configuration has checked it
 * @throws ChainError for ws(s) on a Node that has no WebSocket
 */
export function openEndpoint(url: string): Endpoint {
  const { protocol } = new URL(url);
  if (!protocol.startsWith("ws")) return httpEndpoint(url);
  if (typeof WebSocket !== "undefined") return webSocketEndpoint(url);
  throw new ChainError(`rpc: ${protocol} URLs need Node 22 or newer`);
}

function httpEndpoint(address: string): Endpoint {
  const url = new URL(address);
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (url.username !== "") {
    // fetch refuses a URL with credentials.
    const given = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers["authorization"] =
      `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(given)))}`;
    url.username = url.password = "";
  }
  let id = 0;
  return {
    name: url.host,
    request: async (method, params, timeout) => {
      const asked = { jsonrpc: "2.0", id: ++id, method, params };
      const body = JSON.stringify(asked);
      const signal = AbortSignal.timeout(timeout);
      let response: Response;
      let text: string;
      try {
        response = await fetch(url, { method: "POST", headers, body, signal });
        text = await response.text();
      } catch (error) {
        throw signal.aborted
          ? new NodeFault("timeout", `no answer within ${timeout} ms`)
          : new NodeFault("unreachable", reasonOf(error));
      }
      if (response.status === 429) {
        throw new NodeFault("rate-limited", "HTTP 429", retryAfter(response));
      }
      // Some nodes give a JSON-RPC error with an HTTP error; it says more.
      if (!response.ok && !text.includes('"jsonrpc"')) {
        const wait = retryAfter(response);
        const isRefused = response.status === 401 || response.status === 403;
        const why = isRefused ? ": the key in its URL is wrong, or has expired" : "";
        throw new NodeFault("server-error", `HTTP ${response.status}${why}`, wait);
      }
      return resultOf(jsonOf(text), asked);
    },
    close: () => undefined,
  };
}

type Connection = {
  socket: WebSocket;
  opened: Promise<void>;
  /** Who waits for which answer, by the id of the request. */
  waiting: Map<number, { resolve: (answer: unknown) => void; reject: (fault: NodeFault) => void }>;
};

/** Connects when it is first asked, and again when the connection was cut. */
function webSocketEndpoint(address: string): Endpoint {
  let id = 0;
  let connection: Connection | undefined;

  const forget = (gone: Connection | undefined): void => {
    if (connection === gone) connection = undefined;
    gone?.socket.close();
  };

  const connect = (): Connection => {
    const socket = new WebSocket(address);
    const waiting: Connection["waiting"] = new Map();
    const opened = new Promise<void>((resolve) => {
      socket.addEventListener("open", () => resolve());
    });
    const made = { socket, opened, waiting };
    const lose = (why: string) => () => {
      forget(made);
      for (const { reject } of waiting.values()) reject(new NodeFault("unreachable", why));
    };
    socket.addEventListener("error", lose("the WebSocket failed"));
    socket.addEventListener("close", lose("the WebSocket was cut"));
    socket.addEventListener("message", ({ data }) => {
      const answer = jsonOf(String(data));
      waiting.get(isRecord(answer) ? Number(answer["id"]) : NaN)?.resolve(answer);
    });
    return made;
  };

  return {
    name: new URL(address).host,
    request: async (method, params, timeout) => {
      const asked = { jsonrpc: "2.0", id: ++id, method, params };
      const sent = asked.id;
      const used = (connection ??= connect());
      const { socket, opened, waiting } = used;
      let timer: ReturnType<typeof setTimeout> | undefined;
      try {
        const answer = await new Promise<unknown>((resolve, reject) => {
          waiting.set(sent, { resolve, reject });
          timer = setTimeout(() => {
            reject(new NodeFault("timeout", `no answer within ${timeout} ms`));
            // A connection that answers nothing is as good as cut: the next request opens another.
            forget(used);
          }, timeout);
          void opened.then(() => {
            if (waiting.has(sent)) socket.send(JSON.stringify(asked));
          });
        });
        return resultOf(answer, asked);
      } finally {
        clearTimeout(timer);
        waiting.delete(sent);
      }
    },
    close: () => forget(connection),
  };
}

/** undefined for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

type Asked = { id: number; method: string; params: unknown[] };

/** @throws RpcError for the node's own error, NodeFault for what is no answer to this request */
function resultOf(answer: unknown, { id, method, params }: Asked): unknown {
  if (isRecord(answer) && isRecord(answer["error"])) {
    const { code, message, data } = answer["error"];
    const error = new RpcError(Number(code), String(message), data);
    // What stands before a node may not know the id, and a node that fails need not tell it.
    if ((answer["id"] ?? id) === id || judge(error) !== "answer") throw error;
    throw new NodeFault("bad-answer", "the error is of another request");
  }
  if (!isRecord(answer) || answer["id"] !== id || answer["result"] === undefined) {
    throw new NodeFault("bad-answer", "the answer is no JSON-RPC, or to another request");
  }
  if (fits(method, params, answer["result"])) return answer["result"];
  throw new NodeFault("bad-answer", `the answer is none to ${method}`);
}

/** Milliseconds of a `Retry-After` header: seconds, or a date by the clock of who sent it. */
function retryAfter({ headers }: Response): number | undefined {
  const given = headers.get("retry-after");
  if (given === null) return undefined;
  const seconds = Number(given);
  const now = Date.parse(headers.get("date") ?? "");
  const wait = Number.isNaN(seconds) ? Date.parse(given) - now : seconds * 1000;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), 600_000);
}

/** fetch says "fetch failed" and keeps the reason in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = isRecord(cause) && typeof cause["code"] === "string" ? cause["code"] : undefined;
  return code ?? (cause instanceof Error ? cause.message : String(cause));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
