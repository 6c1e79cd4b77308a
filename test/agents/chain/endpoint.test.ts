import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

import { expect } from "chai";

import { openEndpoint, type Endpoint } from "../../../agents/chain/endpoint.ts";
import type { NodeFault } from "../../../agents/chain/faults.ts";

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
