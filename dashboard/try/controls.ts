import { decimal, wholeNumber, type Kind } from "../../markets/field-kinds.ts";
import { shown } from "../../markets/input-error.ts";
import { fixedFromNumber } from "../../mechanism/fixed-point.ts";
import type { Family, NumberKey } from "./setting.ts";

/** A number that can be turned: what it is called, in what unit, and from where to where. */
export type Control<Key extends string = NumberKey> = {
  key: Key;
  label: string;
  unit: string;
  min: number;
  max: number;
  /** Of the slider; a logarithmic one has steps of its own. */
  step: number;
  isLogarithmic?: true;
  kind: Kind<number>;
};

type Said<Key extends string> = Omit<Control<Key>, "kind">;

/** A control of any number between its ends. */
export function real<const Key extends string>(said: Said<Key>): Control<Key> {
  const [min, max] = [fixedFromNumber(said.min), fixedFromNumber(said.max)];
  // Eight significant digits are what the contract keeps of a capacity or a fee.
  return { ...said, kind: decimal({ min, max, digits: true }) };
}

function whole(said: Omit<Said<NumberKey>, "step">): Control {
  return { ...said, step: 1, kind: wholeNumber(said.min, said.max) };
}

/** The market's terms. */
export const terms: readonly Control[] = [
  real({
    key: "capacity",
    label: "Capacity m",
    unit: "units",
    min: 1,
    max: 10_000,
    step: 1,
    isLogarithmic: true,
  }),
  real({
    key: "unitFee",
    label: "Unit fee τ",
    unit: "tokens a unit",
    min: 0,
    max: 10,
    step: 0.05,
  }),
  real({
    key: "progressiveFee",
    label: "Progressive fee φ",
    unit: "tokens a unit²",
    min: 0,
    max: 3,
    step: 0.01,
  }),
  real({
    key: "executionFee",
    label: "Execution fee g",
    unit: "tokens a demand",
    min: 0,
    max: 20,
    step: 0.1,
  }),
];

const alpha = { unit: "tokens", min: 0.1, max: 100, step: 0.1 };
const beta = { unit: "tokens a unit", min: 0, max: 20, step: 0.1 };

/** What the agents are drawn from, but for family and shape. */
export const population: readonly Control[] = [
  whole({
    key: "agents",
    label: "Agents n",
    unit: "agents",
    min: 1,
    max: 1000,
    isLogarithmic: true,
  }),
  real({ key: "alphaFrom", label: "Worth α from", ...alpha }),
  real({ key: "alphaTo", label: "Worth α to", ...alpha }),
  real({ key: "betaFrom", label: "Cost β from", ...beta }),
  real({ key: "betaTo", label: "Cost β to", ...beta }),
  whole({ key: "seed", label: "Seed of the draw", unit: "", min: 0, max: 2 ** 32 - 1 }),
];

/** The shape that a family of valuations asks for, and where it stands at first. */
export const shapes: Record<Family, { control: Control<"shape">; usual: number } | null> = {
  log: null,
  isoelastic: {
    control: real({ key: "shape", label: "Shape ρ", unit: "", min: 0.1, max: 0.95, step: 0.01 }),
    usual: 0.5,
  },
  saturating: {
    control: real({ key: "shape", label: "Scale κ", unit: "units", min: 0.1, max: 50, step: 0.1 }),
    usual: 2,
  },
  quadratic: {
    control: real({
      key: "shape",
      label: "Slope κ",
      unit: "tokens a unit²",
      min: 0.1,
      max: 50,
      step: 0.1,
    }),
    usual: 2,
  },
};

/** The number that a person gave, or a sentence that says what is allowed. */
export type Reading = { value: number } | { complaint: string };

/** Read a number as typed, or as the page's address has it. */
export function readNumber(
  { label, kind }: Pick<Control, "label" | "kind">,
  given: string,
): Reading {
  const result = kind.schema.safeParse(given);
  if (result.success) return { value: result.data };
  const allowed = result.error.issues[0]?.message ?? kind.allowed;
  return { complaint: `${label}: given ${shown(given)}, allowed ${allowed}` };
}
