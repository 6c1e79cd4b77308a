// AssemblyScript, a dialect of TypeScript that compiles to WebAssembly: two agents to an instruction. What it compiles
// to is committed in `../wasm.ts`; `npm run build:kernel` writes it, and a test compares the two.

/**
 * One pass over agents V = α·ln(1+x), C = βx at the prices within `halfWidth` of the one that makes p = β + `shift`.
 * Who demands at all of them is summed: Σα/p, Σα/p², … Σα/p⁶, their number, and the least p there is, to `sums`. Who
 * demands at none is dropped. The places of the rest are written to `undecided`.
 *
 * With a fixed fee g the best demand pays if α(−ln(1−z) − z) > g, where z = 1 − p/α. Between the bounds z²/2 + z³/3 and
 * z²/2 + z³/(3(1−z)) of −ln(1−z) − z an agent stays undecided, so that no logarithm is needed here.
 *
 * @param count even: an agent with α = 0 fills up, it never demands
 * @returns how many are undecided
 */
export function sweep(
  alpha: usize,
  beta: usize,
  count: i32,
  shift: f64,
  halfWidth: f64,
  executionFee: f64,
  sums: usize,
  undecided: usize,
): i32 {
  const shifts = f64x2.splat(shift);
  const widths = f64x2.splat(halfWidth);
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const three = f64x2.splat(3);
  const fees = f64x2.splat(6 * executionFee);
  let s1 = zero;
  let s2 = zero;
  let s3 = zero;
  let s4 = zero;
  let s5 = zero;
  let s6 = zero;
  let entered = i64x2.splat(0);
  let least = f64x2.splat(Infinity);
  let found: usize = undecided;

  for (let at: i32 = 0; at < count; at += 2) {
    const a = v128.load(alpha + ((<usize>at) << 3));
    const p = f64x2.add(v128.load(beta + ((<usize>at) << 3)), shifts);
    least = f64x2.pmin(least, p);
    const gain = f64x2.sub(a, p);
    let inside: v128;
    let open: v128;
    if (executionFee == 0) {
      inside = f64x2.gt(gain, widths);
      open = f64x2.le(f64x2.abs(gain), widths);
    } else {
      const worst = f64x2.pmax(zero, f64x2.sub(gain, widths));
      const best = f64x2.pmax(zero, f64x2.add(gain, widths));
      inside = surelyPays(a, worst, fees);
      const most = f64x2.mul(f64x2.mul(best, best), f64x2.sub(f64x2.mul(a, three), best));
      const fee = f64x2.mul(f64x2.mul(a, fees), f64x2.sub(a, best));
      open = v128.andnot(f64x2.gt(most, fee), inside);
    }

    const r = v128.and(f64x2.div(one, p), inside);
    let term = f64x2.mul(a, r);
    s1 = f64x2.add(s1, term);
    term = f64x2.mul(term, r);
    s2 = f64x2.add(s2, term);
    term = f64x2.mul(term, r);
    s3 = f64x2.add(s3, term);
    term = f64x2.mul(term, r);
    s4 = f64x2.add(s4, term);
    term = f64x2.mul(term, r);
    s5 = f64x2.add(s5, term);
    term = f64x2.mul(term, r);
    s6 = f64x2.add(s6, term);
    // A lane that holds is −1.
    entered = i64x2.sub(entered, inside);

    if (v128.any_true(open)) {
      const which = i64x2.bitmask(open);
      // Written in any case; what does not count is written over.
      store<i32>(found, at);
      found += (<usize>(which & 1)) << 2;
      store<i32>(found, at + 1);
      found += (<usize>(which >> 1)) << 2;
    }
  }
  write(sums, s1);
  write(sums + 8, s2);
  write(sums + 16, s3);
  write(sums + 24, s4);
  write(sums + 32, s5);
  write(sums + 40, s6);
  store<f64>(sums + 48, <f64>(i64x2.extract_lane(entered, 0) + i64x2.extract_lane(entered, 1)));
  store<f64>(sums + 56, min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1)));
  return <i32>((found - undecided) >> 2);
}

/**
 * What a sample tells at one price: Σα/p, Σα/p² and the number of those who demand at it, to `sums`. With a fixed fee by
 * the same bounds: who may or may not demand does not.
 *
 * @param count even
 */
export function sample(
  alpha: usize,
  beta: usize,
  count: i32,
  shift: f64,
  executionFee: f64,
  sums: usize,
): void {
  const shifts = f64x2.splat(shift);
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const fees = f64x2.splat(6 * executionFee);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let entered = i64x2.splat(0);
  for (let at: i32 = 0; at < count; at += 2) {
    const a = v128.load(alpha + ((<usize>at) << 3));
    const p = f64x2.add(v128.load(beta + ((<usize>at) << 3)), shifts);
    const gain = f64x2.sub(a, p);
    const inside =
      executionFee == 0
        ? f64x2.gt(gain, zero)
        : surelyPays(a, f64x2.pmax(zero, gain), fees);
    const r = v128.and(f64x2.div(one, p), inside);
    const term = f64x2.mul(a, r);
    s1 = f64x2.add(s1, term);
    s2 = f64x2.add(s2, f64x2.mul(term, r));
    // A lane that holds is −1.
    entered = i64x2.sub(entered, inside);
  }
  write(sums, s1);
  write(sums + 8, s2);
  store<f64>(sums + 16, <f64>(i64x2.extract_lane(entered, 0) + i64x2.extract_lane(entered, 1)));
}

/**
 * By the lower bound, z²/2 + z³/3.
 *
 * @param gain α − p, at least 0
 * @param fees 6g
 */
function surelyPays(a: v128, gain: v128, fees: v128): v128 {
  const three = f64x2.splat(3);
  const sum = f64x2.add(f64x2.mul(a, three), f64x2.add(gain, gain));
  return f64x2.gt(f64x2.mul(f64x2.mul(gain, gain), sum), f64x2.mul(f64x2.mul(a, fees), a));
}

function write(place: usize, pair: v128): void {
  store<f64>(place, f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1));
}
