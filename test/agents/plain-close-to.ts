import { Assertion } from "chai";

// The first network connection in a process lets Hardhat's matchers into chai. Their `closeTo` takes
// whole numbers only, in every test from then on; ours compare doubles too. This puts chai's own
// back before every test of the run.

type Methods = Record<"closeTo" | "approximately", unknown>;

const prototype = Assertion.prototype as unknown as Methods;
const { closeTo, approximately } = prototype;

/** Give `closeTo` back its own meaning; for a test that has just made a connection itself. */
export function restoreCloseTo(): void {
  Object.assign(prototype, { closeTo, approximately });
}

beforeEach(restoreCloseTo);
