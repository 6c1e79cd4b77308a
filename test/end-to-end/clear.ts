import { expect } from "chai";

import { call } from "../../agents/market.ts";
import type { Replay } from "../../agents/replay.ts";
import { send } from "../../agents/send.ts";
import { parseMarket } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { solveEquilibrium, type Equilibrium } from "../../mechanism/equilibrium.ts";
import { fixedFromNumber, numberFromFixed, parseFixed } from "../../mechanism/fixed-point.ts";
import type { Chain } from "../../scripts/run/chain.ts";
import { deployMarket } from "../../scripts/run/deploy-market.ts";
import { parametersOf } from "../../scripts/run/parameters.ts";
import { recordRun } from "../../scripts/run/record-run.ts";
import { runFleet, type FinishedRun } from "../../scripts/run/run-fleet.ts";
import { keysFor } from "../../scripts/run/wallets.ts";
import { restoreCloseTo } from "../agents/plain-close-to.ts";

/** A run that has ended, and what should have come of it. */
export type Cleared = FinishedRun & {
  equilibrium: Equilibrium;
  /** The price the market settled at, tokens a unit. */
  price: number;
  reason: Replay["reason"];
  rounds: number;
};

/**
 * Clear a market of these agents as `npm start` does, and check its books to the base unit.
 *
 * @param fields of the market file that matter
 */
export async function clear(
  chain: Chain,
  agents: readonly Agent[],
  fields: Record<string, unknown>,
): Promise<Cleared> {
  const market = parseMarket(
    { unitFee: 0.5, agents: { source: "paper", n: agents.length, seed: 1 }, ...fields },
    { file: "test.json" },
  );
  const keys = await keysFor(chain.provider, agents.length);
  const deployment = await deployMarket(chain.url, chain.provider, market, agents, keys);
  restoreCloseTo();
  const run = await runFleet({ ...runOn(chain), market, agents, keys, deployment });
  await checkBooks(run);
  const { outcomes, posted } = run.replayed.market;
  return {
    ...run,
    equilibrium: solveEquilibrium(agents, market.capacity, market),
    price: numberFromFixed(outcomes.get(posted.epoch)!.price),
    reason: run.replayed.reason,
    rounds: run.replayed.rounds.length,
  };
}

/** Clear its next epoch, on the same terms. */
export async function clearAgain(chain: Chain, { context }: FinishedRun): Promise<FinishedRun> {
  const { market, agents, deployment, onChain } = context;
  const keys = await keysFor(chain.provider, agents.length);
  await send(onChain.contract, keys.operator, "openEpoch", [parametersOf(market, agents)]);
  return runFleet({ ...runOn(chain), market, agents, keys, deployment });
}

function runOn({ provider, waitUntil }: Chain) {
  return {
    provider,
    seed: 1,
    view: { joining: () => undefined, answers: () => undefined, round: () => undefined },
    ...(waitUntil === undefined ? {} : { waitUntil }),
  };
}

/** What the summary's tables say must add up exactly, and to what the token says. */
async function checkBooks({ context, replayed, ledger }: FinishedRun): Promise<void> {
  const { market, agents, addresses, onChain } = context;
  const { allocations, summary } = recordRun(context, replayed, ledger);
  expect(allocations.map(({ id }) => id)).to.deep.equal(agents.map(({ id }) => id));

  const allocated = allocations.reduce((sum, row) => sum + parseFixed(row.allocation), 0n);
  expect(allocated <= fixedFromNumber(market.capacity), "Σ allocations ≤ capacity").to.equal(true);
  expect(parseFixed(summary.exact.allocated)).to.equal(allocated);

  const money = (text: string): bigint => parseFixed(text, onChain.tokenDecimals);
  let [balances, charges, payments] = [0n, 0n, 0n];
  for (const [index, row] of allocations.entries()) {
    const [balance, charge, payment] = [row.balance, row.charge, row.payment].map(money) as [
      bigint,
      bigint,
      bigint,
    ];
    expect(balance + charge + payment, `deposit of ${row.id}`).to.equal(money(row.deposited));
    // The table is what the chain says, not only what adds up.
    const account = (await call(onChain.contract, "account", addresses[index])) as {
      balance: bigint;
      demand: bigint;
    };
    expect([account.balance, account.demand]).to.deep.equal([balance, parseFixed(row.allocation)]);
    balances += balance;
    charges += charge;
    payments += payment;
  }
  const { fees, revenue } = replayed.market.funds;
  expect([charges, payments]).to.deep.equal([fees, revenue]);
  expect([money(summary.exact.fees), money(summary.exact.revenue)]).to.deep.equal([fees, revenue]);
  const held = await call(onChain.token, "balanceOf", onChain.address);
  expect(held, "the contract's tokens").to.equal(balances + fees + revenue);
}
