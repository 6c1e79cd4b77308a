import type { Fees } from "../../mechanism/agent.ts";
import type { State } from "../drawings/ripples.ts";
import type { ShockData } from "../drawings/shock.ts";
import type { Draw, Experiment, Result, Run } from "../experiment.ts";
import { columnOf, estimate, type Samples } from "../harness/samples.ts";
import { paperAgents, paperCapacity, paperFees } from "../tables/population.ts";
import { lipschitzOf } from "../theorems/economy.ts";
import { concludeFigure } from "./figure.ts";
import { BEFORE, claimsOfShock, notesOfShock, trace } from "./figure7-remarks.ts";
import { runAlgorithm, type Round } from "./rounds.ts";

export type ShockParameters = {
  agents: number;
  /** The market shown, then the one it is compared with. */
  capacities: readonly [number, number];
  fees: Fees;
  proximalWeight: number;
  /** η over 1/L, with the fees before the shock. */
  step: number;
  /** The first round with the new fee; as many rounds follow as came before. */
  shock: number;
  /** What τ jumps to; the paper's jump among others, for the surface. */
  unitFees: readonly number[];
  jump: number;
};

/** Rounds shown after the shock. */
const AFTER = 30;
/** Rounds after it in which ripples are followed. */
const RIPPLE = 16;
/** Draws shown one by one. */
const SINGLE_DRAWS = 12;

/** Figure 7: a jump of the unit fee in the middle of a run; the market of Figure 2. */
export const figure7: Experiment<ShockParameters> = {
  name: "figure7",
  module: import.meta.url,
  title: "Figure 7: a shock, τ from 0.5 to 1.5 at t = 50",
  replications: { full: 1000, quick: 30 },
  engines: ["float"],
  weight: 6,
  prepare: () => ({
    agents: 20,
    capacities: [paperCapacity / 2, paperCapacity],
    fees: paperFees,
    proximalWeight: 2,
    step: 1.9,
    shock: 50,
    unitFees: [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2],
    jump: 1.5,
  }),
  replicate,
  conclude,
};

function replicate(parameters: ShockParameters, draw: Draw): Record<string, number> {
  const { capacities, unitFees, jump, shock } = parameters;
  const numbers: Record<string, number> = {};
  const record = (name: string, first: number, rounds: readonly Round[]): void =>
    rounds.forEach(({ efficiency, gini }, at) => {
      numbers[`${name}/efficiency/${first + at}`] = efficiency;
      numbers[`${name}/fairness/${first + at}`] = 1 - gini;
    });
  const shown = shocked(parameters, draw, capacities[0], unitFees);
  record("shown", shock - BEFORE, shown.before.slice(-BEFORE));
  record("shown", shock, shown.after.get(jump)!);
  for (const [unitFee, rounds] of shown.after) {
    rounds.slice(0, AFTER).forEach(({ efficiency }, at) => {
      numbers[`to ${unitFee}/${shock + at}`] = efficiency;
    });
    numbers[`to ${unitFee}/rest`] = rounds.at(-1)!.efficiency;
  }
  const other = shocked(parameters, draw, capacities[1], [jump]);
  const after = other.after.get(jump)!;
  record("other/before", 0, other.before.slice(-1));
  record("other/first", 0, after.slice(0, 1));
  record("other/rest", 0, after.slice(-1));
  return numbers;
}

/** One market before the shock, and after a jump to each fee. */
function shocked(
  { agents: count, fees, proximalWeight, step, shock }: ShockParameters,
  draw: Draw,
  capacity: number,
  unitFees: readonly number[],
): { before: Round[]; after: Map<number, Round[]> } {
  const agents = paperAgents(count, draw);
  const algorithm = {
    capacity,
    proximalWeight,
    step: step / lipschitzOf({ agents, capacity, fees }),
    rounds: shock,
  };
  const before = runAlgorithm(agents, fees, algorithm);
  const after = unitFees.map((unitFee): [number, Round[]] => [
    unitFee,
    runAlgorithm(agents, { ...fees, unitFee }, algorithm, before.next).shown,
  ]);
  return { before: before.shown, after: new Map(after) };
}

