import { expect } from "chai";

import { ChainError } from "../../agents/errors.ts";
import {
  openMarket,
  readAccount,
  readOffer,
  readRules,
  readSettledAccount,
  readTotals,
} from "../../agents/market.ts";
import { accountOf, settledAccount } from "../../mechanism/twin-accounts.ts";
import { STEP_RULES } from "../../mechanism/twin-arithmetic.ts";
import { TwinChain } from "./twin-chain.ts";
import { deployment, parameters, tokens } from "./twin-fleet.ts";

const agent = "0x000000000000000000000000000000000000dEaD";

describe("A market, as it is read from a chain,", () => {
  it("has its address, its policy, and its token's decimals and symbol", async () => {
    for (const policy of ["Refunding", "PerSubmission"] as const) {
      const chain = new TwinChain({ ...deployment, policy });
      const market = await openMarket(chain.address, chain);
      expect(market.address).to.equal(chain.address);
      expect(market.policy).to.equal(policy);
      expect(market.tokenDecimals).to.equal(6);
      expect(market.tokenSymbol).to.equal("PAY");
      expect(market.token.target).to.equal(chain.token);
    }
  });

  it("is what is posted, summed up, ruled and held, value for value", async () => {
    for (const [number, rule] of STEP_RULES.entries()) {
      const chain = new TwinChain(deployment);
      const market = await openMarket(chain.address, chain);
      expect((await readOffer(market)).open).to.equal(false);
      chain.order("owner", "openEpoch", { ...parameters, rule: number });
      chain.order(agent, "deposit", tokens("50"));
      chain.order(agent, "submit", 1n, 0n, 10n ** 18n);
      const { posted, totals, rules } = chain.market;
      expect(await readOffer(market)).to.deep.equal({ ...posted, open: true });
      expect(await readTotals(market)).to.deep.equal(totals);
      expect(await readRules(market)).to.deep.equal({ ...rules, rule });
      expect(await readAccount(market, agent)).to.deep.equal(accountOf(chain.market, agent));

      chain.market.rules.maxRounds = 1n;
      chain.order(agent, "closeRound");
      const [stored, settled] = [
        accountOf(chain.market, agent),
        settledAccount(chain.market, agent),
      ];
      expect(settled).not.to.deep.equal(stored);
      expect(await readAccount(market, agent)).to.deep.equal(stored);
      expect(await readSettledAccount(market, agent)).to.deep.equal(settled);
    }
  });

  it("is not there where there is no contract, or another one", async () => {
    const chain = new TwinChain(deployment);
    const complaintOf = async (address: string): Promise<Error> => {
      try {
        await openMarket(address, chain);
      } catch (error) {
        return error as Error;
      }
      return expect.fail("there was a market");
    };
    const { chainId } = await chain.getNetwork();
    const nothing = await complaintOf(agent);
    expect(nothing).to.be.instanceOf(ChainError);
    expect(nothing.message).to.include(`no contract at ${agent} on chain ${chainId}; deploy first`);
    const token = await complaintOf(chain.token);
    expect(token).to.be.instanceOf(ChainError);
    expect(token.message).to.include(`the contract at ${chain.token} is no market;`);
    expect(token.cause).to.be.instanceOf(Error);
  });

  it("lets through what is no answer about the contract", async () => {
    const chain = new TwinChain(deployment);
    const broken = new Error("the line is dead");
    chain.call = () => Promise.reject(broken);
    const error = await openMarket(chain.address, chain).catch((caught: unknown) => caught);
    expect(error).to.equal(broken);
  });
});
