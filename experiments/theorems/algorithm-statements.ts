import {
  ARRIVED,
  converges,
  hasErgodicRate,
  hasLinearRate,
  isFejerMonotone,
  isStronglyMonotone,
  STANDSTILL,
} from "./convergence-checks.ts";
import { assumed, inJump, logarithmic, withExecutionFee } from "./economy.ts";
import { FORGOTTEN, forgetsNoise, onDemands, onTotal } from "./noise-checks.ts";
import { drifting, hasSublinearRegret, SQUARE_ROOT } from "./regret-check.ts";
import { run, type Statement } from "./statement.ts";

const sizes = {
  away: `|μ − μ*| after at most 3,000 rounds, tokens a unit; false above ${ARRIVED}·(1 + μ*), or with demand further than ${ARRIVED}·m from m`,
  factor: "κ",
  apart: "share of rounds that move away",
  sums: `Σ|F| over 3,000 rounds over that over 1,500; false above ${STANDSTILL}`,
  noise: `mean of |μ − μ*|² at round 1,900 over that at 60, from μ⁰ = μ*; false from ${FORGOTTEN} on`,
  regret: `Regret(1600)/Regret(400), 2 at a rate of √T; false above ${SQUARE_ROOT}`,
};

const ALGORITHM = "Assumption 3.1, U strictly concave, S L-Lipschitz, 0 < η < 2/L";

const convergence: Statement = {
  key: "convergence",
  names: ["Theorem 4.8"],
  claim: "μᵗ → μ*, the only solution of S(μ) = m, and xᵗ → x*.",
  assumption: ALGORITHM,
  condition: "S(0) ≥ m",
  runs: [
    run(
      "slack",
      "stated",
      "V'(0) = ∞, m = 2·S(0): no price has S(μ) = m; μ → 0",
      sizes.away,
      (draw) => converges(assumed(draw, 2), { step: 1 }),
    ),
    run("half", "needed", "γ = 0, η = 0.5/L", sizes.away, (draw) =>
      converges(assumed(draw), { step: 0.5 }),
    ),
    run("near", "needed", "γ = 0, η = 1.9/L", sizes.away, (draw) =>
      converges(assumed(draw), { step: 1.9 }),
    ),
    run("dear", "needed", "γ = 0, η = 1.9/L, from μ⁰ = 4μ*", sizes.away, (draw) =>
      converges(assumed(draw), { step: 1.9, start: 4 }),
    ),
    run("proximal", "needed", "γ = 1, η = 1.9/L", sizes.away, (draw) =>
      converges(assumed(draw), { step: 1.9, proximalWeight: 1 }),
    ),
    run("above", "beyond", "γ = 0, η = 2.2/L, L over all prices", sizes.away, (draw) =>
      converges(assumed(draw), { step: 2.2 }),
    ),
    run("diverges", "beyond", "γ = 0, η = 2.2/|S'(μ*)|", sizes.away, (draw) =>
      converges(assumed(draw), { step: 2.2, isLocal: true }),
    ),
    run("damped", "beyond", "γ = 1, η = 2.2/|S'(μ*)|", sizes.away, (draw) =>
      converges(assumed(draw), { step: 2.2, isLocal: true, proximalWeight: 1 }),
    ),
    run("log", "beyond", "log V, γ = 0, η = 1.9/L", sizes.away, (draw) =>
      converges(logarithmic(draw), { step: 1.9 }),
    ),
    run("gap", "beyond", "log V, g = 1, m where S jumps, γ = 0, η = 1/L", sizes.away, (draw) =>
      converges(inJump(withExecutionFee(logarithmic(draw))), { step: 1 }),
    ),
    run("fee", "beyond", "log V, g = 1, m = S(0)/2, γ = 0, η = 1/L", sizes.away, (draw) =>
      converges(withExecutionFee(logarithmic(draw)), { step: 1 }),
    ),
    run("entry", "beyond", "log V, g = 1, m = S(0)/2, γ = 4, η = 1/L", sizes.away, (draw) =>
      converges(withExecutionFee(logarithmic(draw)), { step: 1, proximalWeight: 4 }),
    ),
  ],
};

const linearRate: Statement = {
  key: "rate",
  names: ["Corollary 4.9"],
  claim: "|μᵗ − μ*| ≤ κᵗ|μ⁰ − μ*|, κ = max(|1 − ηα|, |1 − ηL|) < 1.",
  assumption: `${ALGORITHM}; (S₁ − S₂)(μ₁ − μ₂) ≥ α|μ₁ − μ₂|², α > 0`,
  condition: "the inequality turned round, S' ≤ −α on the prices visited, and γ = 0",
  runs: [
    run(
      "printed",
      "stated",
      "the assumption as printed, which a falling S cannot meet",
      "largest α that it allows, units² a token",
      (draw) => isStronglyMonotone(assumed(draw), 1),
    ),
    run("proximal", "stated", "γ = 1, η = 1.9/L", sizes.factor, (draw) =>
      hasLinearRate(assumed(draw), { step: 1.9, proximalWeight: 1 }),
    ),
    run(
      "turned",
      "needed",
      "the assumption turned round",
      "largest α that it allows, units² a token",
      (draw) => isStronglyMonotone(assumed(draw), -1),
    ),
    run("half", "needed", "γ = 0, η = 0.5/L", sizes.factor, (draw) =>
      hasLinearRate(assumed(draw), { step: 0.5 }),
    ),
    run("near", "needed", "γ = 0, η = 1.9/L", sizes.factor, (draw) =>
      hasLinearRate(assumed(draw), { step: 1.9 }),
    ),
    run(
      "flat",
      "beyond",
      "log V, from μ⁰ = 20μ*, where nobody demands anything: α = 0",
      sizes.factor,
      (draw) => hasLinearRate(logarithmic(draw), { step: 1.9, start: 20 }),
    ),
  ],
};

