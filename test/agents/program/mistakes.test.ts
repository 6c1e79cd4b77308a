import { createServer, type AddressInfo } from "node:net";

import { expect } from "chai";

import { InputError } from "../../../markets/input-error.ts";
import { ChainError } from "../../../agents/errors.ts";
import { startFaultyProxy } from "../faulty-proxy.ts";
import { giveEther, startFleetChain, type Deployed, type FleetChain } from "../fleet-chain.ts";
import { AGENTS, keeperOf, newMarket, startRun } from "./running-fleet.ts";

describe("An operator's mistake", function () {
  this.timeout(60_000);

  let chain: FleetChain;
  let market: Deployed;
  before(async () => {
    chain = await startFleetChain(AGENTS);
    market = await newMarket(chain);
  });
  after(() => chain.close());

  /** What is said, in one line, before anything is sent. */
  async function complaintOf(
    overrides: Record<string, unknown>,
    deployed = market,
  ): Promise<string> {
    const fleet = startRun(deployed, { rpc: [chain.url], ...overrides });
    try {
      await fleet.done;
    } catch (error) {
      expect(error instanceof InputError || error instanceof ChainError, String(error)).to.equal(
        true,
      );
      const { message } = error as Error;
      expect(message).not.to.include("\n");
      expect(fleet.records.filter(({ event }) => event === "transaction sent")).to.deep.equal([]);
      return message;
    }
    return expect.fail("there was no complaint");
  }

  it("is a node of another chain", async () => {
    expect(await complaintOf({ chainId: 1 })).to.equal(
      `rpc: the node at ${new URL(chain.url).host} is of chain 31337, the configuration expects chainId 1`,
    );
  });

  it("is a URL where no node answers", async () => {
    const message = await complaintOf({ rpc: ["http://127.0.0.1:9/v3/secret-key"], timeout: 0.05 });
    expect(message).to.match(
      /^rpc: no Ethereum node answers at 127\.0\.0\.1:9 \(.+\); check the URLs/,
    );
    expect(message).not.to.include("secret-key");
  });

  it("is a provider's key that has expired", async () => {
    const proxy = await startFaultyProxy(chain.url, () => ({
      status: 401,
      body: "<html>no</html>",
    }));
    try {
      expect(await complaintOf({ rpc: [`${proxy.url}/v3/secret-key`] })).to.equal(
        `rpc: no Ethereum node answers at ${new URL(proxy.url).host} (HTTP 401: the key in its URL is wrong, ` +
          "or has expired); check the URLs, or start the node",
      );
    } finally {
      proxy.close();
    }
  });

  it("is an address without a contract", async () => {
    const { address } = market.members[0]!.wallet;
    expect(await complaintOf({ market: address })).to.include(
      `no contract at ${address} on chain 31337;`,
    );
  });

  it("is a contract that is no market", async () => {
    const token = market.market.token.target as string;
    expect(await complaintOf({ market: token })).to.include(
      `the contract at ${token} is no market`,
    );
  });

  it("is a wallet without gas money, an agent's or the keeper's", async () => {
    const { address } = market.members[1]!.wallet;
    await giveEther(chain.provider, address, "0");
    expect(await complaintOf({})).to.equal(
      `agent agent-1 (${address}) has no native token for gas on chain 31337; fund it, then start again`,
    );
    await giveEther(chain.provider, address, "1");
    const keeper = keeperOf().address;
    await giveEther(chain.provider, keeper, "0");
    expect(await complaintOf({})).to.match(
      new RegExp(`^the keeper \\(${keeper}\\) has no native token`),
    );
    await giveEther(chain.provider, keeper, "1");
  });

  it("is an agent without its deposit", async () => {
    expect(await complaintOf({ deposit: 100.5 })).to.match(
      /^agent agent-\d \(0x\w{40}\) has 100 PAY, its deposit is 100.5; fund it, then start again$/,
    );
  });

  it("is a deposit with more decimals than the token has", async () => {
    const six = await newMarket(chain, { token: { symbol: "SIX", decimals: 6 } });
    expect(await complaintOf({ deposit: 99.1234567 }, six)).to.equal(
      "deposit: given 99.1234567, allowed at most 6 decimals, as the token has",
    );
  });

  it("is a port that is taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      expect(await complaintOf({ monitor: { port } })).to.equal(
        `monitor.port: port ${port} of 127.0.0.1 is taken; allowed a port that is free, or 0 for any`,
      );
    } finally {
      server.close();
    }
  });

  it("is an interface that this machine has not", async () => {
    // Of a network kept for examples (RFC 5737).
    expect(await complaintOf({ monitor: { host: "192.0.2.1", port: 0 } })).to.equal(
      "monitor.host: given 192.0.2.1 (EADDRNOTAVAIL), allowed an address or name of this machine",
    );
  });
});
