// One round: every agent's answer to a posted price, two agents to an instruction. See sweep.ts for what this is.

/**
 * The answers of agents V = α·ln(1+x), C = βx to a price, over what stands of each: who pays less than its `entry` price
 * takes α/p − 1, others nothing. Writes Σx and Σ|x − xᵗ⁻¹| to `sums`.
 *
 * @param count even
 * @param shift τ + μ
 */
export function answer(
  alpha: usize,
  beta: usize,
  entry: usize,
  standing: usize,
  count: i32,
  shift: f64,
  capacity: f64,
  sums: usize,
): void {
  const shifts = f64x2.splat(shift);
  const most = f64x2.splat(capacity);
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  let total = zero;
  let movement = zero;
  for (let at: i32 = 0; at < count; at += 2) {
    const place = (<usize>at) << 3;
    const p = f64x2.add(v128.load(beta + place), shifts);
    const wanted = f64x2.sub(f64x2.div(v128.load(alpha + place), p), one);
    const isIn = f64x2.lt(p, v128.load(entry + place));
    const x = v128.and(f64x2.pmin(most, f64x2.pmax(zero, wanted)), isIn);
    movement = f64x2.add(movement, f64x2.abs(f64x2.sub(x, v128.load(standing + place))));
    total = f64x2.add(total, x);
    v128.store(standing + place, x);
  }
  write(sums, total, movement);
}

/**
 * The same for a proximal weight γ > 0. With y = 1 + x the best demand solves γy² + ky = α, k = p − γ(1 + xᵗ), and
 * p − γxᵗ is what `entry` is held against.
 */
export function answerNear(
  alpha: usize,
  beta: usize,
  entry: usize,
  standing: usize,
  count: i32,
  shift: f64,
  weight: f64,
  capacity: f64,
  sums: usize,
): void {
  const shifts = f64x2.splat(shift);
  const weights = f64x2.splat(weight);
  const twice = f64x2.splat(2 * weight);
  const four = f64x2.splat(4 * weight);
  const most = f64x2.splat(capacity);
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  let total = zero;
  let movement = zero;
  for (let at: i32 = 0; at < count; at += 2) {
    const place = (<usize>at) << 3;
    const a = v128.load(alpha + place);
    const stands = v128.load(standing + place);
    const p = f64x2.add(v128.load(beta + place), shifts);
    const q = f64x2.sub(p, f64x2.mul(weights, stands));
    const k = f64x2.sub(q, weights);
    const root = f64x2.sqrt(f64x2.add(f64x2.mul(k, k), f64x2.mul(four, a)));
    // Each form adds terms of one sign.
    const isUp = f64x2.ge(k, zero);
    const above = v128.bitselect(f64x2.add(a, a), f64x2.sub(root, k), isUp);
    const below = v128.bitselect(f64x2.add(k, root), twice, isUp);
    const wanted = f64x2.sub(f64x2.div(above, below), one);
    const isIn = f64x2.lt(q, v128.load(entry + place));
    const x = v128.and(f64x2.pmin(most, f64x2.pmax(zero, wanted)), isIn);
    movement = f64x2.add(movement, f64x2.abs(f64x2.sub(x, stands)));
    total = f64x2.add(total, x);
    v128.store(standing + place, x);
  }
  write(sums, total, movement);
}

function write(sums: usize, total: v128, movement: v128): void {
  store<f64>(sums, f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1));
  store<f64>(sums + 8, f64x2.extract_lane(movement, 0) + f64x2.extract_lane(movement, 1));
}
