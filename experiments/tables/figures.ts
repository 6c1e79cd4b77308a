// What the paper prints, as it prints it: Cha et al. (2025), arXiv 2510.05504.

/** A printed figure: a mean and, where there is one, the standard deviation behind its ±. */
export type Figure = { mean: number; sd?: number };

/** A column of a table that is compared. */
export type Column = {
  /** In code, JSON and CSV: `efficiency`. */
  key: string;
  title: string;
  /** Decimals that the paper prints. */
  decimals: number;
};

/** A table of the paper. */
export type PaperTable = {
  /** What tells rows apart: its key in JSON and its title. */
  label: { key: string; title: string };
  columns: readonly Column[];
  /** By row, by column. */
  figures: Readonly<Record<string, Readonly<Record<string, Figure>>>>;
  /** The row that others are compared with when only the direction is judged. */
  reference: string;
  /** The caption's replications, if it has any. */
  replications?: number;
};

const efficiency = { key: "efficiency", title: "Efficiency", decimals: 2 };
const cost = { key: "cost", title: "Avg. cost", decimals: 2 };
const giniIndex = { key: "gini", title: "Gini", decimals: 2 };
const mechanism = { key: "mechanism", title: "Mechanism" };

const figure = (mean: number, sd: number): Figure => ({ mean, sd });

export const paperTable4: PaperTable = {
  label: mechanism,
  columns: [efficiency, giniIndex],
  reference: "No enforcement",
  figures: {
    "No enforcement": { efficiency: { mean: 1.21 }, gini: { mean: 0.41 } },
    "Proportional allocation": { efficiency: { mean: 1.78 }, gini: { mean: 0.35 } },
    "Smart contract (flat)": { efficiency: { mean: 2.02 }, gini: { mean: 0.29 } },
    "Proposed equilibrium": { efficiency: { mean: 2.3 }, gini: { mean: 0.18 } },
  },
};

export const paperTable5: PaperTable = {
  label: { key: "tau", title: "τ" },
  columns: [
    efficiency,
    cost,
    { key: "fairness", title: "Fairness (1 − Gini)", decimals: 2 },
    { key: "participation", title: "Participation, %", decimals: 1 },
  ],
  reference: "0.0",
  replications: 50,
  figures: {
    "0.0": row5(figure(2.45, 0.12), figure(0.42, 0.05), figure(0.6, 0.01), figure(95.2, 2.1)),
    "0.5": row5(figure(2.28, 0.14), figure(0.5, 0.06), figure(0.62, 0.02), figure(92.1, 2.5)),
    "1.0": row5(figure(2.05, 0.18), figure(0.65, 0.07), figure(0.64, 0.02), figure(85.6, 3)),
    "1.5": row5(figure(1.78, 0.21), figure(0.8, 0.08), figure(0.66, 0.03), figure(76.4, 3.8)),
    "2.0": row5(figure(1.52, 0.25), figure(0.95, 0.09), figure(0.68, 0.03), figure(70.1, 4.2)),
  },
};

export const paperTable6: PaperTable = {
  label: mechanism,
  columns: [efficiency, cost, giniIndex],
  reference: "No enforcement",
  replications: 200,
  figures: {
    "No enforcement": row6(figure(8.55, 1.66), figure(7.39, 0.74), figure(0.4, 0.06)),
    "Proportional allocation": row6(figure(7.45, 2.07), figure(5.17, 2.4), figure(0.4, 0.06)),
    "Smart contract (flat)": row6(figure(7.94, 1.55), figure(4.85, 0.57), figure(0.38, 0.05)),
    "Proposed equilibrium": row6(figure(7.13, 2.63), figure(5.11, 2.6), figure(0.4, 0.06)),
  },
};

/** Tables 7 and 8 print the same figures. */
export const paperTable7: PaperTable = {
  label: mechanism,
  columns: [
    efficiency,
    { key: "relativeEfficiency", title: "Rel. Eff", decimals: 2 },
    cost,
    giniIndex,
  ],
  reference: "No enforcement",
  replications: 200,
  figures: {
    Flat: row7(figure(-0.55, 0.02), figure(0.78, 0.04), figure(0.2, 0.01), figure(0.55, 0.02)),
    "No enforcement": row7(
      figure(-0.71, 0.02),
      figure(1, 0),
      figure(0.58, 0.02),
      figure(0.4, 0.01),
    ),
    Proportional: row7(
      figure(-0.73, 0.03),
      figure(1.03, 0.03),
      figure(0.46, 0.12),
      figure(0.4, 0.01),
    ),
    Proposed: row7(figure(-0.74, 0.06), figure(1.04, 0.08), figure(0.47, 0.16), figure(0.42, 0.04)),
  },
};

function row5(
  efficiency: Figure,
  cost: Figure,
  fairness: Figure,
  participation: Figure,
): Record<string, Figure> {
  return { efficiency, cost, fairness, participation };
}

function row6(efficiency: Figure, cost: Figure, gini: Figure): Record<string, Figure> {
  return { efficiency, cost, gini };
}

function row7(
  efficiency: Figure,
  relativeEfficiency: Figure,
  cost: Figure,
  gini: Figure,
): Record<string, Figure> {
  return { efficiency, relativeEfficiency, cost, gini };
}