const fejer: Statement = {
  key: "fejer",
  names: ["Proposition 4.10"],
  claim: "|μᵗ⁺¹ − μ*| ≤ |μᵗ − μ*| in every round of Algorithm 1.",
  assumption: `${ALGORITHM}; Algorithm 1 has γ > 0`,
  condition: "γ = 0",
  runs: [
    run("proximal", "stated", "γ = 1, η = 1.9/L", sizes.apart, (draw) =>
      isFejerMonotone(assumed(draw), { step: 1.9, proximalWeight: 1 }),
    ),
    run("small", "stated", "γ = 1, η = 0.5/L", sizes.apart, (draw) =>
      isFejerMonotone(assumed(draw), { step: 0.5, proximalWeight: 1 }),
    ),
    run("plain", "needed", "γ = 0, η = 1.9/L", sizes.apart, (draw) =>
      isFejerMonotone(assumed(draw), { step: 1.9 }),
    ),
    run("dear", "needed", "γ = 0, η = 1.9/L, from μ⁰ = 4μ*", sizes.apart, (draw) =>
      isFejerMonotone(assumed(draw), { step: 1.9, start: 4 }),
    ),
    run("diverges", "beyond", "γ = 0, η = 2.2/|S'(μ*)|", sizes.apart, (draw) =>
      isFejerMonotone(assumed(draw), { step: 2.2, isLocal: true }),
    ),
    run("gap", "beyond", "log V, g = 1, m where S jumps, γ = 0, η = 1/L", sizes.apart, (draw) =>
      isFejerMonotone(inJump(withExecutionFee(logarithmic(draw))), { step: 1 }),
    ),
  ],
};

const ergodic: Statement = {
  key: "ergodic",
  names: ["Proposition 4.11"],
  claim: "The mean of |S(μᵗ) − m| over T rounds is O(1/T).",
  assumption: ALGORITHM,
  condition: "S(0) ≥ m",
  runs: [
    run("slack", "stated", "V'(0) = ∞, m = 2·S(0): m − S(0) stays", sizes.sums, (draw) =>
      hasErgodicRate(assumed(draw, 2), { step: 1 }),
    ),
    run("half", "needed", "γ = 0, η = 0.5/L", sizes.sums, (draw) =>
      hasErgodicRate(assumed(draw), { step: 0.5 }),
    ),
    run("near", "needed", "γ = 0, η = 1.9/L", sizes.sums, (draw) =>
      hasErgodicRate(assumed(draw), { step: 1.9 }),
    ),
    run("proximal", "needed", "γ = 1, η = 1.9/L", sizes.sums, (draw) =>
      hasErgodicRate(assumed(draw), { step: 1.9, proximalWeight: 1 }),
    ),
    run("diverges", "beyond", "γ = 0, η = 2.2/|S'(μ*)|", sizes.sums, (draw) =>
      hasErgodicRate(assumed(draw), { step: 2.2, isLocal: true }),
    ),
    run("gap", "beyond", "log V, g = 1, m where S jumps, γ = 0, η = 1/L", sizes.sums, (draw) =>
      hasErgodicRate(inJump(withExecutionFee(logarithmic(draw))), { step: 1 }),
    ),
  ],
};

const noise: Statement = {
  key: "noise",
  names: ["Theorem 4.12"],
  claim: "E|μᵗ − μ*|² → 0 where Ŝ = S + ξ.",
  assumption: "ξ with mean zero and bounded variance; Ση = ∞, Ση² < ∞",
  runs: [
    run("decreasing", "stated", "ξ of 0.1·m, Robbins–Monro steps", sizes.noise, (draw) =>
      forgetsNoise(assumed(draw), "RobbinsMonro", onTotal, draw),
    ),
    run("constant", "beyond", "ξ of 0.1·m, constant η = 1/L", sizes.noise, (draw) =>
      forgetsNoise(assumed(draw), "Constant", onTotal, draw),
    ),
    run(
      "cut",
      "beyond",
      "noise of m/n at each agent, demands cut off at 0, Robbins–Monro steps",
      sizes.noise,
      (draw) => forgetsNoise(assumed(draw), "RobbinsMonro", onDemands, draw),
    ),
  ],
};

const regret: Statement = {
  key: "regret",
  names: ["Corollary 4.13"],
  claim: "Regret(T) = O(√T) against the sequence of optima (Definition 3.10).",
  assumption: "η_t ~ 1/√t; Definition 3.10 lets the optima move",
  condition: "a market that does not move",
  runs: [
    run("drift", "stated", "every α swings by 25 %, once in 40 rounds", sizes.regret, (draw) =>
      hasSublinearRegret(drifting(assumed(draw))),
    ),
    run("still", "needed", "the same agents in every round", sizes.regret, (draw) =>
      hasSublinearRegret([assumed(draw)]),
    ),
    run("log", "beyond", "log V, the same agents in every round", sizes.regret, (draw) =>
      hasSublinearRegret([logarithmic(draw)]),
    ),
  ],
};

/** Section 4.4, in the paper's order. */
export const algorithmStatements: readonly Statement[] = [
  convergence,
  linearRate,
  fejer,
  ergodic,
  noise,
  regret,
];
