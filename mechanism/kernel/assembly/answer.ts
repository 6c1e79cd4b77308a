// One round: every agent's answer to a posted price, two agents to an instruction. See sweep.ts for what this is.

/** ln(1 + x), where bounds on it do not decide. */
@external("env", "log1p")
declare function log1p(x: f64): f64;

/**
 * The answers of agents V = α·ln(1+x), C = βx to a price, over what stands of each: who demands below its `entry`
 * price takes α/p − 1, others nothing. Writes Σx and Σ|x − xᵗ⁻¹| to `sums`.
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
  price: f64,
  capacity: f64,
  sums: usize,
): void {
  const shifts = f64x2.splat(shift);
  const prices = f64x2.splat(price);
  const most = f64x2.splat(capacity);
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  let total = zero;
  let movement = zero;
  for (let at: i32 = 0; at < count; at += 2) {
    const place = (<usize>at) << 3;
    const p = f64x2.add(v128.load(beta + place), shifts);
    const wanted = f64x2.sub(f64x2.div(v128.load(alpha + place), p), one);
    const isIn = f64x2.lt(prices, v128.load(entry + place));
    const x = v128.and(f64x2.pmin(most, f64x2.pmax(zero, wanted)), isIn);
    movement = f64x2.add(movement, f64x2.abs(f64x2.sub(x, v128.load(standing + place))));
    total = f64x2.add(total, x);
    v128.store(standing + place, x);
  }
  store<f64>(sums, f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1));
  store<f64>(sums + 8, f64x2.extract_lane(movement, 0) + f64x2.extract_lane(movement, 1));
}

/**
 * The same for a proximal weight γ > 0. With y = 1 + x the best demand solves γy² + ky = α, k = p − γ(1 + xᵗ). Whether it
 * is worth the fixed fee is decided by bounds on the logarithm, 2(w + w³/3 + w⁵/5 + w⁷/7) and that with 2w⁹/(9(1 − w²))
 * more, w = x/(2 + x); where they do not decide, by the logarithm.
 */
export function answerNear(
  alpha: usize,
  beta: usize,
  standing: usize,
  count: i32,
  shift: f64,
  weight: f64,
  executionFee: f64,
  capacity: f64,
  sums: usize,
): void {
  const shifts = f64x2.splat(shift);
  const weights = f64x2.splat(weight);
  const twice = f64x2.splat(2 * weight);
  const four = f64x2.splat(4 * weight);
  const fees = f64x2.splat(executionFee);
  const most = f64x2.splat(capacity);
  const zero = f64x2.splat(0);
  const half = f64x2.splat(0.5);
  const one = f64x2.splat(1);
  const two = f64x2.splat(2);
  const third = f64x2.splat(2.0 / 3);
  const fifth = f64x2.splat(2.0 / 5);
  const seventh = f64x2.splat(2.0 / 7);
  const ninth = f64x2.splat(2.0 / 9);
  let total = zero;
  let movement = zero;
  for (let at: i32 = 0; at < count; at += 2) {
    const place = (<usize>at) << 3;
    const a = v128.load(alpha + place);
    const s = v128.load(standing + place);
    const p = f64x2.add(v128.load(beta + place), shifts);
    const k = f64x2.sub(f64x2.sub(p, f64x2.mul(weights, s)), weights);
    const root = f64x2.sqrt(f64x2.add(f64x2.mul(k, k), f64x2.mul(four, a)));
    // Each form adds terms of one sign.
    const isUp = f64x2.ge(k, zero);
    const above = v128.bitselect(f64x2.add(a, a), f64x2.sub(root, k), isUp);
    const below = v128.bitselect(f64x2.add(k, root), twice, isUp);
    let x = f64x2.pmin(most, f64x2.pmax(zero, f64x2.sub(f64x2.div(above, below), one)));
    if (executionFee > 0) {
      const w = f64x2.div(x, f64x2.add(two, x));
      const ww = f64x2.mul(w, w);
      const series = f64x2.add(
        two,
        f64x2.mul(ww, f64x2.add(third, f64x2.mul(ww, f64x2.add(fifth, f64x2.mul(ww, seventh))))),
      );
      const worth = f64x2.mul(f64x2.mul(w, series), a);
      // What is to pay for: (p − γ(xᵗ − ½x))x + g.
      const pull = f64x2.mul(weights, f64x2.sub(s, f64x2.mul(half, x)));
      const due = f64x2.add(fees, f64x2.mul(x, f64x2.sub(p, pull)));
      let isIn = f64x2.gt(worth, due);
      if (v128.any_true(v128.andnot(f64x2.gt(x, zero), isIn))) {
        const w4 = f64x2.mul(ww, ww);
        const tail = f64x2.mul(f64x2.mul(w, ninth), f64x2.mul(w4, w4));
        const short = f64x2.mul(f64x2.sub(due, worth), f64x2.sub(one, ww));
        const maybe = v128.andnot(f64x2.gt(f64x2.mul(a, tail), short), isIn);
        if (v128.any_true(maybe)) {
          const exact = f64x2.replace_lane(
            f64x2.splat(log1p(f64x2.extract_lane(x, 0))),
            1,
            log1p(f64x2.extract_lane(x, 1)),
          );
          isIn = v128.or(isIn, v128.and(maybe, f64x2.gt(f64x2.mul(a, exact), due)));
        }
      }
      x = v128.and(x, isIn);
    }
    movement = f64x2.add(movement, f64x2.abs(f64x2.sub(x, s)));
    total = f64x2.add(total, x);
    v128.store(standing + place, x);
  }
  store<f64>(sums, f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1));
  store<f64>(sums + 8, f64x2.extract_lane(movement, 0) + f64x2.extract_lane(movement, 1));
}
