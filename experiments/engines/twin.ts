import { answer } from "../../agents/bot.ts";
import type { Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { fixedFromNumber, numberFromFixed } from "../../mechanism/fixed-point.ts";
import { settledAccount } from "../../mechanism/twin-accounts.ts";
import { STEP_RULES } from "../../mechanism/twin-arithmetic.ts";
import { createMarket, openEpoch, type TwinMarket } from "../../mechanism/twin-state.ts";
import { closeRound, deposit, submit } from "../../mechanism/twin.ts";
import { depositOf, LIMITS, parametersOf } from "../../scripts/run/parameters.ts";
import type { Cleared } from "./engine.ts";

/** The rounds in the contract's arithmetic, answered by the bots that answer the contract. */
export function clearByTwin(agents: readonly Agent[], market: Market): Cleared {
  const { decimals } = market.token;
  const twin = createMarket({
    tokenDecimals: BigInt(decimals),
    policy: market.policy,
    allowlisted: false,
    price: fixedFromNumber(market.initialPrice),
    limits: LIMITS,
  });
  // Ids may be anything, so agents go by their place.
  agents.forEach((agent, index) => deposit(twin, String(index), depositOf(market, agent)));
  const { rule, ...parameters } = parametersOf(market, agents);
  // No deadline passes: everybody answers, and the round is closed at once.
  openEpoch(twin, { ...parameters, rule: STEP_RULES[rule]! }, 0n);

  while (twin.posted.samples !== 0n) {
    const { epoch, round } = twin.posted;
    agents.forEach((agent, index) => {
      const samples = answerOf(twin, agent, String(index), market);
      submit(twin, String(index), epoch, round, samples);
    });
    closeRound(twin, 0n);
  }

  const outcome = twin.outcomes.get(twin.posted.epoch)!;
  return {
    allocations: Float64Array.from(agents, (_, index) =>
      numberFromFixed(settledAccount(twin, String(index)).demand),
    ),
    price: numberFromFixed(outcome.price),
    rounds: Number(outcome.round) + 1,
    stop: outcome.reason,
  };
}

/** As the fleet reads its question from the chain. */
function answerOf(
  { accounts, posted }: TwinMarket,
  agent: Agent,
  id: string,
  market: Market,
): bigint[] {
  const account = accounts.get(id)!;
  const demand = account.epoch === posted.epoch ? numberFromFixed(account.demand) : 0;
  const budget =
    account.balance <= 2n ? 0 : numberFromFixed(account.balance - 2n, market.token.decimals);
  const samples = answer(
    { agent, strategy: { name: "truthful", gamma: market.bots.gamma } },
    {
      epoch: Number(posted.epoch),
      round: Number(posted.round),
      price: numberFromFixed(posted.price),
      capacity: market.capacity,
      fees: market,
      samples: market.samples,
    },
    { demand, budget },
  );
  return (samples ?? []).map((sample) => fixedFromNumber(sample));
}
