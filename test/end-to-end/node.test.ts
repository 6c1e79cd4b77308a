import { expect } from "chai";

import { readLogs } from "../../agents/events.ts";
import { replay } from "../../agents/replay.ts";
import { drawAgents } from "../../mechanism/random.ts";
import { renderSummary } from "../../scripts/output/summary-text.ts";
import type { Chain } from "../../scripts/run/chain.ts";
import { openChain } from "../../scripts/run/chain.ts";
import { recordRun } from "../../scripts/run/record-run.ts";
import { clear } from "./clear.ts";
import { startNode, type NodeProcess } from "../../scripts/run/node-process.ts";

describe("A market cleared against a node in its own process", function () {
  this.timeout(120_000);

  let node: NodeProcess | undefined;
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

  it("is told in full where some members are not of the run, and have not settled yet", async () => {
    const { context, replayed, ledger } = await clear(chain, drawAgents(6, 2), { capacity: 12 });
    const { provider } = chain;
    const { contract, block } = context.deployment;
    const { blockNumber } = (await provider.getTransactionReceipt(replayed.rounds.at(-1)!.hash))!;
    const unsettled = replay(await readLogs(provider, contract, block, blockNumber));
    expect(unsettled.epochs.at(-1)!.allocations.size).to.equal(0);

    const all = recordRun(context, replayed, ledger).summary;
    expect(all.others).to.equal(0);
    const own = { agents: context.agents.slice(0, 4), addresses: context.addresses.slice(0, 4) };
    const { summary, run } = recordRun({ ...context, ...own }, unsettled, ledger);
    expect(summary).to.include({ n: 4, others: 2, utilisation: all.utilisation });
    expect(summary.exact.allocated).to.equal(all.exact.allocated);
    expect(run.rounds[0]).to.include({ answered: 6, members: 6 });
    const told = renderSummary(summary).replace(/\s+/g, " ");
    expect(told).to.include("2 other members took part").and.not.to.include("scaled");
  });
});
