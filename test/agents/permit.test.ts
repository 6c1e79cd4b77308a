import { expect } from "chai";
import { isError, makeError, type HDNodeWallet, type TypedDataDomain } from "ethers";

import { explain } from "../../agents/errors.ts";
import { signPermit } from "../../agents/permit.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { connectMarket } from "../../sdk/connect-market.ts";
import {
  deploy,
  marketWith,
  startFleetChain,
  type Deployed,
  type FleetChain,
} from "./fleet-chain.ts";

describe("A permit", function () {
  this.timeout(60_000);

  let chain: FleetChain;
  let deployed: Deployed;
  let wallet: HDNodeWallet;
  before(async () => {
    chain = await startFleetChain(1);
    deployed = await deploy(chain, marketWith({}), drawAgents(1, 3));
    wallet = chain.keys.agents[0]!;
  });
  after(() => chain.close());

  it("puts tokens into the market with one transaction, twice", async () => {
    const address = deployed.market.address;
    const client = await connectMarket({ address, signer: wallet });
    const before = await chain.provider.getTransactionCount(wallet.address);
    await client.deposit(3, { permit: true });
    await client.deposit(2, { permit: true });
    expect((await client.account()).balance).to.equal(5);
    expect(await chain.provider.getTransactionCount(wallet.address)).to.equal(before + 2);
  });

  it("is for one amount: with another the token names who it would have been signed by", async () => {
    const { market } = deployed;
    const permit = (await signPermit(market, chain.provider, wallet, 5n))!;
    const client = market.contract.connect(wallet);
    // The market then takes what is allowed already, which is nothing.
    const deposit = client.getFunction("depositWithPermit").staticCall(6n, ...permit);
    const refused = await deposit.then(
      () => null,
      (error: unknown) => explain(error),
    );
    expect(refused).to.have.property("errorName", "ERC20InsufficientAllowance");
  });

  it("is not signed where the signer cannot, and not asked for twice where its owner declines", async () => {
    const { market } = deployed;
    const failing = (error: Error): HDNodeWallet =>
      Object.assign(wallet.connect(chain.provider), {
        signTypedData: (_domain: TypedDataDomain) => Promise.reject(error),
      });
    const unable = failing(new Error("the method eth_signTypedData_v4 does not exist"));
    expect(await signPermit(market, chain.provider, unable, 5n)).to.equal(null);
    const declined = failing(
      makeError("no", "ACTION_REJECTED", { action: "signTypedData", reason: "rejected" }),
    );
    const error = await signPermit(market, chain.provider, declined, 5n).catch(
      (thrown: unknown) => thrown,
    );
    expect(isError(error, "ACTION_REJECTED")).to.equal(true);
  });
});
