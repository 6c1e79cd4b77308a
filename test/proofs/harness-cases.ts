import { concreteArithmetic, Refused } from "../../proofs/arithmetic.ts";
import { createModel, type Bracket, type Model, type Rules } from "../../proofs/model.ts";
import * as twin from "../../mechanism/twin-arithmetic.ts";

// The cases of test/contracts/support/ModelHarness.sol, drawn alike and computed by the model and,
// in code of its own, by the twin.

const { STEP_RULES, UNSEEN } = twin;

const FACTOR = 0x5851f42d4c957f2d14057b7ef767814f9fb21c641ba7f0d3b3c5a6e1d2f49b65n;
const WORD = (1n << 256n) - 1n;

/** The model on BigInt. */
export const model: Model<bigint, boolean> = createModel(concreteArithmetic);

/** What a run drew and found; `results` names each result of its last case. */
export type Run = { state: bigint; digest: bigint; results: [string, bigint][] };

/**
 * The digest of `count` cases from `seed`, as the harness computes it.
 *
 * @throws Error naming the function and both results if model and twin do not agree
 */
export function runCases(seed: bigint, count: number): Run {
  const run: Run = { state: seed, digest: 0n, results: [] };
  for (let index = 0; index < count; index++) {
    run.results = [];
    runPrice(run);
    runCharges(run);
    runPacked(run);
  }
  return run;
}

function runPrice(run: Run): void {
  const rules = drawRules(run);
  let price = drawNumber(run, 80);
  if (price === UNSEEN) price = 0n;
  const capacity = drawNumber(run, 88) | 1n;
  const demand = drawNear(run, capacity, 96);
  const before = drawBracket(run, price, demand);
  const round = drawNumber(run, 16) % 65_534n;
  const movement = drawNumber(run, 80);
  const next = drawNear(run, price, 80);
  const now = { round, price, demand, capacity };

  const seen = model.observe(before, now);
  const twinRules = { ...rules, roundLength: 1n };
  const twinRound = { ...now, index: round, movement };
  const reason = twin.stopReasonFixed(twinRules, seen, twinRound, next) ?? "None";
  agree(run, "observe", wordOf(seen), wordOf(twin.observeFixed(before, twinRound)));
  const ours = model.stepDown(rules, before, now);
  const theirs = twin.stepDown(twinRules, before, twinRound);
  agree(run, `stepDown ${rules.rule}`, ours.step, theirs.step);
  agree(run, `isLevel ${rules.rule}`, ours.isLevel === true ? 1n : 0n, theirs.isLevel ? 1n : 0n);
  agree(
    run,
    `nextPrice ${rules.rule}`,
    model.nextPrice(rules, before, seen, now),
    twin.nextPriceFixed(twinRules, before, seen, twinRound),
  );
  agree(
    run,
    "stopReason",
    model.stopReason(rules, seen, now, movement, next),
    BigInt(twin.REASONS.indexOf(reason)),
  );
}

const wordOf = ({ lower, upper, previousDemand }: Bracket<bigint>): bigint =>
  lower | (upper << 80n) | (previousDemand << 160n);

function runCharges(run: Run): void {
  const unitFee = drawNumber(run, 80);
  const executionFee = drawNumber(run, 80);
  const progressiveFee = drawNumber(run, 80);
  const demand = drawNumber(run, 88);
  const price = drawNumber(run, 80);
  const divisor = 10n ** (18n + (draw(run) % 19n));
  const fees = { unitFee, executionFee, progressiveFee };
  agree(
    run,
    "chargeUp",
    model.chargeUp(fees, demand, divisor),
    twin.chargeUp(fees, demand, divisor),
  );
  agree(
    run,
    "paymentUp",
    model.paymentUp(price, demand, divisor),
    twin.paymentUp(price, demand, divisor),
  );
}

function runPacked(run: Run): void {
  const price = drawNumber(run, 80);
  const packed = model.packPriceDown(price);
  agree(run, "LockedPrice.packDown", packed, twin.packPriceDown(price));
  agree(run, "LockedPrice.unpack", model.unpackPrice(packed), twin.unpackPrice(packed));

  let value = drawNumber(run, 27) * 10n ** (draw(run) % 25n);
  if (value >> 106n !== 0n) value = drawNumber(run, 30);
  const digits = packOrRefuse(value);
  if (digits === undefined) {
    agree(run, "Digits.pack refuses", WORD, twin.fitsDigits(value) ? value : WORD);
    return;
  }
  fold(run, "Digits.pack", digits);
  agree(run, "Digits.unpack", model.unpackDigits(digits), twin.fitDigitsDown(value));
}

function packOrRefuse(value: bigint): bigint | undefined {
  try {
    return model.packDigits(value);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

function drawRules(run: Run): Rules<bigint> {
  const primalTolerance = drawDigits(run, 19n);
  const movementTolerance = drawDigits(run, 16n);
  const dualTolerance = drawDigits(run, 16n) | 1n;
  const initialStep = drawDigits(run, 16n);
  const maxStep = drawDigits(run, 16n) | 1n;
  const stepOffset = drawNumber(run, 24) | 1n;
  const maxRounds = (drawNumber(run, 16) % 65_534n) + 1n;
  return {
    rule: STEP_RULES[Number(draw(run) % 4n)]!,
    primalTolerance: model.unpackDigits(primalTolerance),
    movementTolerance: model.unpackDigits(movementTolerance),
    dualTolerance: model.unpackDigits(dualTolerance),
    initialStep: model.unpackDigits(initialStep),
    maxStep: model.unpackDigits(maxStep),
    stepOffset,
    maxRounds,
  };
}

function drawDigits(run: Run, exponents: bigint): bigint {
  const exponent = draw(run) % exponents;
  return (exponent << 27n) | drawNumber(run, 27);
}

function drawBracket(run: Run, price: bigint, demand: bigint): Bracket<bigint> {
  let lower = drawNear(run, price, 80);
  let upper = drawNear(run, price, 80);
  const unseen = draw(run) % 4n;
  if (unseen === 1n) lower = UNSEEN;
  if (unseen === 2n) upper = UNSEEN;
  if (lower !== UNSEEN && upper !== UNSEEN) {
    if (lower > upper) [lower, upper] = [upper, lower];
    if (lower === upper) lower = UNSEEN;
  }
  return { lower, upper, previousDemand: drawNear(run, demand, 96) };
}

function drawNear(run: Run, to: bigint, bits: number): bigint {
  return draw(run) % 4n === 0n ? to : drawNumber(run, bits);
}

function drawNumber(run: Run, bits: number): bigint {
  const random = draw(run);
  const most = (1n << BigInt(bits)) - 1n;
  const value = ((random >> 16n) & most) >> (((random >> 8n) & 0xffn) % BigInt(bits + 1));
  return (random & 3n) === 0n ? most - value : value;
}

function draw(run: Run): bigint {
  run.state = (run.state * FACTOR + 1n) & WORD;
  return run.state >> 128n;
}

function agree(run: Run, name: string, ofModel: bigint, ofTwin: bigint): void {
  if (ofModel !== ofTwin) throw new Error(`${name}: the model has ${ofModel}, the twin ${ofTwin}`);
  fold(run, name, ofModel);
}

function fold(run: Run, name: string, result: bigint): void {
  run.results.push([name, result]);
  run.digest = (run.digest * FACTOR + result) & WORD;
}
