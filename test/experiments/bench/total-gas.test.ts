import { expect } from "chai";

import { measureTotalGas } from "../../../experiments/bench/total-gas.ts";
import { closeChain } from "../../../experiments/engines/chain.ts";

describe("The gas of a whole market", function () {
  this.timeout(300_000);
  after(closeChain);

  it("is at most 170,000 for each of a hundred agents, from deposit to settled account", async () => {
    const { rounds, messages, submit, total } = await measureTotalGas(100, 1);
    expect(Math.round(total)).to.be.at.most(170_000);
    // Those who stay out say nothing, the others not each round.
    expect(Math.round(100 * (messages / rounds))).to.be.within(30, 80);
    expect(Math.round(submit / messages)).to.be.within(11_500, 14_000);
  });
});
