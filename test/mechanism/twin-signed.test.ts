import { expect } from "chai";

import { accountOf } from "../../mechanism/twin-accounts.ts";
import { SETTLED, openEpoch, type TwinSignedDemand } from "../../mechanism/twin-state.ts";
import { closeRound, submit, submitSigned } from "../../mechanism/twin.ts";
import { fixed, marketOf, parameters, tokens } from "./twin-market.ts";

const signed = (agent: string, demand: string): TwinSignedDemand => ({
  agent,
  demand: fixed(demand),
  isSigned: true,
});

describe("signed demands in the twin", () => {
  it("count as if their agents had submitted them", () => {
    const [one, other] = [marketOf(), marketOf()];
    const reasons = submitSigned(one, 1n, 0n, [signed("a", "3"), signed("b", "4")]);
    submit(other, "a", 1n, 0n, [fixed("3")]);
    submit(other, "b", 1n, 0n, [fixed("4")]);
    expect(reasons).to.deep.equal([null, null]);
    expect(one).to.deep.equal(other);
  });

  it("are means where the market takes samples", () => {
    const [one, other] = [marketOf({ samples: 3n }), marketOf({ samples: 3n })];
    submitSigned(one, 1n, 0n, [{ agent: "a", demand: 2n, isSigned: true }]);
    submit(other, "a", 1n, 0n, [1n, 2n, 5n]);
    expect(one).to.deep.equal(other);
  });

  it("are passed over one by one, each for its own reason, and the rest count", () => {
    const market = marketOf();
    const reasons = submitSigned(market, 1n, 0n, [
      { ...signed("b", "1"), isSigned: false },
      signed("a", "11"),
      signed("stranger", "1"),
      signed("a", "2"),
      signed("a", "3"),
      signed("b", "4"),
    ]);
    expect(reasons).to.deep.equal([
      "InvalidSignature(b)",
      `DemandAboveCapacity(${fixed("11")}, ${fixed("10")})`,
      "NotJoined(stranger)",
      null,
      "AlreadyAnswered(a, 1, 0)",
      null,
    ]);
    expect(market.totals).to.include({ demand: fixed("6"), movement: fixed("6"), answered: 2n });
    expect(market.accounts.has("stranger")).to.equal(false);
  });

  it("are refused together for a round that is not open, and change nothing then", () => {
    const market = marketOf();
    const before = structuredClone(market);
    expect(() => submitSigned(market, 1n, 1n, [signed("a", "1")])).to.throw(
      "RoundNotOpen(1, 1, 1, 0, true)",
    );
    expect(() => submitSigned(market, 2n, 0n, [signed("a", "1")])).to.throw(
      "RoundNotOpen(2, 0, 1, 0, true)",
    );
    expect(market).to.deep.equal(before);
  });

  it("settle an ended epoch even without collateral; unsigned ones and those too large do not", () => {
    const market = marketOf({ maxRounds: 1n });
    submit(market, "a", 1n, 0n, [fixed("10")]);
    closeRound(market, 60n);
    openEpoch(market, { ...parameters, executionFee: fixed("90") }, 60n);
    const before = structuredClone(market);
    submitSigned(market, 2n, 0n, [{ ...signed("a", "1"), isSigned: false }, signed("a", "11")]);
    expect(market).to.deep.equal(before);

    // Ten units at price 2, their fees 10 · 0.5 + 1.
    const left = tokens("100") - tokens("26");
    const [reason] = submitSigned(market, 2n, 0n, [signed("a", "1")]);
    expect(reason).to.equal(`InsufficientCollateral(a, ${left}, ${tokens("92.5")})`);
    expect(accountOf(market, "a")).to.include({ balance: left, epoch: 1n, answered: SETTLED });
    expect(market.funds).to.deep.equal({ revenue: tokens("20"), fees: tokens("6") });
    expect(market.totals).to.include({ demand: 0n, answered: 0n });
  });
});
