/** One figure of the bench, as `out/bench/bench.json` has it. */
export type Figure = {
  name: string;
  /** The median of the runs, in `unit`. */
  measured: number;
  unit: string;
  /** The least it could be, in `unit`, and what that is. */
  floor: number | null;
  floorIs?: string;
  /** What else does the same takes, in `unit`, and what that is; null where it is missing. */
  peer: number | null;
  peerIs?: string;
  /** The median over runs of peer and measured, or of measured and floor: see `ratioIs`. */
  ratio: number | null;
  ratioIs?: string;
  /** What is asked of the ratio, or of what is measured if there is none; null if nothing is. */
  target: string | null;
  /** Whether it is so; null where nothing is asked, or what it is held against is missing. */
  met: boolean | null;
  /** Half the range of the middle half of the runs' ratios, relative; 0 where nothing varies. */
  noise: number;
};

/** What is asked of a number. */
export type Target = { atLeast: number } | { atMost: number };

export function targetText(target: Target): string {
  return "atLeast" in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
}

export function isMet(target: Target, value: number): boolean {
  return "atLeast" in target ? value >= target.atLeast : value <= target.atMost;
}

/** The two fields that a target fills. */
export function judged(
  target: Target | undefined,
  value: number | null,
): Pick<Figure, "target" | "met"> {
  if (target === undefined) return { target: null, met: null };
  return { target: targetText(target), met: value === null ? null : isMet(target, value) };
}
