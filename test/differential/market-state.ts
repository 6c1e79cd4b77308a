import { Interface } from "ethers";

import { MARKET_ABI } from "../../agents/abi.ts";
import { freeBalance, settledAccount } from "../../mechanism/twin-accounts.ts";
import { REASONS, STEP_RULES } from "../../mechanism/twin-arithmetic.ts";
import type { TwinMarket } from "../../mechanism/twin-state.ts";

/** Sends one JSON-RPC request to the node. */
export type Request = (method: string, params: unknown[]) => Promise<unknown>;

/** Everything a market's views tell, as plain values: two markets are the same if these are. */
export type MarketState = Record<string, bigint | string | boolean>;

export const marketInterface = new Interface(MARKET_ABI);

/** How much of the state to look at: all of it, or what one agent's order can change. */
export type Scope = "all" | "brief";

const POSTED = [
  "price",
  "capacity",
  "unitFee",
  "executionFee",
  "progressiveFee",
  "epoch",
  "round",
  "samples",
] as const;
const TOTALS = ["demand", "movement", "answered", "members", "deadline"] as const;
const BRACKET = ["lower", "upper", "previousDemand"] as const;
const RULES = [
  "primalTolerance",
  "movementTolerance",
  "dualTolerance",
  "initialStep",
  "maxStep",
  "stepOffset",
  "roundLength",
  "maxRounds",
] as const;
const FUNDS = ["revenue", "fees"] as const;
const OUTCOME = ["unitFee", "executionFee", "progressiveFee"] as const;
const ACCOUNT = ["balance", "demand", "lockedPrice", "epoch", "answered"] as const;

/** The state of a market on a chain, from its views; all they return are words of 32 bytes. */
export async function chainState(
  request: Request,
  market: string,
  agents: readonly string[],
  scope: Scope = "all",
): Promise<MarketState> {
  const state: MarketState = {};
  const read = async (view: string, ...args: (string | bigint)[]): Promise<bigint[]> => {
    const data = encoded(view, args);
    const answer = await request("eth_call", [{ to: market, data }, "latest"]);
    return (String(answer).slice(2).match(/.{64}/g) ?? []).map((word) => BigInt(`0x${word}`));
  };
  const put = (prefix: string, names: readonly string[], words: readonly bigint[]): void => {
    names.forEach((name, index) => {
      state[`${prefix}.${name}`] = words[index]!;
    });
  };

  const [posted, totals, funds] = await Promise.all([
    read("posted"),
    read("totals"),
    read("funds"),
  ]);
  put("posted", POSTED, posted);
  put("totals", TOTALS, totals);
  put("funds", FUNDS, funds);
  if (scope === "all") {
    const [bracket, rules] = await Promise.all([read("bracket"), read("rules")]);
    put("bracket", BRACKET, bracket);
    put("rules", RULES, rules);
    state["rules.rule"] = STEP_RULES[Number(rules[8])]!;
    for (let epoch = 1n; epoch <= (state["posted.epoch"] as bigint); epoch++) {
      const [price, scale, reason, round, ...fees] = await read("outcome", epoch);
      put(`outcome ${epoch}`, ["price", "scale", "round"], [price!, scale!, round!]);
      put(`outcome ${epoch}`, OUTCOME, fees);
      state[`outcome ${epoch}.reason`] = REASONS[Number(reason)]!;
    }
  }
  await Promise.all(
    agents.map(async (agent) => {
      const [stored, settled, free, admitted] = await Promise.all([
        read("account", agent),
        read("settledAccount", agent),
        read("freeBalance", agent),
        read("admitted", agent),
      ]);
      put(`${agent} stored`, ACCOUNT, stored);
      put(`${agent} settled`, ACCOUNT, settled);
      state[`${agent} free`] = free[0]!;
      state[`${agent} admitted`] = admitted[0] === 1n;
    }),
  );
  return state;
}

const encodings = new Map<string, string>();

/** Encoding costs more than calling, and the same few views are called again and again. */
function encoded(view: string, args: readonly (string | bigint)[]): string {
  const key = `${view} ${args.join(" ")}`;
  let data = encodings.get(key);
  if (data === undefined) {
    data = marketInterface.encodeFunctionData(view, args);
    encodings.set(key, data);
  }
  return data;
}

const NO_ACCOUNT = { balance: 0n, demand: 0n, lockedPrice: 0n, epoch: 0n, answered: 0n };
const NO_OUTCOME = {
  price: 0n,
  scale: 0n,
  round: 0n,
  unitFee: 0n,
  executionFee: 0n,
  progressiveFee: 0n,
  reason: "None",
};

/** The same of a twin. */
export function twinState(
  twin: TwinMarket,
  agents: readonly string[],
  scope: Scope = "all",
): MarketState {
  const state: MarketState = {};
  const put = (prefix: string, values: Record<string, bigint | string>): void => {
    for (const [name, value] of Object.entries(values)) state[`${prefix}.${name}`] = value;
  };
  put("posted", twin.posted);
  put("totals", twin.totals);
  put("funds", twin.funds);
  if (scope === "all") {
    put("bracket", twin.bracket);
    put("rules", twin.rules);
    for (let epoch = 1n; epoch <= twin.posted.epoch; epoch++) {
      put(`outcome ${epoch}`, twin.outcomes.get(epoch) ?? NO_OUTCOME);
    }
  }
  for (const agent of agents) {
    put(`${agent} stored`, twin.accounts.get(agent) ?? NO_ACCOUNT);
    put(`${agent} settled`, settledAccount(twin, agent));
    state[`${agent} free`] = freeBalance(twin, agent);
    state[`${agent} admitted`] = twin.admitted.has(agent);
  }
  return state;
}

/** What two states do not agree on, one line each; empty if they are the same. */
export function differences(chain: MarketState, twin: MarketState): string[] {
  const names = new Set([...Object.keys(chain), ...Object.keys(twin)]);
  return [...names]
    .filter((name) => chain[name] === undefined || chain[name] !== twin[name])
    .map((name) => `${name}: chain ${String(chain[name])}, twin ${String(twin[name])}`);
}
