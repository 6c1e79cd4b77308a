import { expect } from "chai";

import { drawAgents } from "../../mechanism/random.ts";
import type { Chain } from "../../scripts/run/chain.ts";
import { openChain } from "../../scripts/run/chain.ts";
import { clear } from "./clear.ts";
import { startNode, type Node } from "./nodes.ts";

describe("A market cleared against a node in its own process", function () {
  this.timeout(120_000);

  let node: Node | undefined;
  let chain: Chain;
  before(async () => {
    node = await startNode();
    chain = await openChain({ rpc: node.url });
  });
  after(async () => {
    try {
      if (node !== undefined) await chain.close();
    } finally {
      await node?.stop();
    }
  });

  it("settles at the equilibrium's price, with books that balance to the base unit", async () => {
    const { price, equilibrium, reason, replayed } = await clear(chain, drawAgents(20, 5), {
      capacity: 50,
      executionFee: 1,
    });
    expect(reason).to.equal("Converged");
    expect(equilibrium.price).to.be.greaterThan(0);
    expect(price).to.be.closeTo(equilibrium.price, 2e-3);
    expect(replayed.statements.size).to.equal(20);
  });

  it("is cleared a second time on the same node, by a market of its own", async () => {
    const { price, equilibrium } = await clear(chain, drawAgents(6, 2), {
      capacity: 12,
      progressiveFee: 0.25,
      policy: "PerSubmission",
      token: { symbol: "USDX", decimals: 6 },
    });
    expect(equilibrium.price).to.be.greaterThan(0);
    expect(price).to.be.closeTo(equilibrium.price, 2e-3);
  });
});
