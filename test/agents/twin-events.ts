import { accountOf, settled } from "../../mechanism/twin-accounts.ts";
import {
  nextPriceFixed,
  observeFixed,
  REASONS,
  STEP_RULES,
} from "../../mechanism/twin-arithmetic.ts";
import { openEpoch, SETTLED, type TwinMarket } from "../../mechanism/twin-state.ts";
import {
  admit,
  closeRound,
  deposit,
  join,
  settleAccounts,
  submit,
  trim,
  withdraw,
} from "../../mechanism/twin.ts";

/** An event with its values in the interface's order. */
export type TwinEvent = [name: string, ...values: unknown[]];

/** `Parameters` as the interface has them: the rule by its number. */
type Chosen = Omit<Parameters<typeof openEpoch>[1], "rule"> & { rule: bigint };

/**
 * Give the twin an order by its name in the interface.
 *
 * @param now unix seconds
 * @returns the events that the contract emits for it, in its order
 * @throws Error `Name(values)` as the contract reverts; nothing has changed then
 */
export function obey(
  market: TwinMarket,
  now: bigint,
  from: string,
  method: string,
  args: readonly unknown[],
): TwinEvent[] {
  switch (method) {
    case "join":
      join(market, from);
      return [["Joined", from]];
    case "deposit": {
      const isNew = accountOf(market, from).epoch === 0n;
      const before = settlementOf(market, from);
      deposit(market, from, args[0] as bigint);
      return [
        ...(isNew ? [["Joined", from] as TwinEvent] : []),
        ...before,
        ["Deposited", from, args[0]],
      ];
    }
    case "withdraw": {
      const before = settlementOf(market, from);
      withdraw(market, from, args[0] as bigint);
      return [...before, ["Withdrawn", from, args[1], args[0]]];
    }
    case "submit":
    case "submitSamples": {
      const before = settlementOf(market, from);
      const [epoch, round, demand] = args as [bigint, bigint, bigint | bigint[]];
      submit(market, from, epoch, round, [demand].flat());
      return [...before, ["DemandSubmitted", from, accountOf(market, from).demand]];
    }
    case "trim":
      return (args[0] as string[]).flatMap((agent): TwinEvent[] => {
        const { lockedPrice } = accountOf(market, agent);
        trim(market, [agent]);
        const now = accountOf(market, agent);
        return now.lockedPrice === lockedPrice ? [] : [["DemandTrimmed", agent, now.demand]];
      });
    case "closeRound":
      return close(market, now);
    case "settleAccounts":
      return (args[0] as string[]).flatMap((agent) => {
        const events = settlementOf(market, agent);
        settleAccounts(market, [agent]);
        return events;
      });
    case "admit":
      admit(market, args[0] as string[], args[1] as boolean);
      return (args[0] as string[]).map((agent) => ["Admitted", agent, args[1]]);
    case "openEpoch": {
      const chosen = args[0] as Chosen;
      openEpoch(market, { ...chosen, rule: STEP_RULES[Number(chosen.rule)]! }, now);
      const { posted, totals } = market;
      return [["EpochOpened", posted.epoch, posted.price, totals.deadline, chosen]];
    }
    case "withdrawRevenue":
    case "withdrawFees":
      return takeOut(market, from, method === "withdrawRevenue" ? "revenue" : "fees");
    default:
      throw new Error(`the twin knows no ${method}`);
  }
}

function settlementOf(market: TwinMarket, agent: string): TwinEvent[] {
  const { account, due } = settled(market, agent);
  if (account.answered !== SETTLED || accountOf(market, agent).answered === SETTLED) return [];
  return [["AccountSettled", agent, account.epoch, account.demand, due.revenue, due.fees]];
}

function close(market: TwinMarket, now: bigint): TwinEvent[] {
  const { epoch, round: index, price, capacity } = market.posted;
  const { demand, movement } = market.totals;
  const round = { index, price, demand, movement, capacity };
  const seen = observeFixed(market.bracket, round);
  const next = nextPriceFixed(market.rules, market.bracket, seen, round);
  closeRound(market, now);
  const outcome = market.outcomes.get(epoch);
  const deadline = outcome === undefined ? market.totals.deadline : 0n;
  const closed: TwinEvent = ["RoundClosed", epoch, index, demand, next, deadline];
  if (outcome === undefined) return [closed];
  const reason = REASONS.indexOf(outcome.reason);
  return [closed, ["EpochSettled", epoch, index, price, outcome.scale, reason]];
}

function takeOut(market: TwinMarket, to: string, part: "revenue" | "fees"): TwinEvent[] {
  const amount = market.funds[part];
  if (amount === 0n) throw new Error("ZeroAmount()");
  market.funds[part] = 0n;
  return [[part === "revenue" ? "RevenueWithdrawn" : "FeesWithdrawn", to, amount]];
}
