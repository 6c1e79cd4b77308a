import type { Agent, Fees } from "../../mechanism/agent.ts";
import type { Random } from "../../mechanism/random.ts";
import { strategicEquilibrium } from "../../mechanism/strategic.ts";
import type { Period } from "./periods.ts";

/** What a scenario is made of. */
export type Setting = {
  /** Those who are there from the start. */
  agents: readonly Agent[];
  /** Those who come later, where some do. */
  newcomers: readonly Agent[];
  fees: Fees;
  /** m, in units. */
  capacity: number;
  /** Epochs before anything happens, and from then on. */
  calm: number;
  stirred: number;
  random: Random;
};

/** Something that happens between epochs. */
export type EpochScenario = {
  key: string;
  title: string;
  kind: "fees" | "participation" | "demand" | "reports";
  /** Whether it happens once, or goes on. */
  isOnce: boolean;
  /** All epochs. */
  periodsOf: (setting: Setting) => Period[];
};

/** The epochs of a scenario: as they are while it is calm, then what `stir` makes of them. */
function epochs(setting: Setting, stir: (epoch: number) => Partial<Period>): Period[] {
  const { agents, fees, calm, stirred } = setting;
  return Array.from({ length: calm + stirred }, (_, epoch) => ({
    agents,
    fees,
    ...(epoch < calm ? {} : stir(epoch - calm)),
  }));
}

/** τ as drawn; a market takes eight significant digits. */
function charging({ fees }: Setting, unitFee: number): Fees {
  return { ...fees, unitFee: Math.round(unitFee * 1e6) / 1e6 };
}

/** The agents with α multiplied. */
export function scaled(
  agents: readonly Agent[],
  timesOf: (index: number) => number,
): readonly Agent[] {
  return agents.map((agent, index) => {
    const { valuation } = agent;
    return { ...agent, valuation: { ...valuation, alpha: valuation.alpha * timesOf(index) } };
  });
}

/** A random walk that is turned back at its ends. */
function walk(
  from: number,
  step: number,
  [low, high]: [number, number],
  random: Random,
): () => number {
  let at = from;
  return () => {
    at += step * random.normal();
    if (at < low) at = 2 * low - at;
    if (at > high) at = 2 * high - at;
    return (at = Math.min(high, Math.max(low, at)));
  };
}

/** A fifth of the agents. */
const FIFTH = 5;

export const epochScenarios: readonly EpochScenario[] = [
  {
    key: "fee-jump",
    title: "τ from 0.5 to 1.5, once (section 5.6)",
    kind: "fees",
    isOnce: true,
    periodsOf: (setting) => epochs(setting, () => ({ fees: charging(setting, 1.5) })),
  },
  {
    key: "fee-jumps",
    title: "τ drawn from U(0, 2) every epoch",
    kind: "fees",
    isOnce: false,
    periodsOf: (setting) =>
      epochs(setting, () => ({ fees: charging(setting, 2 * setting.random.uniform()) })),
  },
  {
    key: "fee-walk",
    title: "τ walks at random between 0 and 2, 0.2 an epoch",
    kind: "fees",
    isOnce: false,
    periodsOf: (setting) => {
      const next = walk(setting.fees.unitFee, 0.2, [0, 2], setting.random);
      return epochs(setting, () => ({ fees: charging(setting, next()) }));
    },
  },
  {
    key: "leave",
    title: "a quarter leaves for good",
    kind: "participation",
    isOnce: true,
    periodsOf: (setting) =>
      epochs(setting, () => ({ agents: setting.agents.filter((_, index) => index % 4 !== 0) })),
  },
  {
    key: "arrive",
    title: "a quarter more arrives",
    kind: "participation",
    isOnce: true,
    periodsOf: (setting) =>
      epochs(setting, () => ({ agents: [...setting.agents, ...setting.newcomers] })),
  },
  {
    key: "churn",
    title: "everybody stays away from every fourth epoch, at random",
    kind: "participation",
    isOnce: false,
    periodsOf: (setting) =>
      epochs(setting, () => ({
        agents: setting.agents.filter(() => setting.random.uniform() > 0.25),
      })),
  },
  {
    key: "surge",
    title: "α of all times 1.5, once",
    kind: "demand",
    isOnce: true,
    periodsOf: (setting) => epochs(setting, () => ({ agents: scaled(setting.agents, () => 1.5) })),
  },
  {
    key: "drift",
    title: "each α walks at random, by 10 % an epoch",
    kind: "demand",
    isOnce: false,
    periodsOf: (setting) => {
      const times = setting.agents.map(() => 1);
      return epochs(setting, () => {
        times.forEach((_, index) => (times[index]! *= Math.exp(0.1 * setting.random.normal())));
        const now = [...times];
        return { agents: scaled(setting.agents, (index) => now[index]!) };
      });
    },
  },
  {
    key: "inflate-some",
    title: "a fifth answers as if its α were half as much again",
    kind: "reports",
    isOnce: true,
    periodsOf: (setting) =>
      epochs(setting, () => ({
        told: scaled(setting.agents, (index) => (index % FIFTH === 0 ? 1.5 : 1)),
      })),
  },
  {
    key: "inflate-all",
    title: "everybody answers as if its α were half as much again",
    kind: "reports",
    isOnce: true,
    periodsOf: (setting) => epochs(setting, () => ({ told: scaled(setting.agents, () => 1.5) })),
  },
  {
    key: "anticipate",
    title: "everybody anticipates the price (g = 0)",
    kind: "reports",
    isOnce: true,
    periodsOf: (setting) => {
      const { agents, capacity } = setting;
      const fees = { ...setting.fees, executionFee: 0 };
      const { reports } = strategicEquilibrium(agents, capacity, fees);
      const told = scaled(agents, (index) => reports[index]!);
      return epochs({ ...setting, fees }, () => ({ told }));
    },
  },
];
