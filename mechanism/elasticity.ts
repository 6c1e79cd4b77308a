/** A fee and the efficiency reached with it, tokens. */
export type FeeEfficiency = { fee: number; efficiency: number };

/** How much of efficiency one per cent more of a fee takes or gives, in per cent. */
export type FeeElasticity = { fee: number; elasticity: number };

/**
 * The elasticity of efficiency in a fee, (fee / E)·dE/dfee, at each setting but the first and the last: the slope of the
 * parabola through a setting and its neighbours. Settings at which efficiency is not above 0 have none.
 *
 * @param sweep in order of rising fee
 */
export function elasticities(sweep: readonly FeeEfficiency[]): FeeElasticity[] {
  return sweep.slice(1, -1).flatMap((here, index): FeeElasticity[] => {
    if (!(here.efficiency > 0)) return [];
    const [before, after] = [sweep[index]!, sweep[index + 2]!];
    const [left, right] = [here.fee - before.fee, after.fee - here.fee];
    const slope =
      ((here.efficiency - before.efficiency) * (right / left) +
        (after.efficiency - here.efficiency) * (left / right)) /
      (left + right);
    return [{ fee: here.fee, elasticity: (here.fee / here.efficiency) * slope }];
  });
}

/** Where efficiency answers most to a fee. */
export type Warning = {
  /** The setting of the sweep at which one per cent more takes the largest share of efficiency. */
  most: FeeElasticity;
  /** The first setting at which one per cent more takes at least one per cent; null if none does. */
  from: FeeElasticity | null;
};

/** The early warning of a sweep; null where a rise of the fee takes nothing at any setting. */
export function warningOf(sweep: readonly FeeElasticity[]): Warning | null {
  const most = sweep.reduce<FeeElasticity | null>(
    (worst, here) => (here.elasticity < (worst?.elasticity ?? 0) ? here : worst),
    null,
  );
  if (most === null) return null;
  return { most, from: sweep.find(({ elasticity }) => elasticity <= -1) ?? null };
}
