// Axes with round numbers on them.

/** An axis from `min` to `max` with a tick every `step`. */
export type Scale = { min: number; max: number; step: number };

const MAX_INTERVALS = 5;

/**
 * The tightest axis around the values with at most five intervals of 1, 2, 2.5 or 5 times a power of ten.
 *
 * @param values to be inside; what is not finite does not count
 */
export function scaleAround(values: Iterable<number>, { fromZero = false } = {}): Scale {
  let low = fromZero ? 0 : Infinity;
  let high = fromZero ? 0 : -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return { min: 0, max: 1, step: 0.2 };
  if (high - low <= 1e-9 * Math.max(Math.abs(low), Math.abs(high))) {
    const margin = 0.1 * Math.abs(high) || 1;
    high += margin;
    if (!(fromZero && low === 0)) low -= margin;
  }

  let magnitude = 10 ** Math.floor(Math.log10((high - low) / MAX_INTERVALS));
  for (;;) {
    for (const factor of [1, 2, 2.5, 5]) {
      const step = factor * magnitude;
      // A value on a tick may be off it by a rounding error: not worth an interval.
      const first = Math.floor(low / step + 1e-9);
      const last = Math.ceil(high / step - 1e-9);
      if (last - first <= MAX_INTERVALS) return { min: first * step, max: last * step, step };
    }
    magnitude *= 10;
  }
}

/** The two axes with as many intervals each, so that one grid serves both. */
export function aligned(left: Scale, right: Scale): [Scale, Scale] {
  const intervals = Math.max(intervalsOf(left), intervalsOf(right));
  const extended = (scale: Scale): Scale => ({ ...scale, max: scale.min + intervals * scale.step });
  return [extended(left), extended(right)];
}

/** At most nine whole numbers over the rounds `first` to `last`, evenly spaced. */
export function roundTicks(first: number, last: number): number[] {
  const steps = [1, 2, 5].flatMap((factor) =>
    [0, 1, 2, 3, 4, 5, 6].map((power) => factor * 10 ** power),
  );
  const step =
    steps.sort((a, b) => a - b).find((each) => (last - first) / each <= 8) ?? last - first;
  const ticks: number[] = [];
  for (let tick = Math.ceil(first / step) * step; tick <= last; tick += step) ticks.push(tick);
  return ticks;
}

/** How many decimals the ticks of an axis need. */
export function decimalsOf(scale: Scale): number {
  let decimals = 0;
  for (
    let step = scale.step;
    decimals < 12 && Math.abs(step - Math.round(step)) > 1e-6 * step;
    step *= 10
  ) {
    decimals += 1;
  }
  return decimals;
}

/** The quantile of sorted values, interpolated between neighbours. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (position - Math.floor(position)) * (above - below);
}

function intervalsOf({ min, max, step }: Scale): number {
  return Math.round((max - min) / step);
}
