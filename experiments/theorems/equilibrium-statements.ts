import {
  assumed,
  demandAt,
  inJump,
  logarithmic,
  table3,
  withExecutionFee,
  type Economy,
} from "./economy.ts";
import { hasSlope, isBounded, isContinuous, strictlyFalls } from "./demand-checks.ts";
import {
  clears,
  followsCapacity,
  isOneAllocation,
  isOnePrice,
  isPriceBounded,
} from "./equilibrium-checks.ts";
import { run, type Statement } from "./statement.ts";

const ASSUMPTION = "Assumption 3.1: V strictly concave with V'(0) = ∞, C convex and Lipschitz";

const sizes = {
  jump: "largest jump of S, units",
  fallsTo: "price up to which S falls, tokens a unit",
  left: "share of m left over",
  width: "width of the prices that clear, tokens a unit",
  ratio: "μ* over the bound (0: no bound)",
  change: "change of μ* with m, over 1/S'",
};

const continuity: Statement = {
  key: "monotone",
  names: ["Lemma 3.3", "Lemma 4.2"],
  claim:
    "Best responses are continuous and do not rise with μ; S is continuous and falls strictly.",
  assumption: ASSUMPTION,
  condition: "g = 0",
  runs: [
    run("jump-fee", "stated", "V'(0) = ∞, g = 1", sizes.jump, (draw) =>
      isContinuous(withExecutionFee(assumed(draw))),
    ),
    run("jump", "needed", "V'(0) = ∞, g = 0", sizes.jump, (draw) => isContinuous(assumed(draw))),
    run("falls", "needed", "V'(0) = ∞, g = 0", sizes.fallsTo, (draw) =>
      strictlyFalls(assumed(draw)),
    ),
    run("falls-log", "beyond", "log V, V'(0) = α: S is 0 from there on", sizes.fallsTo, (draw) =>
      strictlyFalls(logarithmic(draw)),
    ),
  ],
};

const existence: Statement = {
  key: "existence",
  names: ["Proposition 3.4", "Theorem 4.6"],
  claim: "A price with S(μ*) = m exists.",
  assumption: `${ASSUMPTION}; 'S(0) > m because V'(0) = ∞', which does not follow`,
  condition: "g = 0 and S(0) ≥ m",
  runs: [
    run("slack", "stated", "V'(0) = ∞, m = 2·S(0): capacity is slack", sizes.left, (draw) =>
      clears(assumed(draw, 2)),
    ),
    run("gap", "stated", "V'(0) = ∞, g = 1, m where S jumps", sizes.left, (draw) =>
      clears(inJump(withExecutionFee(assumed(draw)))),
    ),
    run("scarce", "needed", "V'(0) = ∞, g = 0, m = S(0)/2", sizes.left, (draw) =>
      clears(assumed(draw)),
    ),
    run("table3", "beyond", "log V, Table 3: n = 20, m = 100, g = 1", sizes.left, (draw) =>
      clears(table3(draw)),
    ),
    run("log", "beyond", "log V, g = 0, m = S(0)/2", sizes.left, (draw) =>
      clears(logarithmic(draw)),
    ),
  ],
};

const uniqueness: Statement = {
  key: "uniqueness",
  names: ["Proposition 3.5", "Theorem 4.7"],
  claim: "There is at most one equilibrium.",
  assumption: "U strictly concave (so g = 0); demands not bounded from above",
  runs: [
    run("price", "stated", "V'(0) = ∞, g = 0, m = S(0)/2", sizes.width, (draw) =>
      isOnePrice(assumed(draw)),
    ),
    run("log", "stated", "log V, g = 0, m = S(0)/2", sizes.width, (draw) =>
      isOnePrice(logarithmic(draw)),
    ),
    run(
      "twins",
      "beyond",
      "g = 1, two agents alike with log V, m what one takes: either may have it",
      "what one takes, units",
      (draw) => isOneAllocation(withExecutionFee(logarithmic(draw))),
    ),
    run(
      "held",
      "beyond",
      "one agent, held to m as the contract holds it: S = m at every low price",
      sizes.width,
      (draw) => isOnePrice(alone(assumed(draw))),
    ),
  ],
};

