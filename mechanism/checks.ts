/**
 * Check that a number is finite and inside a range, and say what is allowed when it is not.
 *
 * @param name what the number is called where the person wrote it
 * @param range `above` is an exclusive lower bound, `atLeast` an inclusive one, `below` an
 *   exclusive upper bound
 * @throws RangeError naming the quantity, the value given and the range allowed
 */
export function checkNumber(
  name: string,
  value: number,
  range: { above?: number; atLeast?: number; below?: number },
): void {
  const { above, atLeast, below } = range;
  const allowed = [
    above === undefined ? [] : [`above ${above}`],
    atLeast === undefined ? [] : [`at least ${atLeast}`],
    below === undefined ? [] : [`below ${below}`],
  ]
    .flat()
    .join(" and ");
  const inside =
    typeof value === "number" &&
    Number.isFinite(value) &&
    (above === undefined || value > above) &&
    (atLeast === undefined || value >= atLeast) &&
    (below === undefined || value < below);
  if (!inside) {
    throw new RangeError(`${name} is ${String(value)}; it must be a finite number ${allowed}`);
  }
}
