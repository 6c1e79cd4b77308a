import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { mock } from "node:test";
import { setImmediate as afterwards } from "node:timers/promises";

import { expect } from "chai";

import { openEndpoint, type Endpoint } from "../../../agents/chain/endpoint.ts";
import type { NodeFault } from "../../../agents/chain/faults.ts";
import { ChainError } from "../../../agents/errors.ts";

describe("A node behind a WebSocket", () => {
  let server: Server;
  let endpoint: Endpoint;
  const sockets: Socket[] = [];
  /** What the server does with a connection; nothing is an answer it does not give. */
  let meet: (socket: Socket) => void;
  beforeEach(async () => {
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined);
      meet(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    endpoint = openEndpoint(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(() => {
    endpoint.close();
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
  });

  const faultOf = async (timeout: number): Promise<string> => {
    const answer = endpoint.request("eth_chainId", [], timeout);
    return answer.then(String, (fault: unknown) => (fault as NodeFault).kind);
  };

  it("tells all who wait when it is cut before it is open", async () => {
    meet = (socket) => socket.on("data", () => socket.destroy());
    const faults = await Promise.all([faultOf(20_000), faultOf(20_000), faultOf(20_000)]);
    expect(faults).to.deep.equal(["unreachable", "unreachable", "unreachable"]);
    expect(sockets).to.have.lengthOf(1);
  });

  it("is given up by one who has waited too long, and connected to anew by the next", async () => {
    meet = () => undefined;
    expect(await faultOf(200)).to.equal("timeout");
    const first = sockets.length;
    expect(await faultOf(200)).to.equal("timeout");
    expect(sockets.length).to.be.greaterThan(first);
  });

  it("is refused where nothing listens", async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await faultOf(20_000)).to.equal("unreachable");
  });
});

describe("A WebSocket to a node", () => {
  /** Opens, answers and breaks when the test says so. */
  class Wire extends EventTarget {
    readonly sent: string[] = [];
    closed = 0;
    readonly address: string;
    constructor(address: string) {
      super();
      this.address = address;
      wires.push(this);
    }
    send(text: string): void {
      this.sent.push(text);
    }
    close(): void {
      this.closed++;
    }
    meets(type: string): void {
      this.dispatchEvent(new Event(type));
    }
    says(answer: unknown): void {
      const data = typeof answer === "string" ? answer : JSON.stringify(answer);
      this.dispatchEvent(new MessageEvent("message", { data }));
    }
  }
  const { WebSocket } = globalThis;
  let wires: Wire[];
  let endpoint: Endpoint;
  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    wires = [];
    globalThis.WebSocket = Wire as unknown as typeof WebSocket;
    endpoint = openEndpoint("wss://a.node:8546/v2/a-key");
  });
  afterEach(() => {
    mock.timers.reset();
    globalThis.WebSocket = WebSocket;
  });

  const ask = (method = "eth_chainId", timeout = 300): Promise<unknown> =>
    endpoint.request(method, [], timeout).catch((error: unknown) => {
      const { kind, message } = error as NodeFault;
      return `${kind}: ${message}`;
    });

  it("opens when it is first asked for, and brings each answer to who asked for it", async () => {
    expect(endpoint.name).to.equal("a.node:8546");
    expect(wires).to.deep.equal([]);
    const answers = [ask(), ask("eth_getCode")];
    const [wire] = wires as [Wire];
    expect(wire.address).to.equal("wss://a.node:8546/v2/a-key");
    await afterwards();
    expect(wire.sent, "nothing before it is open").to.deep.equal([]);
    wire.meets("open");
    await afterwards();
    expect(wire.sent.map((text) => JSON.parse(text) as object)).to.deep.equal([
      { jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] },
      { jsonrpc: "2.0", id: 2, method: "eth_getCode", params: [] },
    ]);
    for (const noise of ["no JSON", "null", { id: 3, result: "0x" }, { result: "0x" }]) {
      wire.says(noise);
    }
    wire.says({ id: 2, result: "0x60" });
    wire.says({ id: 1, result: "0x1" });
    expect(await Promise.all(answers)).to.deep.equal(["0x1", "0x60"]);
    mock.timers.tick(300);
    const next = ask();
    await afterwards();
    wire.says({ id: 3, result: "0x2" });
    expect(await next, "whose time was up had its answer already").to.equal("0x2");
    expect(wires).to.have.lengthOf(1);
  });

  it("is given up when the time for an answer is over, and what it still does is nobody's", async () => {
    const first = ask();
    mock.timers.tick(299);
    expect(wires[0]!.closed).to.equal(0);
    mock.timers.tick(1);
    expect(await first).to.equal("timeout: no answer within 300 ms");
    expect(wires[0]!.closed).to.equal(1);
    const second = ask();
    for (const event of ["open", "close"]) wires[0]!.meets(event);
    wires[1]!.meets("open");
    await afterwards();
    expect(wires.map(({ sent }) => sent.length)).to.deep.equal([0, 1]);
    const third = ask();
    await afterwards();
    wires[1]!.says({ id: 2, result: "0x2" });
    wires[1]!.says({ id: 3, result: "0x3" });
    expect([await second, await third]).to.deep.equal(["0x2", "0x3"]);
    expect(wires).to.have.lengthOf(2);
  });

  for (const [event, why] of [
    ["error", "the WebSocket failed"],
    ["close", "the WebSocket was cut"],
  ] as const) {
    it(`fails all who wait at its ${event}, and is opened anew by the next`, async () => {
      const answers = [ask(), ask()];
      wires[0]!.meets("open");
      wires[0]!.meets(event);
      const fault = `unreachable: ${why}`;
      expect(await Promise.all(answers)).to.deep.equal([fault, fault]);
      void ask();
      expect(wires).to.have.lengthOf(2);
    });
  }

  it("is closed with its endpoint", () => {
    endpoint.close();
    void ask();
    endpoint.close();
    endpoint.close();
    expect(wires.map(({ closed }) => closed)).to.deep.equal([1]);
  });

  it("is not to be had on an old Node, and HTTP is", () => {
    Reflect.deleteProperty(globalThis, "WebSocket");
    for (const protocol of ["ws:", "wss:"]) {
      expect(() => openEndpoint(`${protocol}//a.node`))
        .to.throw(ChainError)
        .with.property("message", `rpc: ${protocol} URLs need Node 22 or newer`);
    }
    expect(openEndpoint("https://a.node/v2/a-key").name).to.equal("a.node");
  });
});
