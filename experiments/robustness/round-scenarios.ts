import type { Agent } from "../../mechanism/agent.ts";
import { bestResponse } from "../../mechanism/best-response.ts";
import { scaled, type Setting } from "./epoch-scenarios.ts";
import type { Disturbance } from "./periods.ts";

/** Something that happens while an epoch goes on. */
export type RoundScenario = {
  key: string;
  title: string;
  kind: "participation" | "demand" | "reports";
  /** All that ever take part, and what happens. */
  of: (setting: Setting) => { agents: readonly Agent[]; disturbance: Disturbance };
};

/** The round in which it happens: all have answered once, and no market has settled yet. */
const AT = 1;

/** Standard deviation of a noisy answer, in units. */
const NOISE = 0.5;

const everyFourth = (index: number): boolean => index % 4 === 0;
const everyFifth = (index: number): boolean => index % 5 === 0;

/** What the agent would answer with its α multiplied. */
function responseTo(
  { fees, capacity }: Setting,
  agent: Agent,
  times: number,
  price: number,
): number {
  return bestResponse(scaled([agent], () => times)[0]!, fees, price, { capacity });
}

/** Those who are there do not change; some answer in their own way. */
function misbehaving(
  key: string,
  title: string,
  answerOf: (setting: Setting) => Disturbance["answer"],
  from = AT,
  options: Disturbance["options"] = {},
  kind: RoundScenario["kind"] = "reports",
): RoundScenario {
  return {
    ...{ key, title, kind },
    of: (setting) => ({
      agents: setting.agents,
      disturbance: { presentAt: () => setting.agents, answer: answerOf(setting), from, options },
    }),
  };
}

/** Every α is what `timesOf` makes of it in a round. */
function drifting(key: string, title: string, timesOf: (round: number) => number): RoundScenario {
  return {
    ...{ key, title, kind: "demand" },
    of: (setting) => ({
      agents: setting.agents,
      disturbance: {
        presentAt: (round) => scaled(setting.agents, () => timesOf(round)),
        answer: ({ agent, round, price }) => responseTo(setting, agent, timesOf(round), price),
        from: 1,
      },
    }),
  };
}

export const roundScenarios: readonly RoundScenario[] = [
  {
    key: "arrive-within",
    title: "a quarter more arrives in round 1",
    kind: "participation",
    of: ({ agents, newcomers }) => {
      const all = [...agents, ...newcomers];
      return {
        agents: all,
        disturbance: {
          presentAt: (round) => (round < AT ? agents : all),
          answer: ({ index, round, response }) =>
            index >= agents.length && round < AT ? undefined : response,
          from: AT,
        },
      };
    },
  },
  {
    key: "leave-within",
    title: "a quarter leaves in round 1 and says so",
    kind: "participation",
    of: ({ agents }) => leaving(agents, AT, 0),
  },
  {
    key: "die-within",
    title: "a quarter dies in round 2: its demand stands, trimmed to what it can pay",
    kind: "participation",
    // A demand that answered price zero would lock nothing.
    of: ({ agents }) => leaving(agents, AT + 1, undefined),
  },
  drifting(
    "grow-within",
    "every α grows by 2 % a round for 20 rounds",
    (round) => 1.02 ** Math.min(round, 20),
  ),
  drifting(
    "swing-within",
    "every α swings by 10 %, once in 12 rounds, for ever",
    (round) => 1 + 0.1 * Math.sin((2 * Math.PI * round) / 12),
  ),
  misbehaving(
    "wiggle",
    "a tenth asks for a fifth more and a fifth less in turn, for ever",
    () =>
      ({ index, round, response }) =>
        index % 10 === 0 ? response * (round % 2 === 0 ? 1.2 : 0.8) : response,
    1,
  ),
  misbehaving(
    "silent",
    "a fifth answers once, and then no more",
    () =>
      ({ index, round, response }) =>
        everyFifth(index) && round >= 1 ? undefined : response,
    1,
    { trim: true },
    "participation",
  ),
  misbehaving(
    "absent",
    "a fifth never answers at all",
    () =>
      ({ index, response }) =>
        everyFifth(index) ? undefined : response,
    1,
    {},
    "participation",
  ),
  misbehaving(
    "noise",
    `answers scatter by ${NOISE} units`,
    () =>
      ({ response }) =>
        response,
    1,
    {
      noise: NOISE,
    },
  ),
  misbehaving(
    "noise-averaged",
    `answers scatter by ${NOISE} units, each the mean of M = 16 samples`,
    () =>
      ({ response }) =>
        response,
    1,
    { noise: NOISE, samples: 16 },
  ),
  misbehaving(
    "inflate-averaged",
    "the same, and a fifth asks for half as much again",
    () =>
      ({ index, response }) =>
        everyFifth(index) ? 1.5 * response : response,
    1,
    { noise: NOISE, samples: 16 },
  ),
];

/** @param last what those who leave send from then on: nothing any more if undefined */
function leaving(
  agents: readonly Agent[],
  at: number,
  last: 0 | undefined,
): ReturnType<RoundScenario["of"]> {
  const staying = agents.filter((_, index) => !everyFourth(index));
  return {
    agents,
    disturbance: {
      presentAt: (round) => (round < at ? agents : staying),
      answer: ({ index, round, response }) => (everyFourth(index) && round >= at ? last : response),
      from: AT,
      options: { trim: true },
    },
  };
}
