import type { Wallet } from "ethers";

import type { Bot } from "../../agents/bot.ts";
import type { FleetOptions, Member } from "../../agents/fleet.ts";
import { openMarket } from "../../agents/market.ts";
import type { TransactionKind } from "../../agents/send.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { parseFixed } from "../../mechanism/fixed-point.ts";
import { STEP_RULES } from "../../mechanism/twin-arithmetic.ts";
import type { TwinDeployment, TwinParameters } from "../../mechanism/twin-state.ts";
import { TwinChain } from "./twin-chain.ts";

/** Tokens in base units: the twin's token has 6 decimals. */
export const tokens = (text: string): bigint => parseFixed(text, 6);

export const deployment: TwinDeployment = {
  tokenDecimals: 6n,
  policy: "Refunding",
  allowlisted: false,
  price: parseFixed("1"),
  limits: {
    maxUnitFee: parseFixed("100"),
    maxExecutionFee: parseFixed("101"),
    maxProgressiveFee: parseFixed("102"),
    minRoundLength: 1n,
    maxRoundLength: 1000n,
    maxRounds: 999n,
  },
};

/** All different from one another, so that none can stand for another unnoticed. */
export const parameters: TwinParameters = {
  capacity: parseFixed("5"),
  unitFee: parseFixed("0.5"),
  executionFee: parseFixed("0.25"),
  progressiveFee: parseFixed("0.125"),
  samples: 1n,
  rule: "Constant",
  initialStep: parseFixed("0.2"),
  stepOffset: 7n,
  maxStep: parseFixed("50"),
  primalTolerance: parseFixed("0.011"),
  dualTolerance: parseFixed("0.012"),
  movementTolerance: parseFixed("0.13"),
  roundLength: 60n,
  maxRounds: 30n,
};

/** A market on a twin, and a fleet to clear it. */
export type TwinFleet = {
  chain: TwinChain;
  members: Member[];
  keeper: Wallet;
  options: FleetOptions;
  /** What `onReceipt` was told. */
  told: TransactionKind[];
  /** Until when the fleet has waited. */
  waits: bigint[];
  /** The next epoch, by its owner. */
  open: (overrides?: Partial<TwinParameters>) => void;
};

/**
 * A market, one member for each agent with its deposit in its wallet; no epoch is open and nobody has joined.
 *
 * @param strategies of the agents in their order; those without one are truthful
 */
export async function twinFleet(
  agents: readonly Agent[],
  strategies: readonly Bot["strategy"][] = [],
  overrides: Partial<TwinDeployment> = {},
): Promise<TwinFleet> {
  const chain = new TwinChain({ ...deployment, ...overrides });
  const keeper = chain.someone("keeper");
  const members = agents.map((agent, index): Member => {
    const wallet = chain.someone(agent.id);
    const strategy = strategies[index] ?? { name: "truthful", gamma: 0 };
    chain.balances.set(wallet.address, tokens("100"));
    return { bot: { agent, strategy }, wallet, deposit: tokens("100") };
  });
  const told: TransactionKind[] = [];
  const waits: bigint[] = [];
  const options: FleetOptions = {
    market: await openMarket(chain.address, keeper),
    provider: chain,
    members,
    keeper,
    onReceipt: (kind) => told.push(kind),
    waitUntil: async (time) => {
      waits.push(time);
      chain.now = time;
    },
  };
  const open = (chosen: Partial<TwinParameters> = {}): void => {
    const { rule, ...rest } = { ...parameters, ...chosen };
    chain.order("owner", "openEpoch", { ...rest, rule: STEP_RULES.indexOf(rule) });
  };
  return { chain, members, keeper, options, told, waits, open };
}
