import { expect } from "chai";
import { Interface, Transaction } from "ethers";

import { MARKET_ABI } from "../../../agents/abi.ts";
import { Stopped } from "../../../agents/chain/pause.ts";
import { readAccount, readOffer, readTotals } from "../../../agents/market.ts";
import type { Agent } from "../../../mechanism/agent.ts";
import { fixedFromNumber } from "../../../mechanism/fixed-point.ts";
import { drawAgents } from "../../../mechanism/random.ts";
import { SETTLED } from "../../../mechanism/twin-state.ts";
import { giveEther } from "../fleet-chain.ts";
import { AGENTS, newMarket, overProxy, startRun } from "./running-fleet.ts";

const abi = new Interface(MARKET_ABI);
const ARB_GAS_INFO = "0x000000000000000000000000000000000000006C";

describe("Agents as a program: how a run begins and ends", function () {
  this.timeout(60_000);

  const over = overProxy();

  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const nameOf = (data: string): string | undefined => abi.parseTransaction({ data })?.name;

  for (const silent of ["eth_chainId", "eth_getBlockByNumber", "eth_getCode", "eth_getBalance"]) {
    it(`ends at once when it is told to while a node does not answer its first ${silent}`, async () => {
      const market = await newMarket(over.chain);
      let heard = (): void => undefined;
      const asked = new Promise<void>((resolve) => (heard = resolve));
      const url = await over.through(({ method }) => {
        if (method !== silent) return "pass";
        heard();
        return { after: new Promise(() => undefined) };
      });
      over.fleet = startRun(market, { rpc: [url], timeout: 500 });
      await asked;
      expect(await over.fleet.stop().catch((error: unknown) => error)).to.be.instanceOf(Stopped);
    });
  }

  it("ends with its epoch, settled, although the owner has opened the next at once", async () => {
    const market = await newMarket(over.chain, { maxRounds: 1 });
    let isClosing = false;
    const opened = until(async () => {
      const { epoch, open } = await readOffer(market.market);
      return epoch === 1n && !open;
    }).then(market.open);
    const url = await over.through(({ method, params }) => {
      // Nothing is seen of the chain between the close and the next epoch.
      if (isClosing) return { after: opened };
      if (method === "eth_sendRawTransaction") {
        const { data } = Transaction.from((params as [string])[0]);
        isClosing = nameOf(data) === "closeRound";
      }
      return "pass";
    });
    over.fleet = startRun(market, { rpc: [url], timeout: 30 });
    await until(async () => (await readTotals(market.market)).members === BigInt(AGENTS));
    await market.open();
    await over.fleet.done;
    expect(await readOffer(market.market)).to.include({ epoch: 2n, open: true });
    expect((await readTotals(market.market)).answered).to.equal(0n);
    for (const { wallet } of market.members) {
      const { epoch, demand, answered } = await readAccount(market.market, wallet.address);
      expect(epoch).to.equal(1n);
      expect(demand === 0n || answered === SETTLED).to.equal(true);
    }
  });

  it("asks for the gas of each submission where gas counts L1 too, and for none elsewhere", async () => {
    let estimated = 0;
    const url = await over.through(({ method, params }) => {
      const data = method === "eth_estimateGas" ? (params as [{ data: string }])[0].data : "0x";
      if (nameOf(data) === "submit") estimated++;
      return "pass";
    });
    const answered = async (code: string): Promise<number> => {
      await over.chain.provider.send("hardhat_setCode", [ARB_GAS_INFO, code]);
      const market = await newMarket(over.chain, { maxRounds: 1 });
      estimated = 0;
      const running = startRun(market, { rpc: [url] });
      await until(async () => (await readTotals(market.market)).members === BigInt(AGENTS));
      await market.open();
      await running.done;
      return estimated;
    };
    expect(await answered("0xfe")).to.be.at.least(AGENTS);
    expect(await answered("0x")).to.equal(0);
  });

  it("puts in for each agent what it is to have", async () => {
    const market = await newMarket(over.chain);
    const [, { id }] = drawAgents(AGENTS, 1) as [Agent, Agent];
    over.fleet = startRun(market, {
      rpc: [over.chain.url],
      exceptions: [{ agent: id, deposit: 12.5 }],
    });
    await until(async () => (await readTotals(market.market)).members === BigInt(AGENTS));
    const balances = market.members.map(
      async ({ wallet }) => (await readAccount(market.market, wallet.address)).balance,
    );
    const tokens = [100, 12.5, 100].map((amount) => fixedFromNumber(amount));
    expect(await Promise.all(balances)).to.deep.equal(tokens);
  });

  it("deposits once, whatever was mined between its look and its nonce", async () => {
    const market = await newMarket(over.chain);
    const [member] = market.members;
    const { wallet, deposit } = member!;
    const own = wallet.connect(over.chain.provider);
    await giveEther(over.chain.provider, wallet.address, "1");
    await market.market.token
      .connect(own)
      .getFunction("approve")
      .send(market.market.address, deposit);
    let isIn = false;
    const url = await over.through(({ method, params: [call] }) => {
      const data = method === "eth_call" ? (call as { data: string }).data : "";
      const isRead =
        data ===
        market.market.token.interface.encodeFunctionData("allowance", [
          wallet.address,
          market.market.address,
        ]);
      if (!isRead || isIn) return "pass";
      isIn = true;
      // As a former life's that was on its way: mined when the account has been read.
      const mined = market.market.contract
        .connect(own)
        .getFunction("deposit")
        .send(deposit, { gasLimit: 200_000n });
      return { after: mined.then(() => undefined) };
    });
    over.fleet = startRun(market, { rpc: [url] }, { once: false, to: 1 });
    await over.fleet.heard("somebody was first");
    expect((await readAccount(market.market, wallet.address)).balance).to.equal(deposit);
    expect(isIn).to.equal(true);
  });
});