function conclude(samples: Samples, parameters: ShockParameters, run: Run): Result {
  const { agents, capacities, proximalWeight, step, shock, jump, fees } = parameters;
  const data = dataOf(samples, parameters);
  return concludeFigure({
    name: figure7.name,
    title: figure7.title,
    run,
    caption:
      `The market of Figure 2: ${agents} agents of Table 3, m = ${capacities[0]}, g = 1, γ = ${proximalWeight}, η = ${step}/L. At t = ${shock} the unit fee jumps from ${fees.unitFee} to ${jump}; price and demands stand. ` +
      `Means over ${run.replications} draws, and ${data.ripples.length} single draws in the last panel. At rest: ${shock} rounds later.`,
    picture: { drawing: "shock", data },
    claims: claimsOfShock(samples, parameters),
    notes: notesOfShock(samples, parameters),
    csv: [
      ["round", "unit_fee", "efficiency", "fairness"],
      ...data.rounds.map((round, at) => [
        ...[round, round < shock ? fees.unitFee : jump],
        ...[data.states[at]!.efficiency, data.states[at]!.fairness],
      ]),
      ...data.fees
        .filter((fee) => fee !== jump)
        .flatMap((fee) =>
          data.rounds.flatMap((round, at) =>
            round < shock ? [] : [[round, fee, data.surface[at]![data.fees.indexOf(fee)]!, null]],
          ),
        ),
    ],
  });
}

function dataOf(samples: Samples, { shock, unitFees, jump, fees }: ShockParameters): ShockData {
  const last = 2 * shock - 1;
  const mean = (values: Float64Array): number => estimate(values).mean;
  const rounds = Array.from({ length: BEFORE + AFTER }, (_, at) => shock - BEFORE + at);
  const stateOf = (round: number): State => ({
    efficiency: mean(trace(samples, "efficiency", round)),
    fairness: mean(trace(samples, "fairness", round)),
  });
  const less = (a: State, b: State): State => ({
    efficiency: a.efficiency - b.efficiency,
    fairness: a.fairness - b.fairness,
  });
  const states = rounds.map(stateOf);
  const after = rounds.filter((round) => round >= shock).slice(0, RIPPLE);
  const single = (draw: number, round: number): State => ({
    efficiency: trace(samples, "efficiency", round)[draw]!,
    fairness: trace(samples, "fairness", round)[draw]!,
  });
  const rest = stateOf(last);
  const before = stateOf(shock - 1).fairness;
  const first = stateOf(shock).fairness;
  const lowest = Math.min(...states.slice(BEFORE).map(({ fairness }) => fairness));
  return {
    shock,
    from: fees.unitFee,
    to: jump,
    rounds,
    states,
    fees: [...unitFees],
    surface: rounds.map((round, at) =>
      unitFees.map((fee) =>
        round < shock ? states[at]!.efficiency : mean(columnOf(samples, `to ${fee}/${round}`)),
      ),
    ),
    rest: unitFees.map((fee) => mean(columnOf(samples, `to ${fee}/rest`))),
    waterfall: [
      { name: "before", value: before, isTotal: true },
      { name: "first round", value: first - before, isTotal: false },
      { name: "then, to the lowest", value: lowest - first, isTotal: false },
      { name: "rebound", value: rest.fairness - lowest, isTotal: false },
      { name: "at rest", value: rest.fairness, isTotal: true },
    ],
    ripple: after.map((round) => less(stateOf(round), rest)),
    ripples: samples.rows
      .slice(0, SINGLE_DRAWS)
      .map((_, draw) => after.map((round) => less(single(draw, round), single(draw, last)))),
  };
}