const boundedness: Statement = {
  key: "bounded",
  names: ["Lemma 4.1"],
  claim: "Each best response is at most the finite root of V'(x) = C'(x), at every μ ≥ 0.",
  assumption: ASSUMPTION,
  condition: "V' < C' somewhere, as with β > 0",
  runs: [
    run(
      "free",
      "stated",
      "V'(0) = ∞, C = 0, τ = 0: V' has no root",
      "largest demand at a price of 1e-6, units",
      (draw) => isBounded(free(assumed(draw))),
    ),
    run("costly", "needed", "V'(0) = ∞, β > 0", "largest demand, units", (draw) =>
      isBounded(assumed(draw)),
    ),
    run("log", "beyond", "log V, β > 0", "largest demand, units", (draw) =>
      isBounded(logarithmic(draw)),
    ),
  ],
};

const slope: Statement = {
  key: "slope",
  names: ["Eq. (18), in the proof of Lemma 4.2"],
  claim: "dx*/dμ = 1/(C'' − V'') where x* > 0.",
  assumption: ASSUMPTION,
  condition: "a minus sign before the fraction",
  runs: [
    run("printed", "stated", "as printed, at μ = 1", "difference over the fraction", (draw) =>
      hasSlope(assumed(draw), 1, 1),
    ),
    run(
      "minus",
      "needed",
      "with the minus sign, at μ = 1",
      "difference over the fraction",
      (draw) => hasSlope(assumed(draw), 1, -1),
    ),
  ],
};

const priceBound: Statement = {
  key: "price-bound",
  names: ["Proposition 4.3"],
  claim: "0 ≤ μ* < max V'(0) − τ in every equilibrium with S(μ*) = m.",
  assumption: "Assumption 3.1, under which the bound is infinite",
  runs: [
    run("infinite", "stated", "V'(0) = ∞, m = S(0)/2: says nothing", sizes.ratio, (draw) =>
      isPriceBounded(assumed(draw)),
    ),
    run("log", "stated", "log V, where it is finite, m = S(0)/20", sizes.ratio, (draw) =>
      isPriceBounded(logarithmic(draw, 0.05)),
    ),
    run("fee", "beyond", "log V, g = 1, m = S(0)/20", sizes.ratio, (draw) =>
      isPriceBounded(withExecutionFee(logarithmic(draw, 0.05))),
    ),
    run("dear", "beyond", "log V, τ = 21 above every V'(0): slack, μ* = 0", sizes.ratio, (draw) =>
      isPriceBounded(dear(logarithmic(draw))),
    ),
  ],
};

const capacityStatics: Statement = {
  key: "statics",
  names: ["Proposition 4.4"],
  claim: "dμ*/dm = 1/S'(μ*) < 0.",
  assumption: "S differentiable at μ*, S' < 0, S(μ*) = m",
  runs: [
    run("assumed", "stated", "V'(0) = ∞, g = 0, m = S(0)/2", sizes.change, (draw) =>
      followsCapacity(assumed(draw)),
    ),
    run("log", "stated", "log V, g = 0, m = S(0)/2", sizes.change, (draw) =>
      followsCapacity(logarithmic(draw)),
    ),
    run("gap", "beyond", "log V, g = 1, m where S jumps: μ* stays", sizes.change, (draw) =>
      followsCapacity(inJump(withExecutionFee(logarithmic(draw)))),
    ),
    run("slack", "beyond", "V'(0) = ∞, m = 2·S(0): slack, μ* = 0 stays", sizes.change, (draw) =>
      followsCapacity(assumed(draw, 2)),
    ),
  ],
};

/** Sections 3.2, 4.1 and 4.2, in the paper's order. */
export const equilibriumStatements: readonly Statement[] = [
  continuity,
  existence,
  uniqueness,
  boundedness,
  slope,
  priceBound,
  capacityStatics,
];

/** Its first agent alone, with half of what it wants at price zero to be had. */
function alone({ agents, fees }: Economy): Economy {
  const one = { agents: agents.slice(0, 1), capacity: 1, fees };
  return { ...one, capacity: demandAt(one, 0) / 2 };
}

function free({ agents, capacity }: Economy): Economy {
  return {
    agents: agents.map((agent) => ({ ...agent, cost: { family: "linear", beta: 0 } })),
    capacity,
    fees: { unitFee: 0, executionFee: 0, progressiveFee: 0 },
  };
}

function dear(economy: Economy): Economy {
  return { ...economy, fees: { ...economy.fees, unitFee: 21 } };
}
