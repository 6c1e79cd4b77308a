import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Agent } from "../../mechanism/agent.ts";
import { solveEquilibrium } from "../../mechanism/equilibrium.ts";
import { createColumns, type LogColumns } from "../../mechanism/kernel/columns.ts";
import { solveMany } from "../../mechanism/many-agents.ts";
import { createRandom } from "../../mechanism/random.ts";
import type { Valuation } from "../../mechanism/valuations/families.ts";
import { judged, type Figure, type Target } from "./figure.ts";
import { openPeer } from "./peer.ts";
import { inTurn, LEAST, timed, type Contestant } from "./runs.ts";

type Family = Valuation["family"];
type Fees = { unitFee: number; executionFee: number; progressiveFee: number };

/** One comparison: a market of so many agents, by `solve`, beside brentq over numpy arrays. */
type Case = {
  name: string;
  family: Family;
  count: number;
  executionFee: number;
  target?: Target;
  /** Whether the time of a pass is held against the time to read the columns. */
  isHeldToReading: boolean;
};

export type SolverOptions = { runs: number; counts: readonly number[]; hasScipy: boolean };

const PEER = "scipy.optimize.brentq over numpy arrays, one core";
const READING = "a sum over α and β, once for each pass, those over a sample counted by its size";

/** The exact equilibrium, m = n, τ = 0.5: in columns for the log family, by the oracle for the others. */
export async function solverFigures(options: SolverOptions): Promise<Figure[]> {
  const cases: Case[] = [
    ...options.counts.map((count): Case => ({
      ...{ name: `solver, log, n = ${count}`, family: "log", count, executionFee: 0 },
      ...{ target: { atLeast: 4 }, isHeldToReading: true },
    })),
    ...options.counts.map((count): Case => ({
      ...{ name: `solver, log, g = 1, n = ${count}`, family: "log", count, executionFee: 1 },
      ...{ target: { atLeast: 4 }, isHeldToReading: false },
    })),
    ...(["log", "isoelastic", "saturating", "quadratic"] as const).map((family): Case => {
      const count = options.counts[0]!;
      return {
        ...{ name: `oracle, ${family}, n = ${count}`, family, count, executionFee: 0 },
        isHeldToReading: false,
      };
    }),
  ];
  const figures: Figure[] = [];
  for (const one of cases) figures.push(...(await compare(one, options)));
  return figures;
}

async function compare(one: Case, { runs, hasScipy }: SolverOptions): Promise<Figure[]> {
  const { name, family, count, executionFee, target, isHeldToReading } = one;
  const fees: Fees = { unitFee: 0.5, executionFee, progressiveFee: 0 };
  const columns = drawColumns(count);
  const isColumns = name.startsWith("solver");
  const shapes = drawShapes(family, count);
  const agents = isColumns ? [] : agentsOf(family, columns, shapes);
  const ours = isColumns
    ? () => solveMany(columns, count, fees)
    : () => solveEquilibrium(agents, count, fees);

  const contestants: Contestant[] = [timed(ours), timed(() => readOnce(columns))];
  const folder = await mkdtemp(join(tmpdir(), "contract-clearing-bench-"));
  const peer = hasScipy ? openPeer("equilibrium.py") : undefined;
  try {
    if (peer !== undefined) {
      const file = join(folder, "columns");
      const parameters = [columns.alpha, ...(family === "log" ? [] : [shapes]), columns.beta];
      await writeFile(
        file,
        Buffer.concat(parameters.map((one) => Buffer.from(one.slice().buffer))),
      );
      const market = { file, count, family, capacity: count, unitFee: 0.5, executionFee };
      const { price } = await peer.ask(market);
      checkSame(name, ours().price, price!);
      contestants.push(async () => (await peer.ask({ atLeast: LEAST }))["seconds"]!);
    }
    const result = await inTurn(runs, contestants);
    const speedUp = peer === undefined ? undefined : result.ratio(2, 0);
    const floor = isHeldToReading
      ? result.median(1) * solveMany(columns, count, fees).passes
      : null;
    const figure: Figure = {
      name,
      measured: 1000 * result.median(0),
      unit: "ms",
      floor: floor === null ? null : 1000 * floor,
      ...(floor === null ? {} : { floorIs: READING }),
      peer: speedUp === undefined ? null : 1000 * result.median(2),
      peerIs: hasScipy ? PEER : `${PEER}: scipy is missing`,
      ratio: speedUp?.median ?? null,
      ratioIs: "peer / measured",
      ...judged(target, speedUp?.median ?? null),
      noise: speedUp?.noise ?? 0,
    };
    if (floor === null) return [figure];
    const reading = result.ratio(0, 1);
    const passes = floor / result.median(1);
    const ratio = reading.median / passes;
    return [
      figure,
      {
        ...figure,
        name: `${name}, a pass beside reading`,
        ...{ peer: null, ratio, ratioIs: "measured / floor", noise: reading.noise },
        ...judged({ atMost: 2 }, ratio),
      },
    ];
  } finally {
    await peer?.close();
    await rm(folder, { recursive: true });
  }
}

/** A figure about two different answers would be worth nothing. */
function checkSame(name: string, ours: number, theirs: number): void {
  // Where demand jumps brentq ends on either side of the jump.
  if (Math.abs(ours - theirs) > 1e-9 * theirs) {
    throw new Error(`${name}: the price is ${ours}, the peer's ${theirs}`);
  }
}

/** The paper's population, in columns. */
function drawColumns(count: number): LogColumns {
  const { uniform } = createRandom(1);
  const columns = createColumns(count);
  for (let at = 0; at < count; at++) {
    columns.alpha[at] = 5 + 15 * uniform();
    columns.beta[at] = 0.5 + 4.5 * uniform();
  }
  return columns;
}

/** ρ or κ of the families that have one. */
function drawShapes(family: Family, count: number): Float64Array {
  const { uniform } = createRandom(2);
  const [low, high] = family === "isoelastic" ? [0.3, 0.8] : [0.5, 2];
  return Float64Array.from({ length: count }, () => low + (high - low) * uniform());
}

function agentsOf(family: Family, { alpha, beta }: LogColumns, shapes: Float64Array): Agent[] {
  return Array.from(alpha, (one, at): Agent => ({
    id: `${at}`,
    valuation:
      family === "log" ? { family, alpha: one } : { family, alpha: one, shape: shapes[at]! },
    cost: { family: "linear", beta: beta[at]! },
  }));
}

/** Two numbers at a time into four sums: as fast as JavaScript reads columns. */
function readOnce({ alpha, beta }: LogColumns): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let at = 0; at + 1 < alpha.length; at += 2) {
    a += alpha[at]!;
    b += beta[at]!;
    c += alpha[at + 1]!;
    d += beta[at + 1]!;
  }
  return a + b + c + d;
}
